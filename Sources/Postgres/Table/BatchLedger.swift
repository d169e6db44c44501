import DuckDB

/// Which source a load's batches come from; they can go on where they stopped only if it is the same.
package struct BatchSource: Hashable, Sendable {
    /// The load's name, which no other load of the schema has.
    package let load: String
    /// Tells the source's content: the batches of another fingerprint are another load's.
    package let fingerprint: String

    /// The run that is loading.
    package let run: String
    /// Runs that ended before they could note how the load went: what they delivered is not to be added again.
    package let unsettledRuns: Set<String>
    /// The load as its runs note it, when these are the rows of a replay.
    let runs: String?

    /// A load by name, and a fingerprint of what it reads.
    package init(load: String, fingerprint: String, run: String = "", unsettledRuns: Set<String> = []) {
        self.load = load
        self.fingerprint = fingerprint
        self.run = run
        self.unsettledRuns = unsettledRuns
        runs = nil
    }

    /// The rows that a replay adds to those of a load.
    ///
    /// They are noted apart from the rows of a run, so that neither note takes the place of the other. Rows that wait for
    /// a replay are told by their content from those of any other, whichever of its runs delivers them.
    package init(replayInto load: String, fingerprint: String) {
        self.load = load + ", replayed"
        self.fingerprint = fingerprint
        run = "a replay"
        unsettledRuns = [run]
        runs = load
    }
}

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
    private static func oid(of table: TableName) -> SQL {
        let quoted: SQL = "\(table: table)"
        return "to_regclass(\(literal: quoted.text))::oid"
    }

    private func delivery(by run: String) -> String { "\(source.fingerprint) delivered by \(run)" }
}

// MARK: What is there

extension BatchLedger {
    /// Rows that an earlier run of a load has committed.
    struct Kept: Hashable, Sendable {
        /// Which content they are of, as ``BatchSource/fingerprint`` tells it.
        let source: String
        /// The first one's number, counted from 1; 0 when they are all that a run delivered.
        let first: Int
        let rows: Int
        let place: Place

        /// Whether a table has them.
        enum Place: Hashable, Sendable {
            /// The table that is asked about.
            case here
            /// No table: they were beside this one and never came into it, or went when it was emptied or dropped.
            case gone
            /// Nobody can tell: there are rows in a table of that name, but it is not the one that they were put into.
            case unclear
        }
    }

    /// The rows of the batches that earlier runs of this load have committed, and what became of them.
    ///
    /// - Parameter holder: The table that has them if they are still of use: the target, or the one beside it.
    func batches(in holder: TableName, on connection: borrowing PostgresConnection) throws(PostgresError) -> [Kept] {
        try kept(of: source.load, in: holder, on: connection).filter { $0.first > 0 }
    }

    /// How many rows a run has delivered that could not note it; `nil` when there is none.
    func delivered(on connection: borrowing PostgresConnection) throws(PostgresError) -> Int? {
        let deliveries = source.unsettledRuns.map(delivery(by:))
        let notes = try kept(of: source.load, in: target, on: connection).filter { deliveries.contains($0.source) }
        try refuseUnclear(notes, of: source.load)
        return notes.first { $0.place == .here }?.rows
    }

    /// Refuses to add rows to what half a load of another source has added: no one could tell them apart again.
    func refuseOtherSource(on connection: borrowing PostgresConnection) throws(PostgresError) {
        for load in [source.load, source.runs].compactMap(\.self) {
            let batches = try kept(of: load, in: target, on: connection).filter { $0.first > 0 }
            try refuseUnclear(batches, of: load)
            let rows = batches.reduce(0) { $0 + ($1.place == .here ? $1.rows : 0) }
            guard rows > 0 else { continue }
            throw PostgresError(
                "an earlier run of '\(load)' stopped after \(rows) rows, and its source has changed since",
                hint: "take those rows out of \(target) if need be; after \(forget(load)) it starts anew"
            )
        }
    }

    /// Refuses to guess whether rows are in a table: wrong one way they are lost, wrong the other way doubled.
    func refuseUnclear(_ kept: [Kept], of load: String) throws(PostgresError) {
        let rows = kept.reduce(0) { $0 + ($1.place == .unclear ? $1.rows : 0) }
        guard rows > 0 else { return }
        throw PostgresError(
            "an earlier run of '\(load)' added \(rows) rows to \(target), which is another table by now",
            hint: "take those rows out of it if they are there; after \(forget(load)) the load starts anew"
        )
    }

    private func forget(_ load: String) -> SQL { "DELETE FROM \(table: table) WHERE load = \(literal: load)" }

    private func kept(
        of load: String,
        in holder: TableName,
        on connection: borrowing PostgresConnection
    ) throws(PostgresError) -> [Kept] {
        let rows = try connection.query(
            """
            SELECT source, first_row, rows, table_name = \(literal: holder.name) AS is_of_name,
                table_oid IS NOT DISTINCT FROM \(Self.oid(of: holder)) AS is_same_table,
                file_node IS NOT DISTINCT FROM pg_relation_filenode(\(Self.oid(of: holder))) AS is_same_file
            FROM \(table: table) WHERE load = \(literal: load)
            """
        )
        // TRUNCATE gives a table another file; so do others, but they leave its rows in it.
        let isUntouched = rows.allSatisfy {
            $0.isTrue("is_of_name") && $0.isTrue("is_same_table") && $0.isTrue("is_same_file")
        }
        let isEmpty = isUntouched ? false : try isKnownEmpty(holder, on: connection)
        return rows.map { row in
            let place: Kept.Place =
                if !row.isTrue("is_of_name") {
                    .gone
                } else if row.isTrue("is_same_table") {
                    row.isTrue("is_same_file") || !isEmpty ? .here : .gone
                } else {
                    isEmpty ? .gone : .unclear
                }
            return Kept(
                source: row.text("source"),
                first: row.integer("first_row"),
                rows: row.integer("rows"),
                place: place
            )
        }
    }

    /// Whether a table is not there, or surely has no rows: only who sees all of them can tell.
    private func isKnownEmpty(
        _ table: TableName,
        on connection: borrowing PostgresConnection
    ) throws(PostgresError) -> Bool {
        let isSeen: SQL = """
            SELECT has_table_privilege(c.oid, 'SELECT') AND NOT row_security_active(c.oid) AND relkind IN ('r', 'p')
            FROM pg_class c WHERE c.oid = \(Self.oid(of: table))
            """
        guard let isSeen = try connection.value(isSeen) else { return true }
        guard isSeen == "t" else { return false }
        return try connection.value("SELECT EXISTS (SELECT FROM \(table: table))") == "f"
    }
}
