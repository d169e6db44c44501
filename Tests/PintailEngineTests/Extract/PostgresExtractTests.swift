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

    /// What a column holds, the type it gets here and what its values are here.
    static let numbers: [(type: String, values: String, column: String, read: [String])] = [
        (
            "numeric", "(12345678901234567890.123456789), (NULL), (-0.5)", "DECIMAL(38,9)",
            ["-0.500000000", "12345678901234567890.123456789", "NULL"]
        ),
        ("numeric", "(1.50), (2)", "DECIMAL(38,1)", ["1.5", "2.0"]),
        ("numeric", "(7)", "DECIMAL(38,0)", ["7"]),
        ("numeric", "('NaN'), (1.5)", "VARCHAR", ["1.5", "NaN"]),
        ("numeric", "('-Infinity')", "VARCHAR", ["-Infinity"]),
        (
            "numeric", "(123456789012345678901234567890123456789)", "VARCHAR",
            ["123456789012345678901234567890123456789"]
        ),
        ("numeric(60,2)", "(1)", "DECIMAL(38,0)", ["1"]),
        ("numeric(5,-2)", "(12345)", "DECIMAL(38,0)", ["12300"]),
        ("numeric(3,5)", "(0.00123)", "DECIMAL(38,5)", ["0.00123"]),
        ("numeric(10,2)", "(1.5)", "DECIMAL(10,2)", ["1.50"]),
        ("numeric(10,2)", "('NaN'), (1.5)", "VARCHAR", ["1.50", "NaN"]),
        ("numeric[]", "('{1.234567890123456789,NULL}')", "VARCHAR[]", ["[1.234567890123456789, NULL]"]),
        ("numeric(10,2)[]", "('{1.5}')", "DECIMAL(10,2)[]", ["[1.50]"]),
        ("numeric(10,2)[]", "('{NaN}')", "VARCHAR[]", ["[NaN]"]),
        ("numeric", "(NULL)", "DECIMAL(38,0)", ["NULL"]),
    ]

    @Test(arguments: numbers) func `a number keeps every digit, read from a table or by a query`(
        _ type: String,
        _ values: String,
        _ column: String,
        _ read: [String]
    ) async throws {
        let (bench, server, database) = try await bench()
        _ = try await server.psql(
            "CREATE TABLE \"The numbers\" (\"a value\" \(type), id int); INSERT INTO \"The numbers\" VALUES \(values)",
            database: database
        )
        for source in [
            ExtractSource.table(connection: "pg", schema: "public", name: "The numbers"),
            .query(connection: "pg", sql: "SELECT \"a value\", 1 AS id FROM \"The numbers\" -- all\n;"),
        ] {
            for strategy in [LoadStrategyChoice.auto, .lazy] {
                try await bench.run(Extract("t", from: source, strategy: strategy))
                #expect(try await bench.rows("SELECT DISTINCT typeof(\"a value\") FROM t") == [[column]])
                #expect(try await bench.rows("SELECT \"a value\" FROM t").map { $0[0] }.sorted() == read)
            }
        }
        bench.remove()
    }

    @Test func `a number that comes after the look is an error and is not rounded`() async throws {
        let (bench, server, database) = try await bench()
        _ = try await server.psql("CREATE TABLE n (v numeric); INSERT INTO n VALUES (1.5)", database: database)
        let source = ExtractSource.table(connection: "pg", schema: "public", name: "n")
        try await bench.run(Extract("t", from: source, strategy: .lazy))
        _ = try await server.psql("INSERT INTO n VALUES (1.55)", database: database)
        let error = await #expect(throws: DuckDBError.self) { try await bench.rows("FROM t") }
        #expect(error?.message.contains("1.55 in 'v' came after the column was measured") == true)
        bench.remove()
    }

    @Test func `a cursor's earlier rows are left to the server`() async throws {
        let (bench, server, database) = try await bench()
        _ = try await server.psql(
            "CREATE TABLE n (\"At\" timestamptz, v numeric); INSERT INTO n VALUES ('2024-01-01', 'NaN')",
            database: database
        )
        let extract = Extract(
            "t",
            from: .table(connection: "pg", schema: "public", name: "n"),
            rename: .lower,
            incremental: .cursor("at")
        )
        #expect(try await bench.run(extract).rows == 1)
        _ = try await server.psql("INSERT INTO n VALUES ('2024-01-02', 2.25)", database: database)
        #expect(try await bench.run(extract).rows == 1)
        #expect(try await bench.rows("SELECT v FROM t ORDER BY \"at\"") == [["NaN"], ["2.25"]])
        bench.remove()
    }

    static let sources: [ExtractSource] = [
        .table(connection: "pg", schema: "public", name: "big"),
        .query(connection: "pg", sql: "SELECT * FROM big"),
    ]

    @Test(arguments: sources) func `the server's planner tells how much memory a table takes`(
        _ source: ExtractSource
    ) async throws {
        let (bench, server, database) = try await bench()
        _ = try await server.psql(
            """
            CREATE TABLE big AS SELECT i AS id, i * 1.0::float8 AS f, repeat('x', 50) AS s, now() AS at FROM generate_series(1, 300000) i;
            ANALYZE big
            """,
            database: database
        )
        let result = try await bench.run(Extract("t", from: source))
        guard case .object(let fact)? = result.facts["strategy"], case .integer(let needed)? = fact["needed"] else {
            Issue.record("no estimate in \(result.facts)")
            return
        }
        // 4 + 8 + 51 + 8 bytes a row, and what storage adds.
        #expect((20_000_000...30_000_000).contains(needed))
        #expect(result.strategy == .eager)
        bench.remove()
    }

    @Test func `a table that is more than memory holds is streamed`() async throws {
        let (_, server, database) = try await bench()
        _ = try await server.psql(
            "CREATE TABLE big AS SELECT i AS id, repeat('x', 100) AS s FROM generate_series(1, 3000000) i",
            database: database
        )
        let settings = PostgresSettings(host: "127.0.0.1", port: server.port, database: database, user: "postgres")
        let bench = try ExtractBench(connections: ["pg": .postgres(settings)], memory: 100_000_000)
        let result = try await bench.run(Extract("t", from: .table(connection: "pg", schema: "public", name: "big")))
        #expect(result.strategy != .eager)
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
