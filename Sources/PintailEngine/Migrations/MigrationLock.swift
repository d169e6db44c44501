import DuckDB
import Postgres

/// Lets one process at a time migrate a Postgres database: an advisory lock, kept until its connection ends.
enum MigrationLock {
    /// Waits until nobody else migrates the database.
    ///
    /// Asked for again and again, not waited for in one statement: that statement's snapshot would be waited for by
    /// CREATE INDEX CONCURRENTLY in the process that has the lock, and both would stand still.
    /// - Parameter waiting: told once who is waited for.
    static func take(on connection: borrowing PostgresConnection, waiting: (String) -> Void) throws(PostgresError) {
        var isTold = false
        while try connection.value("SELECT pg_try_advisory_lock(\(key))") != "t" {
            if !isTold { waiting(try holder(on: connection)) }
            isTold = true
            // The server sleeps, as it hears a cancel request.
            try connection.execute("SELECT pg_sleep(0.2)")
        }
    }

    /// Gives the lock to the next.
    static func release(on connection: borrowing PostgresConnection) throws(PostgresError) {
        try connection.execute("SELECT pg_advisory_unlock(\(key))")
    }

    /// Whether nobody has the lock at the moment.
    static func isFreeNow(on connection: borrowing PostgresConnection) throws(PostgresError) -> Bool {
        try connection.value("SELECT NOT EXISTS (SELECT \(held))") == "t"
    }

    /// Fails when this session does not have the lock: a pooler gives each transaction another session.
    static func check(on connection: borrowing PostgresConnection) throws {
        guard try connection.value("SELECT EXISTS (SELECT \(held) AND pid = pg_backend_pid())") == "t" else {
            throw sessionIsShared
        }
    }

    /// A pooler in transaction mode lies between.
    static let sessionIsShared = StepError(
        "the session that keeps other migrations away may be given to others: a pooler in transaction mode lies between",
        hint: "migrate over a connection to the server itself, or to a pooler in session mode",
        dataState: "nothing was changed"
    )

    /// Who has the lock, for people.
    static func holder(on connection: borrowing PostgresConnection) throws(PostgresError) -> String {
        let rows = try connection.query(
            """
            SELECT l.pid, usename, application_name, client_addr,
                to_char(backend_start AT TIME ZONE 'UTC', 'HH24:MI:SS') AS since
            FROM (SELECT pid \(held)) l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
            """
        )
        guard let row = rows.first, let process = row["pid"] else { return "a process that has just ended" }
        let user = row["usename"].map { " of \($0)" } ?? ""
        let place = row["client_addr"].map { " from \($0)" } ?? ""
        let since = row["since"].map { ", connected since \($0) UTC" } ?? ""
        return "server process \(process)\(user)\(place)\(since)"
    }

    private static let held: SQL = .holders(ofAdvisoryLock: key)

    private static let key: SQL = "hashtextextended('pintail migrations', 0)"
}
