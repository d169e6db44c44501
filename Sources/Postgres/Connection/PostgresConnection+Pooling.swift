import CPQ
import DuckDB

/// What stands between us and the server: a pooler may give each transaction another of the server's sessions.
///
/// What belongs to a session (advisory locks, settings, prepared statements) is then another's a moment later.
extension PostgresConnection {
    /// Whether a pooler answers: what it said at the start is not the process that serves us.
    package borrowing func isPooled() throws(PostgresError) -> Bool {
        try serverProcess() != processID
    }

    /// Whether the pooler gives a session of the server to others while we keep our connection to it.
    ///
    /// One that does so gives the session that was used last to whoever asks first, or each in turn: a second connection
    /// shows it in either case.
    package borrowing func sharesSessions(_ parameters: ConnectionParameters) throws(PostgresError) -> Bool {
        guard try isPooled() else { return false }
        let own = try serverProcess()
        let other = try PostgresConnection(parameters)
        for _ in 1...3 {
            let others = try other.serverProcess()
            let again = try serverProcess()
            if others == own || again != own { return true }
        }
        return false
    }

    private borrowing func serverProcess() throws(PostgresError) -> Int {
        try value("SELECT pg_backend_pid()").flatMap { Int($0) } ?? 0
    }

    /// Runs statements that belong together on one session of the server, without changing anything.
    borrowing func onOneSession<Result>(
        _ body: () throws(PostgresError) -> Result
    ) throws(PostgresError) -> Result {
        guard unsafe PQtransactionStatus(handle) == PQTRANS_IDLE else { return try body() }
        try execute("BEGIN READ ONLY")
        defer { rollBack() }
        return try body()
    }
}
