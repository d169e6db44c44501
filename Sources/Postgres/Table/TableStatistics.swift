import DuckDB

extension PostgresConnection {
    /// Tells the planner about columns of a table that was just filled, in the transaction that goes on.
    ///
    /// A tenth of the usual sample says enough, and reads a tenth of the rows.
    borrowing func analyze(_ table: TableName, _ columns: [String]) throws(PostgresError) {
        let target = try value("SHOW default_statistics_target")
        try execute(
            """
            SET LOCAL default_statistics_target = 10; ANALYZE \(table: table) (\(identifiers: columns));
            SELECT set_config('default_statistics_target', \(literal: target ?? "100"), true)
            """
        )
    }
}
