import DuckDB
import PintailEngine
import PintailOrchestrator
import PintailProject
import Postgres
import TestSupport
import Testing

/// A project with a Postgres database of its own, called `warehouse`.
struct WarehouseFixture {
    let project: LoadFixture
    let server: PostgresServer
    let database: String

    /// Makes both; a port is that of a proxy before the server.
    init(_ setUp: SQL, tables: String = "SELECT", through proxy: ((Int) throws -> Int)? = nil) async throws {
        server = try await PostgresServer.shared()
        database = try await server.createDatabase()
        try await server.psql(tables, database: database)
        let port = try proxy?(server.port)
        let url = server.url(database: database, port: port)
        project = try await LoadFixture(
            setUp,
            connections: ["warehouse": .postgres(PostgresSettings(url: Secret(url)))]
        )
    }

    /// What psql prints.
    func rows(_ sql: String) async throws -> String { try await server.psql(sql, database: database) }
}

extension Destination {
    /// A table of the fixture's database.
    static func warehouse(_ name: String) -> Destination {
        .table(connection: "warehouse", schema: "public", name: name)
    }
}

@Suite struct PostgresLoadTests {
    static let people: SQL = "CREATE TABLE people AS SELECT * FROM (VALUES (1, 'Ann'), (2, 'Bo')) AS people (id, name)"

    /// A mode, what the table is before, and what it holds afterwards.
    static let modes: [(mode: PintailProject.LoadMode, tables: String, rows: String)] = [
        (.fail, "SELECT", "1|Ann\n2|Bo"),
        (.append, "SELECT", "1|Ann\n2|Bo"),
        (
            .append, "CREATE TABLE people (id bigint, name text); INSERT INTO people VALUES (0, 'old')",
            "0|old\n1|Ann\n2|Bo"
        ),
        (.replace, "CREATE TABLE people (id bigint, name text); INSERT INTO people VALUES (0, 'old')", "1|Ann\n2|Bo"),
        (.upsert, "SELECT", "1|Ann\n2|Bo"),
        (
            .upsert,
            "CREATE TABLE people (id int PRIMARY KEY, name text); INSERT INTO people VALUES (0, 'old'), (1, 'A')",
            "0|old\n1|Ann\n2|Bo"
        ),
    ]

    @Test(arguments: modes)
    func `a table takes rows by its mode`(_ mode: PintailProject.LoadMode, _ tables: String, _ rows: String)
        async throws
    {
        let fixture = try await WarehouseFixture(Self.people, tables: tables)
        let key = mode == .upsert ? ["id"] : []
        let result = try await fixture.project.run(Load("people", into: .warehouse("people"), mode: mode, key: key))
        #expect(result.rows == 2)
        #expect(try await fixture.rows("SELECT id, name FROM people ORDER BY id") == rows)
    }

    @Test func `an upsert says what it did`() async throws {
        let fixture = try await WarehouseFixture(
            Self.people,
            tables: "CREATE TABLE people (id int PRIMARY KEY, name text); INSERT INTO people VALUES (1, 'Ann')"
        )
        let rows = "FROM people UNION ALL SELECT 2, 'Bob' UNION ALL SELECT 3, 'Cy'"
        let result = try await fixture.project.run(
            Load("people", from: .query(rows), into: .warehouse("people"), mode: .upsert, key: ["id"])
        )
        #expect(result.facts["inserted"] == 2)
        #expect(result.facts["unchanged"] == 1)
        #expect(result.warnings == ["1 rows shared their key (id) with a later row, which won"])
    }

    @Test(arguments: [1, 3_000_000]) func `every row arrives once, in one stream or several`(_ count: Int) async throws
    {
        let fixture = try await WarehouseFixture("CREATE TABLE t AS SELECT range AS i FROM range(\(literal: count))")
        let result = try await fixture.project.run(Load("t", into: .warehouse("t")))
        #expect(result.rows == RowCount(count))
        #expect((result.facts["streams"] == 1) == (count == 1))
        #expect(try await fixture.rows("SELECT count(*), count(DISTINCT i) FROM t") == "\(count)|\(count)")
    }

    /// What is refused or fails, and how it is said.
    struct Case: Sendable, CustomTestStringConvertible {
        var tables = "SELECT"
        let load: Load
        let message: String
        var hint: String?
        var state = "nothing was written"
        var testDescription: String { message }
    }

    static let table = "CREATE TABLE people (id int PRIMARY KEY, name text); INSERT INTO people VALUES (0, 'old')"

