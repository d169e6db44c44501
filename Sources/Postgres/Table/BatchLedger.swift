import DuckDB

/// The record of committed rows: a table beside the target, written in the same transaction as the rows.
///
/// Several streams commit in whatever order they like, so it holds ranges of row numbers, counted from 1, and which table
/// has the rows: what is written about rows must not outlive them.
struct BatchLedger {
    let table: TableName
    let target: TableName
    let source: BatchSource

    init(beside target: TableName, of source: BatchSource) {
        table = Self.name(beside: target)
        self.target = target
        self.source = source
    }

    private static func name(beside target: TableName) -> TableName {
        TableName("pintail_positions", schema: target.schema)
    }

    func create(on connection: borrowing PostgresConnection) throws(PostgresError) {
        let creation: SQL = """
            SET client_min_messages = warning;
            CREATE TABLE IF NOT EXISTS \(table: table) (
                load text, source text, first_row bigint, rows bigint NOT NULL,
                table_name text NOT NULL, table_oid oid NOT NULL, file_node oid,
                committed_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (load, source, first_row));
            RESET client_min_messages
            """
        do {
            try connection.execute(creation)
        } catch  where error.sqlState == "23505" {
            // Another load made it in the same moment: the server looks first and makes then.
            try connection.execute(creation)
        }
    }

    /// Notes rows of the source that the caller's transaction has put into a table: the target, or one beside it.
    func record(
        _ rows: RangeSet<Int>,
        in holder: TableName,
        on connection: borrowing PostgresConnection
    ) throws(PostgresError) {
        try note(rows.ranges.map { (source.fingerprint, $0.lowerBound, $0.count) }, in: holder, on: connection)
    }

    /// Forgets the batches, but notes the run that has delivered all of them: it may be killed before it can note so itself.
    func settle(rows: Int, on connection: borrowing PostgresConnection) throws(PostgresError) {
        try clear(on: connection)
        try note([(delivery(by: source.run), 0, rows)], in: target, on: connection)
    }

    private func note(
        _ ranges: [(source: String, first: Int, rows: Int)],
        in holder: TableName,
        on connection: borrowing PostgresConnection
    ) throws(PostgresError) {
        let values = ranges.map { range -> SQL in
            "(\(literal: range.source), \(literal: range.first)::bigint, \(literal: range.rows)::bigint)"
        }
        try connection.execute(
            """
            INSERT INTO \(table: table) (load, source, first_row, rows, table_name, table_oid, file_node)
            SELECT \(literal: source.load), source, first_row, rows, \(literal: holder.name), \(Self.oid(of: holder)),
                pg_relation_filenode(\(Self.oid(of: holder)))
            FROM (VALUES \(list: values)) noted (source, first_row, rows)
            """
        )
    }

    /// Forgets the load, whatever its source was, but for some batches of this one.
    func clear(keeping kept: [Kept] = [], on connection: borrowing PostgresConnection) throws(PostgresError) {
        var others: SQL = "load = \(literal: source.load)"
        if !kept.isEmpty {
            let firsts: SQL = "\(list: kept.map { "\(literal: $0.first)" })"
            others = "\(others) AND NOT (source = \(literal: source.fingerprint) AND first_row IN (\(firsts)))"
        }
        try connection.execute("DELETE FROM \(table: table) WHERE \(others)")
    }

    /// Forgets the rows that any load has added to a table which is being emptied, where that may be done.
    ///
    /// A statement for the transaction that does it; whether there is a ledger at all is seen when it runs.
    static func forgetting(rowsOf target: TableName) -> SQL {
        let table = name(beside: target)
        let number = oid(of: table)
        let body: SQL = """
            BEGIN
                IF has_table_privilege(\(number), 'SELECT') AND has_table_privilege(\(number), 'DELETE') THEN
                    DELETE FROM \(table: table) WHERE table_name = \(literal: target.name);
                END IF;
            END
            """
        return "DO \(literal: body.text)"
    }

    /// The number of the table that has a name now, as SQL; NULL when there is none.
    static func oid(of table: TableName) -> SQL {
        let quoted: SQL = "\(table: table)"
        return "to_regclass(\(literal: quoted.text))::oid"
    }

    func delivery(by run: String) -> String { "\(source.fingerprint) delivered by \(run)" }
}
