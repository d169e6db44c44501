import DuckDB
import Postgres
import Synchronization
import TestSupport
import Testing

@Suite struct InterruptionTests {
    let orders = TableName("orders", schema: "public")
    /// More than ever arrive: each load is ended on the way.
    let many: SQL = "SELECT i AS id, repeat('x', 100) AS v FROM range(50000000) t(i)"

    @Test(arguments: [1, 2], [LoadMode.append, .replace])
    func `a connection that the server ends half-way leaves the table as it was`(streams: Int, mode: LoadMode)
        async throws
    {
        let database = try await TestDatabase()
        try await database.execute("CREATE TABLE orders (id bigint, v text); INSERT INTO orders VALUES (1, 'a')")
        let orders = orders
        let many = many
        let load = Task { try await database.load(many, into: orders, mode, streams: streams) }
        try await eventually("a copy is running") {
            try await database.rows(
                "SELECT pid FROM pg_stat_progress_copy WHERE datname = current_database() AND tuples_processed > 0"
            ) != []
        }
        _ = try await database.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_progress_copy WHERE datname = current_database()"
        )
        let failure = await #expect(throws: LoadFailure.self) { try await load.value }
        #expect((failure?.cause as? PostgresError)?.sqlState == "57P01")
        #expect(failure?.isTransient == true)
        #expect(failure?.dataState == "rolled back; public.orders is unchanged")
        #expect(try await database.rows("SELECT * FROM orders") == ["1|a"])
    }

    @Test func `a connection that breaks half-way is a failure that may be tried again`() async throws {
        let database = try await TestDatabase()
        try await database.execute("CREATE TABLE orders (id bigint, v text)")
        let proxy = try CuttingProxy(to: database.server.port)
        proxy.cut(after: 3_000_000, .toServer)
        let url = database.server.url(database: database.name, port: proxy.port)
        let (orders, many) = (orders, many)
        let failure = await #expect(throws: LoadFailure.self) {
            try await onOwnThread {
                let duck = try DuckDB.Connection.inMemory()
                let request = LoadRequest(into: orders, mode: .append, columns: try duck.describe(many))
                let load = try TableLoad(request, over: ConnectionParameters(url: url))
                let rows = try duck.prepare(load.plan.projection(of: "(\(many))"))
                _ = try load.run(rows)
            }
        }
        #expect((failure?.cause as? PostgresError)?.connectionFailure?.reason == .lost)
        #expect(failure?.isTransient == true)
        #expect(try await database.rows("SELECT count(*) FROM orders") == ["0"])
    }

    @Test func `a commit whose answer is lost is asked for, and found done`() async throws {
        let database = try await TestDatabase()
        try await database.execute("CREATE TABLE orders (id int)")
        let orders = orders
        let proxy = try CuttingProxy(to: database.server.port)
        let url = database.server.url(database: database.name, port: proxy.port)
        let load: @Sendable () throws -> LoadOutcome = {
            let duck = try DuckDB.Connection.inMemory()
            let query: SQL = "SELECT 1 AS id"
            let request = LoadRequest(into: orders, mode: .append, columns: try duck.describe(query))
            let load = try TableLoad(request, over: ConnectionParameters(url: url))
            let rows = try duck.prepare(load.plan.projection(of: "(\(query))"))
            return try load.run(rows)
        }
        _ = try await onOwnThread(load)
        // The answer to COMMIT is 18 bytes long, and the last.
        proxy.cut(after: proxy.passed(.toClient) - 9, .toClient)
        #expect(try await onOwnThread(load) == LoadOutcome(rows: 1, inserted: 1))
        #expect(proxy.cuts == 1)
        #expect(try await database.rows("SELECT count(*) FROM orders") == ["2"])
    }

    @Test(arguments: [1, 2])
    func `a load that the server refuses half-way sends little more`(streams: Int) async throws {
        let database = try await TestDatabase()
        // What the server says in the very moment that a piece is being sent was once overheard, now and then.
        for _ in 1...5 {
            let sent = Mutex(0)
            var options = TableLoad.Options.quick
            options.observer = { progress in sent.withLock { $0 = progress.bytes } }
            // The first row to be refused is among the first 20 MB of 600: wide rows are made faster than they are taken.
            let query: SQL = "SELECT CASE WHEN i < 500 THEN i END AS id, repeat('x', 30000) AS v FROM range(20000) t(i)"
            try await database.execute("DROP TABLE IF EXISTS orders; CREATE TABLE orders (id bigint NOT NULL, v text)")
            let failure = await #expect(throws: LoadFailure.self) {
                try await database.load(query, into: orders, .append, streams: streams, options: options)
            }
            #expect((failure?.cause as? PostgresError)?.sqlState == "23502")
            #expect(sent.withLock(\.self) < 60_000_000)
        }
    }

    @Test func `a load that is cancelled stops, and leaves the table as it was`() async throws {
        let database = try await TestDatabase()
        try await database.execute("CREATE TABLE orders (id bigint, v text)")
        let orders = orders
        let many = many
        let canceller = LoadCanceller()
        let options = TableLoad.Options(canceller: canceller)
        let load = Task { try await database.load(many, into: orders, .append, options: options) }
        try await eventually("a copy is running") {
            try await database.rows("SELECT pid FROM pg_stat_progress_copy WHERE datname = current_database()") != []
        }
        canceller.cancel()
        let failure = await #expect(throws: LoadFailure.self) { try await load.value }
        #expect((failure?.cause as? PostgresError)?.isCancellation == true, "\(String(describing: failure))")
        #expect(try await database.rows("SELECT count(*) FROM orders") == ["0"])
    }
}
