import DuckDB
import Postgres
import Synchronization
import TestSupport
import Testing

@Suite struct BatchTests {
    let orders = TableName("orders", schema: "public")
    static let many: SQL = "SELECT i AS id, repeat('x', 50) AS v FROM range(200000) t(i)"
    /// What is in the table when each row of `many` came once.
    static let sums = "200000|200000|19999900000"

    private func sums(_ database: TestDatabase) async throws -> [String] {
        try await database.rows("SELECT count(*), count(DISTINCT id), sum(id) FROM orders WHERE id >= 0")
    }

    @Test(arguments: [LoadMode.append, .replace, .upsert(key: ["id"])], [1, 2, 4])
    func `batches that are cut off again and again leave every row once`(mode: LoadMode, streams: Int) async throws {
        let database = try await TestDatabase()
        try await database.execute(
            "CREATE TABLE orders (id bigint PRIMARY KEY, v text); INSERT INTO orders VALUES (-1, 'old')"
        )
        let proxy = try CuttingProxy(to: database.server.port)
        var failures = 0
        var outcome: LoadOutcome?
        while outcome == nil, failures < 30 {
            proxy.cut(after: 4_000_000, .toServer)
            do {
                // Batches so small that each stream can lose one and most of what was sent is still kept.
                outcome = try await database.loadBatches(
                    of: Self.many,
                    into: orders,
                    mode,
                    size: .fixed(rows: 2_000),
                    streams: streams,
                    through: proxy
                )
            } catch let failure as LoadFailure {
                #expect(failure.isTransient)
                failures += 1
                let old = try await database.rows("SELECT * FROM orders WHERE id < 0")
                #expect(old == ["-1|old"])
            }
        }
        #expect(failures > 2)
        #expect(outcome?.rows == 200_000)
        #expect(try await sums(database) == [Self.sums])
        let old = try await database.rows("SELECT count(*) FROM orders WHERE id < 0")
        #expect(old == [mode == .replace ? "0" : "1"])
        #expect(try await database.rows("SELECT * FROM pintail_positions WHERE first_row > 0") == [])
    }

    /// Rows that are there already: from a number, counted from 1, so many.
    static let holes: [[(first: Int, rows: Int)]] = [
        [(1, 1)], [(1, 2047), (2049, 1)], [(2, 3), (4095, 4), (150_000, 17)], [(100_001, 50_000), (199_999, 2)],
        [(1, 200_000)],
    ]

    @Test(arguments: holes, [LoadMode.append, .replace])
    func `rows that were committed are left out wherever they are`(
        _ committed: [(first: Int, rows: Int)],
        mode: LoadMode
    )
        async throws
    {
        let database = try await TestDatabase()
        try await database.execute("CREATE TABLE orders (id bigint, v text)")
        let kept: SQL = mode == .append ? "orders" : "orders__pintail_new"
        try await database.execute("CREATE TABLE IF NOT EXISTS \(kept) (id bigint, v text)")
        try await database.execute(
            """
            CREATE TABLE pintail_positions (load text, source text, first_row bigint, rows bigint, table_name text,
                table_oid oid, file_node oid)
            """
        )
        for range in committed {
            try await database.execute(
                """
                INSERT INTO pintail_positions SELECT 'l', 'f', \(literal: range.first), \(literal: range.rows),
                    \(literal: kept.text), \(literal: kept.text)::regclass, pg_relation_filenode(\(literal: kept.text));
                INSERT INTO \(kept) SELECT i, 'kept'
                FROM generate_series(\(literal: range.first - 1), \(literal: range.first + range.rows - 2)) i
                """
            )
        }
        let outcome = try await database.loadBatches(of: Self.many, into: orders, mode)
        #expect(outcome.rows == 200_000)
        #expect(try await sums(database) == [Self.sums])
        let keptRows = committed.reduce(0) { $0 + $1.rows }
        #expect(try await database.rows("SELECT count(*) FROM orders WHERE v = 'kept'") == ["\(keptRows)"])
    }

