import DuckDB
import PintailOrchestrator
import PintailProject
import TestSupport
import Testing

@testable import PintailEngine

@Suite struct PostgresExtractTests {
    /// A project whose connection `pg` leads to a database with a table of three employees.
    private func bench(password: Secret? = nil) async throws -> (ExtractBench, PostgresServer, String) {
        let server = try await PostgresServer.shared()
        let database = try await server.createDatabase()
        _ = try await server.psql(
            """
            CREATE TABLE employees (id int, name text, salary numeric(10,2), updated_at timestamptz);
            INSERT INTO employees VALUES (1, 'Ann', 10.50, '2024-01-01'), (2, 'Bob', 20, '2024-01-02'), (3, NULL, NULL, NULL)
            """,
            database: database
        )
        let settings = PostgresSettings(
            host: "127.0.0.1",
            port: server.port,
            database: database,
            user: "postgres",
            password: password
        )
        return (try ExtractBench(connections: ["pg": .postgres(settings)]), server, database)
    }

    @Test func `a table of a server becomes a table here`() async throws {
        let (bench, _, _) = try await bench()
        let result = try await bench.run(
            Extract("t", from: .table(connection: "pg", schema: "public", name: "employees"))
        )
        #expect(result.rows == 3)
        #expect(
            try await bench.rows("SELECT id, name, salary FROM t ORDER BY id") == [
                ["1", "Ann", "10.50"], ["2", "Bob", "20.00"], ["3", "NULL", "NULL"],
            ]
        )
        bench.remove()
    }

    @Test func `a query is answered by the server itself`() async throws {
        let (bench, _, _) = try await bench()
        let sql = "SELECT count(*) AS n, current_database() <> '' AS there, 'it''s' AS text FROM employees"
        try await bench.run(Extract("t", from: .query(connection: "pg", sql: sql)))
        #expect(try await bench.rows("FROM t") == [["3", "true", "it's"]])
        bench.remove()
    }

    @Test func `a cursor moves on with the server's rows`() async throws {
        let (bench, server, database) = try await bench()
        let extract = Extract(
            "t",
            from: .table(connection: "pg", schema: nil, name: "employees"),
            incremental: .cursor("updated_at")
        )
        #expect(try await bench.run(extract).rows == 2)
        _ = try await server.psql(
            "INSERT INTO employees VALUES (4, 'Eve', 1, '2024-01-02 00:00:01')",
            database: database
        )
        #expect(try await bench.run(extract).rows == 1)
        #expect(try await bench.run(extract).rows == 0)
        bench.remove()
    }

    @Test func `two steps attach one connection at the same time`() async throws {
        let (bench, _, _) = try await bench()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<6 {
                group.addTask {
                    let source = ExtractSource.table(connection: "pg", schema: "public", name: "employees")
                    _ = try await bench.run(Extract("t\(index)", from: source))
                }
            }
            try await group.waitForAll()
        }
        bench.remove()
    }

    @Test func `a server that is not there is named, and the password is not`() async throws {
        let settings = PostgresSettings(
            host: "127.0.0.1",
            port: 1,
            database: "d",
            user: "etl",
            password: "geheim-4711"
        )
        let bench = try ExtractBench(connections: ["pg": .postgres(settings)])
        let error = await #expect(throws: StepError.self) {
            try await bench.run(Extract("t", from: .table(connection: "pg", schema: nil, name: "x")))
        }
        let failure = error.map { NodeFailure($0) }
        #expect(failure?.message.hasPrefix("cannot connect to 'pg' (127.0.0.1:1 as user etl):") == true)
        #expect(failure?.hint == "nothing listens at 127.0.0.1:1: is the server running, and is the port right?")
        #expect(failure?.isTransient == true)
        #expect(failure?.message.contains("geheim") == false)
        bench.remove()
    }

    @Test func `a wrong password is told without the password`() async throws {
        let (bench, server, database) = try await bench()
        try await server.createUser("limited", password: "right")
        let url = Secret(server.url(database: database, user: "limited", password: "wrong-4711"))
        let other = try ExtractBench(connections: ["pg": .postgres(PostgresSettings(url: url))])
        let error = await #expect(throws: StepError.self) {
            try await other.run(Extract("t", from: .table(connection: "pg", schema: nil, name: "employees")))
        }
        let failure = error.map { NodeFailure($0) }
        #expect(failure?.message.contains("4711") == false)
        #expect(failure?.message.contains("authentication failed") == true)
        bench.remove()
        other.remove()
    }

    @Test func `a table that the server does not have is an error with a way out`() async throws {
        let (bench, _, _) = try await bench()
        let error = await #expect(throws: StepError.self) {
            try await bench.run(Extract("t", from: .table(connection: "pg", schema: nil, name: "employes")))
        }
        #expect(error?.message.hasPrefix("cannot read pg.public.employes") == true)
        #expect(error?.hint == "did you mean 'employees'?")
        bench.remove()
    }
}
