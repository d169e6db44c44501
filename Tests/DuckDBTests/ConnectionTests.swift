import Testing

@testable import DuckDB

@Suite struct ConnectionTests: ~Copyable {
    let connection: Connection

    init() throws { connection = try Database().connect() }

    @Test func `a query's rows come back by value`() throws {
        let rows = try connection.rows("SELECT 1, 'ä' || repeat('x', 20), NULL, 2.5::DOUBLE, true")
        #expect(rows == [[.integer(1), .text("äxxxxxxxxxxxxxxxxxxxx"), .null, .number(2.5), .boolean(true)]])
    }

    @Test func `a failing statement says what, where and what else could be meant`() throws {
        try connection.execute("CREATE TABLE orders (customer INTEGER)")
        let error = #expect(throws: DuckDBError.self) { try connection.rows("SELECT custmer FROM orders") }
        #expect(error?.kind == .binder)
        #expect(error?.offset == 7)
        #expect(error?.candidates.first == "customer")
    }

    @Test func `a statement tells how many rows it wrote`() throws {
        #expect(try connection.execute("CREATE TABLE t AS FROM range(5) r(x)") == 5)
        #expect(try connection.execute("INSERT INTO t VALUES (7), (8)") == 2)
        #expect(try connection.execute("UPDATE t SET x = 0 WHERE x < 3") == 3)
        #expect(try connection.execute("DROP TABLE t") == 0)
    }

    @Test func `a transaction that throws leaves nothing behind`() throws {
        try connection.execute("CREATE TABLE t (x INTEGER)")
        #expect(throws: DuckDBError.self) {
            try connection.transaction { connection in
                try connection.execute("INSERT INTO t VALUES (1)")
                try connection.execute("INSERT INTO nowhere VALUES (1)")
            }
        }
        #expect(try connection.value("SELECT count(*) FROM t") == .integer(0))
    }

    @Test(arguments: [
        ("SELECT 1::DECIMAL(18,2)", LogicalType.decimal(width: 18, scale: 2)),
        ("SELECT 'a'::ENUM('a', 'b')", .enumeration(["a", "b"])),
        ("SELECT [1, 2]", .list(.integer)),
        ("SELECT [1, 2]::INTEGER[2]", .array(.integer, count: 2)),
        ("SELECT {'a': 1, 'b': 'x'}", .structure([.init("a", .integer), .init("b", .varchar)])),
        ("SELECT MAP {'k': 1}", .map(key: .varchar, value: .integer)),
        ("SELECT '{}'::JSON", .json),
        ("SELECT now()", .timestampWithZone),
    ])
    func `a column's type is read in all its parts and printed as SQL`(query: String, type: LogicalType) throws {
        let columns = try connection.describe(SQL(verbatim: query))
        #expect(columns.map(\.type) == [type])
        let again = try connection.describe("SELECT CAST(NULL AS \(SQL(verbatim: type.description)))")
        #expect(again.map(\.type) == [type])
    }

    @Test func `a stream's chunks hold every row in order`() throws {
        var result = try connection.stream("SELECT i FROM range(10000) t(i)")
        var next: Int64 = 0
        while let chunk = try result.nextChunk() {
            let values = chunk.column(0).values(as: Int64.self)
            for row in values.indices {
                #expect(values[row] == next)
                next += 1
            }
        }
        #expect(next == 10000)
    }

    @Test func `an error in the middle of a stream is not the end of its rows`() throws {
        var result = try connection.stream(
            "SELECT CASE WHEN i = 90000 THEN error('boom') ELSE i::VARCHAR END FROM range(100000) t(i)"
        )
        #expect(throws: DuckDBError.self) {
            while try result.nextChunk() != nil {}
        }
    }
}

@Suite struct SessionTests {
    @Test func `cancelling the task stops the statement, and the session serves on`() async throws {
        let session = try Session(Database())
        let work = Task {
            try await session.run { try $0.value("SELECT count(*) FROM range(1000000000000) t(i) WHERE i % 7 = 3") }
        }
        try await Task.sleep(for: .milliseconds(50))
        work.cancel()
        await #expect(throws: CancellationError.self) { try await work.value }
        #expect(try await session.run { try $0.value("SELECT 42") } == .integer(42))
    }
}

@Suite struct SQLTests {
    @Test func `names and values are quoted by their kind`() {
        let sql: SQL = "SELECT \(identifier: "a\"b") = \(literal: "it's") FROM \(table: TableName("t", schema: "s"))"
        #expect(sql.text == #"SELECT "a""b" = 'it''s' FROM "s"."t""#)
    }

    @Test func `a streamed query that one thread broke for the others is told in its own words`() throws {
        let connection = try Database().connect()
        let failing: SQL = "SELECT CASE range WHEN 250_000 THEN error('no') ELSE 'yes' END AS id FROM range(300_000)"
        let interrupted = DuckDBError(.interrupted, "Interrupted!")
        #expect(connection.interrupter.cause(of: interrupted, in: failing)?.message == "no")
        #expect(connection.interrupter.cause(of: interrupted, in: "SELECT 42") == nil)
        connection.interrupter.interruptUntilReset()
        #expect(connection.interrupter.cause(of: interrupted, in: failing) == nil)
    }

    @Test func `what DuckDB would have its own user set is left out where memory runs out`() throws {
        let connection = try Database(options: Database.Options(memoryLimit: 2_000_000)).connect()
        try connection.execute("SET temp_directory = ''")
        let error = #expect(throws: DuckDBError.self) {
            try connection.execute("CREATE TABLE t AS SELECT range, hash(range) AS h FROM range(10_000_000)")
        }
        #expect(error?.kind == .outOfMemory)
        #expect(error?.message.contains("allocate") == true)
        #expect(error?.message.contains("olution") == false)
    }

    @Test(arguments: [
        "00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-00000000000a",
        "7fffffff-ffff-ffff-ffff-ffffffffffff", "80000000-0000-0000-0000-000000000000",
        "01938f5a-9c3e-7def-8123-456789abcdef", "ffffffff-ffff-ffff-ffff-ffffffffffff",
    ])
    func `a UUID is read as its text`(text: String) throws {
        let connection = try Database(options: Database.Options()).connect()
        #expect(try connection.value("SELECT CAST(\(literal: text) AS UUID)") == .text(text))
    }

    @Test func `an error that comes wrapped is taken out`() {
        let error = DuckDBError(
            reported: """
                Attempting to execute an unsuccessful or closed pending query result
                Error: {"exception_type":"Invalid Input","exception_message":"no"}
                """,
            sql: nil
        )
        #expect(error.kind == .invalidInput)
        #expect(error.message == "no")
    }
}
