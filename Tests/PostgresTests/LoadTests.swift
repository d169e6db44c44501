import DuckDB
import Postgres
import TestSupport
import Testing

@Suite struct LoadTests {
    let orders = TableName("orders", schema: "public")

    // MARK: Append and fail

    @Test func `rows are appended to what is there, matched by name and cast as the table wants them`() async throws {
        let database = try await TestDatabase()
        try await database.execute(
            """
            CREATE TYPE mood AS ENUM ('ok', 'sad'); CREATE DOMAIN price AS numeric(8,2) CHECK (VALUE > 0);
            CREATE TABLE orders (id int, at date, mood mood, price price, tags text[], label varchar(4), n serial);
            INSERT INTO orders VALUES (1);
            """
        )
        let outcome = try await database.load(
            "SELECT '2.5' AS price, 'sad' AS mood, '2' AS \"ID\", TIMESTAMP '2024-05-06 07:08:09' AS at, [1, NULL] AS tags, 12 AS label",
            into: TableName("orders"),
            .append
        )
        #expect(outcome == LoadOutcome(rows: 1, inserted: 1))
        #expect(
            try await database.rows("SELECT * FROM orders ORDER BY id") == [
                "1||||||1", "2|2024-05-06|sad|2.50|{1,NULL}|12|2",
            ]
        )
    }

    @Test func `all columns that do not meet the table are named at once`() async throws {
        let database = try await TestDatabase()
        try await database.execute(
            "CREATE TABLE orders (id int, at date, sum int GENERATED ALWAYS AS (id) STORED, who text NOT NULL)"
        )
        let refusal = await #expect(throws: LoadRefusal.self) {
            try await database.load("SELECT 1 AS id, 2 AS at, 3 AS sum, 4 AS more", into: orders, .append)
        }
        #expect(
            refusal?.problems == [
                .incompatible(column: "at", from: .integer, to: .date), .generatedColumn("sum"),
                .unknownColumn("more", known: ["id", "at", "sum", "who"]), .missingColumn("who", .text),
            ]
        )
    }

    @Test func `mode fail refuses a table that is there`() async throws {
        let database = try await TestDatabase()
        try await database.load("SELECT 1 AS id", into: orders, .fail)
        let refusal = await #expect(throws: LoadRefusal.self) {
            try await database.load("SELECT 1 AS id", into: orders, .fail)
        }
        #expect(refusal?.problems == [.tableExists])
    }

    @Test(arguments: [LoadMode.append, .replace, .upsert(key: ["id"])])
    func `a row that breaks a constraint leaves the table as it was`(mode: LoadMode) async throws {
        let database = try await TestDatabase()
        try await database.execute(
            "CREATE TABLE orders (id int PRIMARY KEY, n int CONSTRAINT small CHECK (n < 10)); INSERT INTO orders VALUES (1, 1)"
        )
        let failure = await #expect(throws: LoadFailure.self) {
            try await database.load("SELECT i AS id, i AS n FROM range(5, 20) t(i)", into: orders, mode)
        }
        #expect((failure?.cause as? PostgresError)?.constraint == "small")
        #expect(failure?.isTransient == false)
        #expect(failure?.dataState == "rolled back; public.orders is unchanged")
        #expect(try await database.rows("SELECT * FROM orders") == ["1|1"])
    }

    @Test(arguments: [
        (
            "SELECT 'a' || chr(0) || 'b' AS v", "text",
            #"row 1, column "v": 'a\0b' has a zero byte, which Postgres's text cannot hold"#
        ),
        (
            "SELECT i AS v FROM range(2147483640, 2147483650) t(i)", "int",
            #"row 9, column "v": 2147483648 is out of the range of integer"#
        ),
        (
            "SELECT DATE '290000-01-01 (BC)' AS v", "date",
            #"row 1, column "v": 290000-01-01 BC is out of the range of date"#
        ),
        ("SELECT 'x1' AS v", "numeric", #"row 1, column "v": 'x1' is not a number"#),
        (
            "SELECT [[1], [2, 3]] AS v", "int[]",
            #"row 1, column "v": inner lists of different lengths, which Postgres's integer[] cannot hold"#
        ),
        (
            "SELECT [[1], NULL] AS v", "int[]",
            #"row 1, column "v": inner lists of different lengths, which Postgres's integer[] cannot hold"#
        ),
        (
            "SELECT TIMESTAMP '10000-01-01 (BC) 00:00:00' AS v", "timestamp",
            #"row 1, column "v": 10000-01-01 BC is out of the range of timestamp without time zone"#
        ),
    ])
    func `a value that has no place in the table is named with its row and column`(
        query: String,
        type: String,
        message: String
    ) async throws {
        let database = try await TestDatabase()
        try await database.execute("CREATE TABLE orders (v \(SQL(verbatim: type)))")
        let failure = await #expect(throws: LoadFailure.self) {
            try await database.load(SQL(verbatim: query), into: orders, .append)
        }
        #expect((failure?.cause as? EncodingError)?.description == message)
    }

    // MARK: Upsert

    @Test func `of rows with one key the last wins, and only rows that differ are written`() async throws {
        let database = try await TestDatabase()
        try await database.execute(
            "CREATE TABLE orders (id int PRIMARY KEY, v text, j json); INSERT INTO orders VALUES (1, 'a', '1'), (2, 'b', '2'), (3, 'c', '3')"
        )
        let outcome = try await database.load(
            """
            SELECT * FROM (VALUES (2, 'x', '2'::JSON), (4, 'first', NULL), (3, 'c', '3'), (2, 'y', '2'), (4, 'last', NULL)) t(id, v, j)
            """,
            into: orders,
            .upsert(key: ["id"])
        )
        #expect(outcome == LoadOutcome(rows: 5, inserted: 1, updated: 1, unchanged: 1, superseded: 2))
        #expect(try await database.rows("SELECT id, v FROM orders ORDER BY id") == ["1|a", "2|y", "3|c", "4|last"])
    }

    @Test func `a table made by an upsert gets its key`() async throws {
        let database = try await TestDatabase()
        for _ in 1...2 {
            try await database.load(
                "SELECT 'ä' AS \"Key\", 1 AS v UNION ALL SELECT 'ä', 2",
                into: orders,
                .upsert(key: ["Key"])
            )
        }
        #expect(try await database.rows("SELECT * FROM orders") == ["ä|2"])
        #expect(
            try await database.rows(
                "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'p' AND conrelid = 'orders'::regclass"
            )
                == [#"PRIMARY KEY ("Key")"#]
        )
    }

    @Test func `an upsert into a partitioned table counts as into any other`() async throws {
        let database = try await TestDatabase()
        try await database.execute(
            "CREATE TABLE orders (id int PRIMARY KEY, v int) PARTITION BY HASH (id); CREATE TABLE p PARTITION OF orders FOR VALUES WITH (MODULUS 1, REMAINDER 0); INSERT INTO orders VALUES (1, 1)"
        )
        let outcome = try await database.load(
            "SELECT i AS id, 5 AS v FROM range(1, 4) t(i)",
            into: orders,
            .upsert(key: ["id"])
        )
        #expect(outcome == LoadOutcome(rows: 3, inserted: 2, updated: 1))
    }

    @Test func `a key without a unique index is refused with the statement that makes one`() async throws {
        let database = try await TestDatabase()
        try await database.execute(
            "CREATE TABLE orders (id int, v int); CREATE UNIQUE INDEX ON orders (id) WHERE v > 0"
        )
        let refusal = await #expect(throws: LoadRefusal.self) {
            try await database.load("SELECT 1 AS id, 2 AS v", into: orders, .upsert(key: ["id"]))
        }
        #expect(
            refusal?.problems == [
                .noUniqueIndex(key: ["id"], remedy: #"CREATE UNIQUE INDEX ON "public"."orders" ("id")"#)
            ]
        )
    }

    @Test func `a row without a key is an error, and the table is unchanged`() async throws {
        let database = try await TestDatabase()
        try await database.execute("CREATE TABLE orders (id int UNIQUE, v int)")
        let failure = await #expect(throws: LoadFailure.self) {
            try await database.load(
                "SELECT 1 AS id, 1 AS v UNION ALL SELECT NULL, 2",
                into: orders,
                .upsert(key: ["id"])
            )
        }
        #expect((failure?.cause as? MissingKeyValues)?.rows == 1)
        #expect(try await database.rows("SELECT * FROM orders") == [])
    }

    // MARK: Privileges

    @Test func `a user with no more than the table's own privileges appends and replaces in place`() async throws {
        let database = try await TestDatabase()
        let user = "user_\(database.name)"
        try await database.server.createUser(user, password: "x")
        try await database.execute(
            "CREATE TABLE orders (id int); GRANT SELECT, INSERT, DELETE ON orders TO \(identifier: user); REVOKE CREATE ON SCHEMA public FROM PUBLIC"
        )
        try await database.load("SELECT 1 AS id", into: orders, .append, as: user)
        let outcome = try await database.load("SELECT 2 AS id", into: orders, .replace, as: user)
        #expect(
            outcome.keptInPlace == [
                "user \(user) does not own it", "user \(user) may not create tables in schema public",
            ]
        )
        #expect(try await database.rows("SELECT * FROM orders") == ["2"])
    }

    @Test func `a user without privileges is told so, and nothing changes`() async throws {
        let database = try await TestDatabase()
        let user = "user_\(database.name)"
        try await database.server.createUser(user, password: "x")
        try await database.execute("CREATE TABLE orders (id int); INSERT INTO orders VALUES (1)")
        let failure = await #expect(throws: LoadFailure.self) {
            try await database.load("SELECT 1 AS id", into: orders, .append, as: user)
        }
        #expect((failure?.cause as? PostgresError)?.sqlState == "42501")
        let refusal = await #expect(throws: LoadRefusal.self) {
            try await database.load("SELECT 2 AS id", into: orders, .replace, as: user)
        }
        #expect(refusal?.problems == [.missingPrivilege("INSERT"), .missingPrivilege("DELETE")])
    }
}
