import Dispatch
import DuckDB
import Postgres
import TestSupport

/// A Postgres database of its own for each test, on the server that all tests share.
struct TestDatabase: Sendable {
    let parameters: ConnectionParameters
    let name: String
    let server: PostgresServer

    init() async throws {
        server = try await PostgresServer.shared()
        name = try await server.createDatabase()
        parameters = ConnectionParameters(url: server.connectionString(database: name))
    }

    /// Runs statements.
    func execute(_ sql: SQL) async throws {
        _ = try await run { try $0.execute(sql) }
    }

    /// Runs `body` with a connection, on a thread that may block.
    func run<Result: Sendable>(
        _ body: @escaping @Sendable (borrowing PostgresConnection) throws -> Result
    ) async throws -> Result {
        try await onOwnThread {
            let connection = try PostgresConnection(parameters)
            return try body(connection)
        }
    }

    /// What psql would print, one line per row, values separated by `|`.
    func rows(_ sql: SQL) async throws -> [String] {
        try await run { try $0.lines(sql) }
    }
}

extension PostgresConnection {
    /// One line per row, values separated by `|`, NULL as nothing.
    borrowing func lines(_ sql: SQL) throws -> [String] {
        try query(sql).map { $0.values.map { $0 ?? "" }.joined(separator: "|") }
    }
}

extension DuckDB.Connection {
    /// A query in a database in memory.
    static func inMemory(_ setup: SQL = "SELECT 1") throws -> DuckDB.Connection {
        let connection = try Database().connect()
        try connection.load(.icu)
        try connection.execute("SET TimeZone = 'UTC'")
        try connection.execute(setup)
        return connection
    }
}

/// Runs a call on a thread of its own: loads keep a thread busy for long, and a concurrent queue has few.
func onOwnThread<Value: Sendable>(_ call: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue(label: "pintail.tests.load").async { continuation.resume(with: Result(catching: call)) }
    }
}
