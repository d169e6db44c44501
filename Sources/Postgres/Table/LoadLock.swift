import DuckDB

/// Keeps two loads of one table apart, wherever they run: the server's advisory lock, kept until the connection ends.
enum LoadLock {
    /// Waits for another load of the table to end.
    static func take(
        _ table: TableName,
        on connection: borrowing PostgresConnection,
        waiting limit: Duration
    ) throws(PostgresError) {
        let end = ContinuousClock.now + limit
        let key: SQL = "hashtextextended(\(literal: "pintail load of \(table)"), 0)"
        while try connection.value("SELECT pg_try_advisory_lock(\(key))") != "t" {
            guard ContinuousClock.now < end else {
                throw PostgresError(
                    "another load of \(table) is under way",
                    sqlState: "55P03",
                    hint: "it is waited for; retry when it is done"
                )
            }
            try connection.canceller.sleep(.milliseconds(200))
        }
    }
}
