package import DuckDB
package import PintailOrchestrator

/// Where rows go that were put aside: `quarantine.<table>`, of one shape for all tables.
///
/// Rows of a table that is not published yet are staged as the table is, and become visible together with it.
package enum Quarantine {
    /// Where the rows put aside from a table stand.
    package static func table(for table: String) -> TableName { TableName(table, schema: "quarantine") }

    /// Where they stand until the table is published.
    package static func staging(for table: String) -> TableName {
        TableName(StagedTable.staging(for: table).name, schema: "quarantine")
    }

    /// Puts rows aside and tells how many.
    ///
    /// - Parameters:
    ///   - query: gives `file, line, column_name, rule, reason, raw`, in this order.
    ///   - isStaged: whether the rows were taken out of a table that is not published yet.
    @discardableResult
    package static func insert(
        _ query: SQL,
        table: String,
        run: RunID,
        isStaged: Bool,
        _ connection: borrowing Connection
    ) throws(DuckDBError) -> Int {
        let name = isStaged ? staging(for: table) : Self.table(for: table)
        try make(name, connection)
        return try connection.execute(
            "INSERT INTO \(table: name) SELECT *, \(literal: run.name), now() FROM (\(query))"
        )
    }

    /// Takes back what was staged by a rule.
    package static func withdraw(rule: String, table: String, _ connection: borrowing Connection) throws(DuckDBError) {
        let name = staging(for: table)
        guard try StagedTable.kind(of: name, connection) != nil else { return }
        try connection.execute("DELETE FROM \(table: name) WHERE rule = \(literal: rule)")
    }

    /// Takes back all that was staged for a table.
    package static func withdraw(table: String, _ connection: borrowing Connection) throws(DuckDBError) {
        try StagedTable.drop(staging(for: table), connection)
    }

    /// Makes staged rows visible, in the transaction that publishes the table they were taken out of.
    package static func publish(table: String, _ connection: borrowing Connection) throws(DuckDBError) {
        let staged = staging(for: table)
        guard try StagedTable.kind(of: staged, connection) != nil else { return }
        let name = Self.table(for: table)
        try make(name, connection)
        try connection.execute("INSERT INTO \(table: name) FROM \(table: staged)")
        try connection.execute("DROP TABLE \(table: staged)")
    }

    private static func make(_ name: TableName, _ connection: borrowing Connection) throws(DuckDBError) {
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS \(table: name) (
                file VARCHAR, line BIGINT, column_name VARCHAR, rule VARCHAR NOT NULL, reason VARCHAR NOT NULL, raw VARCHAR,
                run_id VARCHAR NOT NULL, quarantined_at TIMESTAMPTZ NOT NULL)
            """
        )
    }
}
