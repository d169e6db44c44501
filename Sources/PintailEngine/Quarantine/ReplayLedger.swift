package import DuckDB
package import PintailOrchestrator

/// What replays have begun and not ended: rows that are in their table, and the steps that have not seen them yet.
///
/// It is written in the transaction that marks the rows, so that a replay which is killed goes on where it was.
package enum ReplayLedger {
    private static let name = TableName("replays", schema: "_pintail")

    /// Where rows wait for a load that adds to what is there what a table's rows add.
    static func added(for load: String) -> TableName { TableName("replay: added \(load)", schema: "_pintail") }

    /// The run that let rows wait which are to be added.
    static let addedColumn = "pintail: run"

    /// Where rows wait that a load put aside itself and is given once more.
    static func given(to load: String) -> TableName { TableName("replay: given \(load)", schema: "_pintail") }

    /// Which row put aside a given row is, and the run that had put it there.
    static let givenColumns = ["pintail: quarantine_id", "pintail: run"]

    /// Notes the steps that are still to be done.
    static func note(
        _ steps: [NodeID],
        of table: String,
        run: RunID,
        _ connection: borrowing Connection
    ) throws(DuckDBError) {
        try connection.execute(
            "CREATE TABLE IF NOT EXISTS \(table: name) (table_name VARCHAR, node VARCHAR, run_id VARCHAR, noted_at TIMESTAMPTZ)"
        )
        for step in steps {
            try connection.execute(
                "INSERT INTO \(table: name) VALUES (\(literal: table), \(literal: step.name), \(literal: run.name), now())"
            )
        }
    }

    /// The steps that are still to be done, in the order in which they were noted.
    package static func steps(of table: String, _ connection: borrowing Connection) throws(DuckDBError) -> [NodeID] {
        guard try StagedTable.kind(of: name, connection) != nil else { return [] }
        return try connection.texts(
            "SELECT node FROM \(table: name) WHERE table_name = \(literal: table) ORDER BY rowid"
        ).map { NodeID($0) }
    }

    /// Forgets a step that is done, with the rows that waited for it, in the transaction that is open.
    static func settle(
        _ step: NodeID,
        of table: String,
        waiting loads: [String],
        _ connection: borrowing Connection
    ) throws(DuckDBError) {
        for load in loads { try connection.execute("DROP TABLE IF EXISTS \(table: added(for: load))") }
        guard try StagedTable.kind(of: name, connection) != nil else { return }
        try connection.execute(
            "DELETE FROM \(table: name) WHERE table_name = \(literal: table) AND node = \(literal: step.name)"
        )
    }
}
