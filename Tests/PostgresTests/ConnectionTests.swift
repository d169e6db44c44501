import DuckDB
import Postgres
import TestSupport
import Testing

@Suite struct ConnectionTests {
    @Test func `each reason for having no connection is told apart, without the password`() async throws {
        let server = try await PostgresServer.shared()
        try await server.createUser("somebody", password: "right")
        let free = try freeLoopbackPort()
        let cases: [(ConnectionParameters, ConnectionFailure.Reason)] = [
            (.init(host: "127.0.0.1", port: free, database: "d", user: "u", password: "s3cret"), .refused),
            (.init(host: "nowhere.invalid", database: "d", user: "u", password: "s3cret"), .unknownHost),
            (.init(host: "/nowhere", database: "d", user: "u", password: "s3cret"), .noSocket),
            (
                .init(host: "127.0.0.1", port: server.port, database: "postgres", user: "somebody", password: "s3cret"),
                .wrongPassword
            ),
            (.init(host: "127.0.0.1", port: server.port, database: "postgres", user: "somebody"), .noPassword),
            (
                .init(host: "127.0.0.1", port: server.port, database: "nix", user: "postgres", password: "s3cret"),
                .missingDatabase
            ),
            (.init(host: "127.0.0.1", port: server.port, database: "postgres", user: "nobody"), .unknownUser),
            (
                .init(url: server.url(database: "postgres") + "?sslmode=require", settings: ["password": "s3cret"]),
                .noEncryption
            ),
            (.init(url: "host=127.0.0.1 port=x"), .badParameters),
        ]
        for (parameters, reason) in cases {
            let error = await #expect(throws: PostgresError.self) {
                try await onOwnThread { _ = try PostgresConnection(parameters) }
            }
            #expect(error?.connectionFailure?.reason == reason, "\(error?.message ?? "")")
            #expect(error?.hint != nil || reason == .badParameters)
            #expect(!"\(String(describing: error)) \(parameters) \(String(reflecting: parameters))".contains("s3cret"))
        }
    }

    @Test(arguments: [
        ("postgres://u:s3cret@h:1/d", "postgres://u:***@h:1/d"), ("postgres://u@h/d", "postgres://u@h/d"),
        ("host=h password=s3cret", "***"), ("postgres://h/d?password=s3cret", "***"),
    ])
    func `an address is shown without its password`(url: String, shown: String) {
        #expect(ConnectionParameters(url: url).description == shown)
    }

    @Test func `a failed statement says what, where and why`() async throws {
        let database = try await TestDatabase()
        let error = await #expect(throws: PostgresError.self) { try await database.rows("SELECT 1 + nix") }
        #expect(error?.sqlState == "42703")
        #expect(error?.position == 12)
        #expect(error?.sql == "SELECT 1 + nix")
        #expect(error?.isTransient == false)
    }

    @Test func `a cancelled task stops its statement`() async throws {
        let server = try await PostgresServer.shared()
        let session = PostgresSession(ConnectionParameters(url: server.connectionString(database: "postgres")))
        let task = Task { try await session.run { try $0.execute("SELECT pg_sleep(600)") } }
        try await eventually("it sleeps") {
            try await server.psql("SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(600)'") == "1"
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await session.run { try $0.value("SELECT 1") } == "1")
    }

    @Test func `what the server remarks is kept`() async throws {
        let database = try await TestDatabase()
        let notices = try await database.run { connection in
            try connection.execute("DO $$ BEGIN RAISE WARNING 'mind the %', 'gap'; END $$")
            return connection.takeNotices()
        }
        #expect(notices.map(\.message) == ["mind the gap"])
    }
}
