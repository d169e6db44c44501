import DuckDB

/// Keeps two loads of one table apart, wherever they run: the server's advisory locks, kept until a connection ends.
///
/// One connection of a load holds the load's own lock. Its further streams share another: when a load is killed, the
/// server may still be committing what a stream has sent while the load's own connection is gone.
struct LoadLock: Hashable, Sendable {
    private let table: TableName

    init(of table: TableName) { self.table = table }

    /// Waits for another load of the table to end, all of its streams included.
    ///
    /// - Parameter tell: Told once for whom, in words that follow "waits for".
    func take(
        on connection: borrowing PostgresConnection,
        waiting limit: Duration,
        tell: (String) -> Void
    ) throws(PostgresError) {
        let end = ContinuousClock.now + limit
        try take(loadKey, on: connection, until: end, tell: tell)
        try take(streamKey, on: connection, until: end, tell: tell)
        try connection.execute("SELECT pg_advisory_unlock(\(streamKey))")
    }

    /// The same until the transaction ends: behind a pooler the session is another's by then.
    ///
    /// Such a load has no further streams, but it waits for those of others.
    func takeForTransaction(
        on connection: borrowing PostgresConnection,
        waiting limit: Duration,
        tell: (String) -> Void
    ) throws(PostgresError) {
        let end = ContinuousClock.now + limit
        try take(loadKey, on: connection, until: end, by: "pg_try_advisory_xact_lock", tell: tell)
        try take(streamKey, on: connection, until: end, by: "pg_try_advisory_xact_lock", tell: tell)
    }

    /// Makes a connection a further stream of the load whose own connection the server process `load` serves.
    ///
    /// From here on no other load of the table begins until this connection has ended.
    func join(_ load: String, on connection: borrowing PostgresConnection) throws(PostgresError) {
        try connection.execute("SELECT pg_advisory_lock_shared(\(streamKey))")
        let holds: SQL = "SELECT EXISTS (SELECT \(.holders(ofAdvisoryLock: loadKey)) AND pid = \(literal: load)::int)"
        guard try connection.value(holds) == "t" else {
            throw PostgresError(
                "the load of \(table) has lost the connection that keeps other loads away",
                sqlState: "08006"
            )
        }
    }

    private func take(
        _ key: SQL,
        on connection: borrowing PostgresConnection,
        until end: ContinuousClock.Instant,
        by function: SQL = "pg_try_advisory_lock",
        tell: (String) -> Void
    ) throws(PostgresError) {
        var isTold = false
        while try connection.value("SELECT \(function)(\(key))") != "t" {
            guard ContinuousClock.now < end else {
                throw PostgresError(
                    "another load of \(table) is under way\(try holder(of: key, on: connection))",
                    sqlState: "55P03",
                    hint: "it is waited for; retry when it is done"
                )
            }
            if !isTold { tell("another load of \(table)\(try holder(of: key, on: connection))") }
            isTold = true
            try connection.canceller.sleep(.milliseconds(200))
        }
    }

    /// Who has the lock, for people.
    private func holder(of key: SQL, on connection: borrowing PostgresConnection) throws(PostgresError) -> String {
        let rows = try connection.query(
            """
            SELECT pid, usename, client_addr
            FROM (SELECT pid \(.holders(ofAdvisoryLock: key))) l JOIN pg_stat_activity USING (pid) LIMIT 1
            """
        )
        guard let row = rows.first else { return "" }
        let place = row["client_addr"].map { " from \($0)" } ?? ""
        return ": server process \(row.text("pid")) of user \(row["usename"] ?? "?")\(place)"
    }

    private var loadKey: SQL { key("pintail load of \(table)") }

    private var streamKey: SQL { key("pintail streams into \(table)") }

    private func key(_ name: String) -> SQL { "hashtextextended(\(literal: name), 0)" }
}