    static let cases = [
        Case(
            load: Load("people", into: .table(connection: "warehous", schema: nil, name: "people")),
            message: "there is no connection 'warehous'",
            hint: "there are warehouse"
        ),
        Case(
            tables: table,
            load: Load("people", into: .warehouse("people"), mode: .fail),
            message: "public.people cannot be loaded: it exists already",
            hint: "`mode: replace` takes its place, `mode: append` adds to it"
        ),
        Case(
            tables: table,
            load: Load(
                "people",
                from: "SELECT DATE '2024-02-29' AS id, 1 AS nam",
                into: .warehouse("people"),
                mode: .append
            ),
            message:
                "public.people cannot be loaded: the column 'id' is DATE, and the table's is integer; it has no column 'nam'",
            hint: "cast it in the load's query"
        ),
        Case(
            tables: table,
            load: Load("people", from: "SELECT 0 AS id, 'x' AS name", into: .warehouse("people"), mode: .append),
            message:
                "cannot load public.people: duplicate key value violates unique constraint \"people_pkey\"; Key (id)=(0) already exists.; COPY people, line 1",
            hint: "remove the duplicates with a transform, or use `mode: upsert` with that key",
            state: "rolled back; public.people is unchanged"
        ),
        Case(
            tables: table,
            load: Load("people", from: "SELECT 1 AS id, 'a' || chr(0) || 'b' AS name", into: .warehouse("people")),
            message:
                "cannot load public.people: row 1, column \"name\": 'a\\0b' has a zero byte, which Postgres's text cannot hold",
            state: "rolled back; public.people is unchanged"
        ),
        Case(
            tables: table,
            load: Load(
                "people",
                from: "SELECT NULL::INT AS id, 'x' AS name",
                into: .warehouse("people"),
                mode: .upsert,
                key: ["id"]
            ),
            message: "cannot load public.people: 1 rows have no value in the key (id)",
            state: "rolled back; public.people is unchanged"
        ),
        Case(
            load: Load(
                "people",
                from: "SELECT CASE range WHEN 250_000 THEN error('no') ELSE 'yes' END AS id FROM range(300_000)",
                into: .warehouse("people")
            ),
            message: "cannot load public.people: no",
            state: "rolled back; public.people was not created"
        ),
        Case(
            load: Load("nothing", into: .warehouse("people")),
            message:
                "cannot load public.people: cannot read the table 'nothing': Table with name nothing does not exist!"
        ),
        Case(
            load: Load("people", into: .table(connection: "warehouse", schema: "nowhere", name: "people")),
            message: "cannot load nowhere.people: schema \"nowhere\" does not exist",
            hint: "CREATE SCHEMA makes it"
        ),
    ]

    @Test(arguments: cases) func `what cannot be loaded is said, and the table is as it was`(_ item: Case) async throws
    {
        let fixture = try await WarehouseFixture(Self.people, tables: item.tables)
        let failure = try await fixture.project.failure(of: item.load)
        #expect(failure.message.split(separator: "\n").first.map(String.init) == item.message)
        if let hint = item.hint { #expect(failure.hint == hint) }
        if item.load.destination == .warehouse("people") { #expect(failure.dataState == item.state) }
        #expect(!failure.isTransient)
        let tables = try await fixture.rows(
            "SELECT string_agg(tablename, ',') FROM pg_tables WHERE schemaname = 'public'"
        )
        #expect(tables == (item.tables == "SELECT" ? "" : "people"))
        if item.tables != "SELECT" { #expect(try await fixture.rows("SELECT * FROM people") == "0|old") }
    }

    @Test func `a server that cannot be reached may be there later`() async throws {
        let proxy = try await CuttingProxy(to: PostgresServer.shared().port)
        let fixture = try await WarehouseFixture(Self.people) { _ in proxy.port }
        proxy.close()
        let failure = try await fixture.project.failure(of: Load("people", into: .warehouse("people")))
        #expect(failure.isTransient)
        #expect(
            failure.hint == "nothing listens at 127.0.0.1:\(proxy.port): is the server running, and is the port right?"
        )
        #expect(failure.dataState == "nothing was written")
    }

    @Test func `a wrong password is said and not shown`() async throws {
        let fixture = try await WarehouseFixture(Self.people)
        try await fixture.server.createUser("careful_\(fixture.database)", password: "right")
        let settings = PostgresSettings(
            host: "127.0.0.1",
            port: fixture.server.port,
            database: fixture.database,
            user: "careful_\(fixture.database)",
            password: "s3cr3t-w0rd"
        )
        let project = try await LoadFixture(Self.people, connections: ["warehouse": .postgres(settings)])
        let failure = try await project.failure(of: Load("people", into: .warehouse("people")))
        #expect(failure.message.contains("password authentication failed"))
        #expect(!"\(failure)\(failure.hint ?? "")\(failure.causes)".contains("s3cr3t-w0rd"))
        #expect(!failure.isTransient)
    }

    @Test(arguments: [PintailProject.LoadMode.append, .replace, .upsert])
    func `a lost connection leaves the table as it was and may be tried again`(_ mode: PintailProject.LoadMode)
        async throws
    {
        let proxy = try await CuttingProxy(to: PostgresServer.shared().port)
        let fixture = try await WarehouseFixture(
            "CREATE TABLE people AS SELECT 1 + range::INT AS id, 'n' || range AS name FROM range(300_000)",
            tables: Self.table
        ) { _ in proxy.port }
        proxy.cut(after: 2_000_000, .toServer)
        let load = Load("people", into: .warehouse("people"), mode: mode, key: mode == .upsert ? ["id"] : [])
        let failure = try await fixture.project.failure(of: load)
        #expect(failure.isTransient)
        #expect(failure.dataState == "rolled back; public.people is unchanged")
        #expect(try await fixture.rows("SELECT * FROM people") == "0|old")
        try await fixture.project.run(load)
        let count = mode == .replace ? "300000" : "300001"
        #expect(try await fixture.rows("SELECT count(*) FROM people") == count)
    }

    @Test func `a cancelled load ends at once and leaves the table as it was`() async throws {
        let fixture = try await WarehouseFixture(Self.people, tables: Self.table)
        let load = Load(
            "people",
            from: "SELECT range::INT AS id, 'x' AS name FROM range(2_000_000_000)",
            into: .warehouse("people")
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await fixture.project.run(load) }
            while try await fixture.rows(
                "SELECT count(*) FROM pg_stat_progress_copy WHERE datname = current_database()"
            ) == "0" {}
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.next() }
        }
        #expect(try await fixture.rows("SELECT * FROM people") == "0|old")
    }
}