    @Test func `batches of another source begin anew`() async throws {
        let database = try await TestDatabase()
        let proxy = try CuttingProxy(to: database.server.port)
        proxy.cut(after: 4_000_000, .toServer)
        let other = BatchSource(load: "l", fingerprint: "other")
        await #expect(throws: LoadFailure.self) {
            try await database.loadBatches(
                of: "SELECT i - 500000 AS id, repeat('x', 50) AS v FROM range(200000) t(i)",
                into: orders,
                .replace,
                source: other,
                through: proxy
            )
        }
        try await database.loadBatches(of: Self.many, into: orders, .replace)
        #expect(try await sums(database) == [Self.sums])
        #expect(try await database.rows("SELECT count(*) FROM orders WHERE id < 0") == ["0"])
    }

    /// What may become of a table while half of its rows are to come yet, and how many of the others are in it at last.
    static let fates: [(statements: SQL, others: Int)] = [
        ("SELECT 1", 1),
        ("VACUUM FULL orders", 1),
        ("ALTER TABLE orders ADD COLUMN n bigint DEFAULT 7 + random()", 1),
        ("DELETE FROM orders WHERE id < 0", 0),
        ("TRUNCATE orders", 0),
        ("DROP TABLE orders; CREATE TABLE orders (id bigint PRIMARY KEY, v text)", 0),
        ("DROP TABLE orders", 0),
    ]

    @Test(arguments: fates, [LoadMode.append, .upsert(key: ["id"])])
    func `rows that went with their table are sent again, and no others`(
        _ fate: (statements: SQL, others: Int),
        mode: LoadMode
    ) async throws {
        let database = try await TestDatabase()
        try await database.execute(
            "CREATE TABLE orders (id bigint PRIMARY KEY, v text); INSERT INTO orders VALUES (-1, 'old')"
        )
        try await breakOff(mode, in: database)
        for statement in fate.statements.text.split(separator: ";") {
            try await database.execute(SQL(verbatim: String(statement)))
        }
        try await database.loadBatches(of: Self.many, into: orders, mode)
        #expect(try await sums(database) == [Self.sums])
        #expect(try await database.rows("SELECT count(*) FROM orders WHERE id < 0") == ["\(fate.others)"])
    }

    @Test(arguments: [LoadMode.append, .upsert(key: ["id"])])
    func `of several batches only those are sent again that are gone`(mode: LoadMode) async throws {
        let database = try await TestDatabase()
        try await database.execute("CREATE TABLE orders (id bigint PRIMARY KEY, v text)")
        try await breakOff(mode, in: database)
        try await database.execute(
            """
            WITH gone AS (UPDATE pintail_positions SET table_name = 'orders__pintail_new'
                WHERE first_row = (SELECT max(first_row) FROM pintail_positions) RETURNING first_row, rows)
            DELETE FROM orders USING gone WHERE id >= first_row - 1 AND id < first_row - 1 + rows
            """
        )
        try await database.execute("UPDATE orders SET v = 'kept'")
        let kept = try await database.rows("SELECT count(*) FROM orders")
        try await database.loadBatches(of: Self.many, into: orders, mode)
        #expect(try await sums(database) == [Self.sums])
        #expect(try await database.rows("SELECT count(*) FROM orders WHERE v = 'kept'") == kept)
    }

    @Test(arguments: [LoadMode.append, .upsert(key: ["id"])])
    func `rows that waited beside a table are sent again when somebody else makes it`(mode: LoadMode) async throws {
        let database = try await TestDatabase()
        try await breakOff(.fail, in: database)
        try await database.execute("CREATE TABLE orders (id bigint PRIMARY KEY, v text)")
        try await database.loadBatches(of: Self.many, into: orders, mode)
        #expect(try await sums(database) == [Self.sums])
        #expect(try await database.rows("SELECT to_regclass('orders__pintail_new')") == [""])
    }

    /// Loads that give a table other rows, by a swap or in place, in batches or at once.
    static let replacements = [(isInPlace: false, isBatched: false), (false, true), (true, false), (true, true)]

    @Test(arguments: replacements, [false, true])
    func `rows that another load replaced are added again`(
        _ replacement: (isInPlace: Bool, isBatched: Bool),
        isDelivered: Bool
    ) async throws {
        let database = try await TestDatabase()
        try await database.execute("CREATE TABLE orders (id bigint, v text)")
        if replacement.isInPlace {
            try await database.execute("CREATE MATERIALIZED VIEW m AS SELECT count(*) FROM orders")
        }
        let source = BatchSource(load: "l", fingerprint: "f", run: "r", unsettledRuns: ["r"])
        if isDelivered {
            try await database.loadBatches(of: Self.many, into: orders, .append, source: source)
        } else {
            try await breakOff(.append, in: database)
        }
        let others: SQL = "SELECT -1 - i AS id, 'other' AS v FROM range(3) t(i)"
        let outcome =
            if replacement.isBatched {
                try await database.loadBatches(
                    of: others,
                    into: orders,
                    .replace,
                    source: BatchSource(load: "other", fingerprint: "g")
                )
            } else {
                try await database.load(others, into: orders, .replace)
            }
        #expect(outcome.keptInPlace.isEmpty == !replacement.isInPlace)
        try await database.loadBatches(of: Self.many, into: orders, .append, source: source)
        #expect(try await sums(database) == [Self.sums])
        #expect(try await database.rows("SELECT count(*) FROM orders WHERE id < 0") == ["3"])
    }

    @Test(arguments: ["SELECT", "DELETE"])
    func `who may not clear the positions of others replaces the table all the same`(right: String) async throws {
        let database = try await TestDatabase()
        let user = "user_\(database.name)"
        try await database.server.createUser(user, password: "x")
        try await database.execute("CREATE TABLE orders (id bigint, v text)")
        try await breakOff(.append, in: database)
        try await database.execute(
            """
            ALTER TABLE orders OWNER TO \(identifier: user); GRANT CREATE ON SCHEMA public TO \(identifier: user);
            GRANT \(SQL(verbatim: right)) ON pintail_positions TO \(identifier: user)
            """
        )
        try await database.load("SELECT -1 AS id, 'other' AS v", into: orders, .replace, as: user)
        let error = await #expect(throws: PostgresError.self) {
            try await database.loadBatches(of: Self.many, into: orders, .append)
        }
        #expect(error?.message.hasSuffix("rows to public.orders, which is another table by now") == true)
        #expect(try await database.rows("SELECT * FROM orders") == ["-1|other"])
    }

    @Test func `rows are not added to a table that may have them, and the hint lets them be`() async throws {
        let database = try await TestDatabase()
        try await database.execute("CREATE TABLE orders (id bigint, v text)")
        try await breakOff(.append, in: database)
        try await database.execute("CREATE TABLE restored AS TABLE orders")
        try await database.execute("DROP TABLE orders; ALTER TABLE restored RENAME TO orders")
        let before = try await database.rows("SELECT count(*) FROM orders")
        let error = await #expect(throws: PostgresError.self) {
            try await database.loadBatches(of: Self.many, into: orders, .append)
        }
        let message = "an earlier run of 'l' added \(before[0]) rows to public.orders, which is another table by now"
        #expect(error?.message == message)
        #expect(try await database.rows("SELECT count(*) FROM orders") == before)
        let hint = try #require(error?.hint?.firstMatch(of: /DELETE .*'l'/))
        try await database.execute("TRUNCATE orders")
        try await database.execute(SQL(verbatim: String(hint.output)))
        try await database.loadBatches(of: Self.many, into: orders, .append)
        #expect(try await sums(database) == [Self.sums])
    }

    /// Has a load end half-way.
    private func breakOff(_ mode: LoadMode, in database: TestDatabase) async throws {
        let proxy = try CuttingProxy(to: database.server.port)
        proxy.cut(after: 4_000_000, .toServer)
        await #expect(throws: LoadFailure.self) {
            try await database.loadBatches(
                of: Self.many,
                into: orders,
                mode,
                size: .fixed(rows: 2_000),
                through: proxy
            )
        }
        let kept = try await database.rows("SELECT sum(rows) > 0 FROM pintail_positions WHERE first_row > 0")
        #expect(kept == ["t"])
    }

    @Test func `a value that does not fit stops all streams, and what they committed is kept`() async throws {
        let database = try await TestDatabase()
        let bad: SQL = "SELECT i AS id, CASE i WHEN 150000 THEN chr(0) ELSE 'v' END AS v FROM range(200000) t(i)"
        let failure = await #expect(throws: LoadFailure.self) {
            try await database.loadBatches(of: bad, into: orders, .append)
        }
        #expect((failure?.cause as? EncodingError)?.row == 150_001)
        let kept = try await database.rows("SELECT sum(rows) FROM pintail_positions").first ?? ""
        #expect(
            failure?.dataState
                == "public.orders was not created; \(kept) rows are kept beside it, and the next run sends the others"
        )
        let good: SQL = "SELECT i AS id, 'v' AS v FROM range(200000) t(i)"
        try await database.loadBatches(of: good, into: orders, .append)
        #expect(try await sums(database) == [Self.sums])
    }

    /// Tables whose rows meet each other on their way in.
    static let orderly: [(table: SQL, streams: Int)] = [
        ("SELECT", 2),
        ("CREATE TABLE orders (id bigint, v text)", 2),
        ("CREATE TABLE orders (id bigint PRIMARY KEY, v text)", 2),
        ("CREATE TABLE orders (id bigint, v text, n serial)", 1),
        (
            """
            CREATE TABLE orders (id bigint, v text);
            CREATE TRIGGER t BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()
            """, 1
        ),
    ]

    @Test(arguments: orderly)
    func `several streams fill a table only where rows do not meet`(_ table: SQL, _ streams: Int) async throws {
        let database = try await TestDatabase()
        try await database.execute(table)
        let outcome = try await database.loadBatches(of: Self.many, into: orders, .append)
        #expect(outcome.streams == streams)
        #expect(try await sums(database) == [Self.sums])
    }

    @Test func `a server that takes no second connection is loaded over one`() async throws {
        let database = try await TestDatabase()
        let user = "user_\(database.name)"
        try await database.server.createUser(user, password: "x")
        try await database.execute(
            """
            ALTER USER \(identifier: user) CONNECTION LIMIT 1; GRANT CREATE ON SCHEMA public TO \(identifier: user)
            """
        )
        let outcome = try await database.loadBatches(of: Self.many, into: orders, .replace, as: user)
        #expect(outcome.rows == 200_000)
        #expect(try await sums(database) == [Self.sums])
        try await database.execute("DROP TABLE orders")
        #expect(try await database.load(Self.many, into: orders, .replace, streams: 2, as: user).rows == 200_000)
        #expect(try await sums(database) == [Self.sums])
    }

    @Test func `a load waits until the server is done with the streams of one that was killed`() async throws {
        let database = try await TestDatabase()
        let orders = orders
        let parameters = database.parameters
        let told = Mutex<[String]>([])
        let lock: SQL = "SELECT pg_advisory_lock_shared(hashtextextended('pintail streams into public.orders', 0))"
        // A table of that name in another database is another table.
        let elsewhere = try await TestDatabase()
        let other = elsewhere.parameters
        let bystander = try await onOwnThread {
            let bystander = try PostgresConnection(other)
            try bystander.execute(lock)
            return Held(bystander)
        }
        defer { withExtendedLifetime((elsewhere, bystander)) {} }
        let (error, process) = try await database.run { connection in
            try connection.execute(lock)
            let request = LoadRequest(into: orders, mode: .append, columns: [ResultColumn(name: "id", type: .bigint)])
            do {
                let options = TableLoad.Options(
                    waiting: .milliseconds(500),
                    waits: { other in told.withLock { $0.append(other) } }
                )
                _ = try TableLoad(request, over: parameters, options: options)
                return (PostgresError("it did not wait"), connection.processID)
            } catch let error as PostgresError {
                return (error, connection.processID)
            }
        }
        #expect(error.sqlState == "55P03")
        let others = told.withLock(\.self)
        #expect(others.count == 1)
        #expect(others.first?.hasPrefix("another load of public.orders: server process \(process) of user ") == true)
    }
}
