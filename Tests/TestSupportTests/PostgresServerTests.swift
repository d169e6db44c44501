import TestSupport
import Testing

@Suite struct `A PostgreSQL server for tests` {
    @Test func `each test gets an empty database of its own`() async throws {
        let server = try await PostgresServer.shared()
        let (one, other) = try await (server.createDatabase(), server.createDatabase())
        try await server.psql("CREATE TABLE t AS SELECT 1 AS x", database: one)
        let count = "SELECT count(*) FROM pg_tables WHERE tablename = 't'"
        #expect(try await server.psql(count, database: one) == "1")
        #expect(try await server.psql(count, database: other) == "0")
    }

    @Test func `all who ask for the shared server get the same one`() async throws {
        let (one, other) = try await (PostgresServer.shared(), PostgresServer.shared())
        #expect(one === other)
    }

    @Test func `a user with a password must give it over TCP`() async throws {
        let server = try await PostgresServer.shared()
        try await server.createUser("ana", password: "it's a secret")
        let address = "host=127.0.0.1 port=\(server.port) dbname=postgres user=ana"
        let asked = ["-X", "-w", "-A", "-t", "-c", "SELECT current_user", "-d", address]
        let right = try await run("psql", asked, environment: ["PGPASSWORD": "it's a secret"])
        let wrong = try await run("psql", asked, environment: ["PGPASSWORD": "guessed"])
        #expect(right.standardOutput == "ana\n")
        #expect(wrong.standardError.contains("password authentication failed"))
    }

    @Test func `a server of one's own has the settings it is given, and keeps its data over a crash`() async throws {
        let server = try await PostgresServer(settings: ["wal_level": "minimal", "max_wal_senders": "0"])
        let database = try await server.createDatabase()
        #expect(try await server.psql("SHOW wal_level") == "minimal")
        try await server.psql("CREATE TABLE t AS SELECT 42 AS x; CHECKPOINT", database: database)
        try await server.restart(.immediate)
        #expect(try await server.psql("SELECT x FROM t", database: database) == "42")
    }

    @Test func `a server goes with its owner`() async throws {
        var server: PostgresServer? = try await PostgresServer()
        let id = try #require(server?.processID)
        let directory = try #require(server?.directory)
        server = nil
        #expect(try await run("sh", ["-c", "kill -0 \(id)"]).exitCode != 0)
        #expect(try await run("ls", [directory]).exitCode != 0)
    }

    @Test(.enabled(if: TinyDisk.isPermitted, "only root may mount a disk to fill"))
    func `a server whose disk is full says so, and works on once it is not`() async throws {
        let disk = try await TinyDisk(bytes: 120 << 20)
        let server = try await PostgresServer(in: disk.path)
        let database = try await server.createDatabase()
        try await disk.fill(leaving: 1 << 20)
        let failure = await #expect(throws: FixtureError.self) {
            try await server.psql(
                "CREATE TABLE t AS SELECT repeat('x', 900) FROM generate_series(1, 10000)",
                database: database
            )
        }
        #expect(failure?.description.contains("No space left on device") == true)
        try await disk.free()
        #expect(try await server.psql("SELECT 1", database: database) == "1")
    }
}
