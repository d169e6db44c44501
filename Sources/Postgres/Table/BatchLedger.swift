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
/// Several streams commit in whatever order they like, so it holds ranges of row numbers, counted from 1.
struct BatchLedger {
    let table: TableName
    let source: BatchSource

    init(beside target: TableName, of source: BatchSource) {
        table = TableName("pintail_positions", schema: target.schema)
        self.source = source
    }

    func create(on connection: borrowing PostgresConnection) throws(PostgresError) {
        let creation: SQL = """
            SET client_min_messages = warning;
            CREATE TABLE IF NOT EXISTS \(table: table) (
                load text, source text, first_row bigint, rows bigint NOT NULL,
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

    /// The rows that need not be sent again.
    func committed(on connection: borrowing PostgresConnection) throws(PostgresError) -> RangeSet<Int> {
        let rows = try connection.query("SELECT first_row, rows FROM \(table: table) WHERE \(isOurs)")
        return RangeSet(rows.map { $0.integer("first_row")..<$0.integer("first_row") + $0.integer("rows") })
    }

    func record(_ rows: RangeSet<Int>, on connection: borrowing PostgresConnection) throws(PostgresError) {
        let values = rows.ranges.map { range -> SQL in
            let position: SQL = "\(literal: range.lowerBound), \(literal: range.count)"
            return "(\(literal: source.load), \(literal: source.fingerprint), \(position))"
        }
        try connection.execute("INSERT INTO \(table: table) (load, source, first_row, rows) VALUES \(list: values)")
    }

    /// Refuses to add rows to what half a load of another source has added: no one could tell them apart again.
    func refuseOtherSource(than target: TableName, on connection: borrowing PostgresConnection) throws(PostgresError) {
        for load in [source.load, source.runs].compactMap(\.self) {
            let ofLoad: SQL = "load = \(literal: load)"
            let sum: SQL = "SELECT sum(rows) FROM \(table: table) WHERE \(ofLoad) AND first_row > 0"
            guard let rows = try connection.value(sum) else { continue }
            throw PostgresError(
                "an earlier run of '\(load)' stopped after \(rows) rows, and its source has changed since",
                hint:
                    "take those rows out of \(target) if need be; after DELETE FROM \(table) WHERE \(ofLoad) it starts anew"
            )
        }
    }

    /// Forgets the batches, but notes the run that has delivered all of them: it may be killed before it can note so itself.
    func settle(rows: Int, on connection: borrowing PostgresConnection) throws(PostgresError) {
        try clear(on: connection)
        try connection.execute(
            """
            INSERT INTO \(table: table) (load, source, first_row, rows)
            VALUES (\(literal: source.load), \(literal: delivery(by: source.run)), 0, \(literal: rows))
            """
        )
    }

    /// How many rows a run has delivered that could not note it; `nil` when there is none.
    func delivered(on connection: borrowing PostgresConnection) throws(PostgresError) -> Int? {
        let rows = try connection.query(
            "SELECT source, rows FROM \(table: table) WHERE load = \(literal: source.load) AND first_row = 0"
        )
        let deliveries = source.unsettledRuns.map(delivery(by:))
        return rows.first { deliveries.contains($0["source"] ?? "") }?.integer("rows")
    }

    private func delivery(by run: String) -> String { "\(source.fingerprint) delivered by \(run)" }

    /// Forgets the load, whatever its source was.
    func clear(on connection: borrowing PostgresConnection) throws(PostgresError) {
        try connection.execute("DELETE FROM \(table: table) WHERE load = \(literal: source.load)")
    }

    private var isOurs: SQL { "load = \(literal: source.load) AND source = \(literal: source.fingerprint)" }
}
