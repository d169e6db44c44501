import DuckDB
import Postgres
import Synchronization
import TestSupport
import Testing

@Suite struct WALPrompterTests {
    let orders = TableName("orders", schema: "public")
    /// About 45 MB.
    let many: SQL = "SELECT i AS id, repeat('x', 90) AS v FROM range(400000) t(i)"
    /// The connections that wake the WAL writer, by their server process.
    static let prompters: SQL = """
        SELECT pid FROM pg_stat_activity
        WHERE datname = current_database() AND query = 'SELECT pg_current_xact_id()' AND pid <> pg_backend_pid()
        """

    /// Options of a load that stops once, when much of it is sent, until a prompter has been there and `body` is done.
    private func pausing(
        in database: TestDatabase,
        _ body: @escaping @Sendable (borrowing PostgresConnection, _ prompter: String) throws -> Void = { _, _ in }
    ) -> (options: TableLoad.Options, prompters: @Sendable () -> Int) {
        let seen = Mutex(0)
        let parameters = database.parameters
        var options = TableLoad.Options.quick
        options.observer = { progress in
            guard progress.bytes > 24_000_000, seen.withLock({ $0 == 0 }) else { return }
            do {
                let connection = try PostgresConnection(parameters)
                var found: [String] = []
                let end = ContinuousClock.now + .seconds(60)
                while found.isEmpty, ContinuousClock.now < end { found = try connection.lines(Self.prompters) }
                seen.withLock { $0 = found.count }
                if let prompter = found.first { try body(connection, prompter) }
            } catch {
                Issue.record(error)
                seen.withLock { $0 = -1 }
            }
        }
        return (options, { seen.withLock(\.self) })
    }

    @Test(arguments: [1, 2])
    func `a large load wakes the WAL writer over one connection more, which ends with it`(streams: Int) async throws {
        let database = try await TestDatabase()
        let (options, prompters) = pausing(in: database)
        let outcome = try await database.load(many, into: orders, .replace, streams: streams, options: options)
        #expect(outcome.rows == 400_000)
        #expect(prompters() == 1)
        try await eventually("the connection is gone") { try await database.rows(Self.prompters) == [] }
    }

    @Test func `a load goes on when the connection that wakes the WAL writer is ended`() async throws {
        let database = try await TestDatabase()
        let (options, prompters) = pausing(in: database) { connection, prompter in
            try connection.execute("SELECT pg_terminate_backend(\(literal: prompter)::int)")
        }
        let outcome = try await database.load(many, into: orders, .replace, streams: 2, options: options)
        #expect(outcome.rows == 400_000)
        #expect(prompters() == 1)
        #expect(try await database.rows("SELECT count(DISTINCT id) FROM orders") == ["400000"])
    }

    @Test func `a load needs no connection beside those that its rows come over`() async throws {
        let database = try await TestDatabase()
        let user = "user_\(database.name)"
        try await database.server.createUser(user, password: "x")
        try await database.execute(
            """
            ALTER USER \(identifier: user) CONNECTION LIMIT 2; GRANT CREATE ON SCHEMA public TO \(identifier: user)
            """
        )
        let outcome = try await database.loadBatches(of: many, into: orders, .replace, as: user)
        #expect(outcome.rows == 400_000)
        #expect(try await database.rows("SELECT count(DISTINCT id) FROM orders") == ["400000"])
    }
}
