package import DuckDB
package import PintailOrchestrator

/// Where rows go that were put aside: `quarantine.<table>`, of one shape for all tables.
package enum Quarantine {
    /// Where the rows put aside from a table stand.
    package static func table(for table: String) -> TableName { TableName(table, schema: "quarantine") }

    /// Puts rows aside and tells how many.
    ///
    /// - Parameter query: gives `file, line, column_name, rule, reason, raw`, in this order.
    @discardableResult
    package static func insert(
        _ query: SQL,
        table: String,
        run: RunID,
        _ connection: borrowing Connection
    ) throws(DuckDBError) -> Int {
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS \(table: Self.table(for: table)) (
                file VARCHAR, line BIGINT, column_name VARCHAR, rule VARCHAR NOT NULL, reason VARCHAR NOT NULL, raw VARCHAR,
                run_id VARCHAR NOT NULL, quarantined_at TIMESTAMPTZ NOT NULL)
            """
        )
        return try connection.execute(
            "INSERT INTO \(table: Self.table(for: table)) SELECT *, \(literal: run.name), now() FROM (\(query))"
        )
    }

    /// Takes back what an earlier attempt of the same run put aside by these rules.
    package static func withdraw(
        rules: [String],
        table: String,
        run: RunID,
        _ connection: borrowing Connection
    ) throws(DuckDBError) {
        let name = Self.table(for: table)
        guard try StagedTable.kind(of: name, connection) != nil else { return }
        try connection.execute(
            "DELETE FROM \(table: name) WHERE run_id = \(literal: run.name) AND list_contains(\(literals: rules), rule)"
        )
    }
}
