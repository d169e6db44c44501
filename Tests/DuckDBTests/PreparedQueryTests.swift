import Testing

@testable import DuckDB

/// Rows that are handed on as they are made: lent by one thread, streamed by several.
@Suite struct PreparedQueryTests {
    @Test(arguments: [1, 2])
    func `every row comes once and in order, whatever form DuckDB keeps it in`(threads: Int) throws {
        let connection = try Self.connection(threads)
        // Constants, dictionaries and sequences, with and without NULLs.
        try connection.execute(
            "CREATE TABLE words AS SELECT CASE i WHEN 1 THEN NULL ELSE repeat('ü', i * 7) END w FROM range(3) t(i)"
        )
        let query: SQL = """
            SELECT i, 7::SMALLINT AS same, NULL::DATE AS none, (SELECT w FROM words OFFSET 2) AS long, w
            FROM range(10_000) t(i) POSITIONAL JOIN (SELECT w FROM words, range(4_000) ORDER BY w NULLS LAST)
            WHERE i < 10_000 ORDER BY i
            """
        var next: Int64 = 0
        try connection.prepare(query).forEachChunk { chunk in
            let (numbers, same) = (chunk.column(0).values(as: Int64.self), chunk.column(1).values(as: Int16.self))
            let (none, long, words) = (chunk.column(2), chunk.column(3).strings, chunk.column(4))
            for row in 0..<chunk.count {
                #expect(numbers[row] == next && same[row] == 7 && !none.isValid(row))
                #expect(long.string(row) == String(repeating: "ü", count: 14))
                #expect(words.isValid(row) == (next < 8000))
                if next < 8000 { #expect(words.strings.length(row) == (next < 4000 ? 0 : 28)) }
                next += 1
            }
            return true
        }
        #expect(next == 10_000)
    }

    @Test(arguments: [1, 2])
    func `lists and structures come whole`(threads: Int) throws {
        let connection = try Self.connection(threads)
        var sum: Int64 = 0
        try connection.prepare("SELECT [i, 1], {'a': i} FROM range(5000) t(i)").forEachChunk { chunk in
            let elements = chunk.column(0).elements.values(as: Int64.self)
            for entry in 0..<elements.count { sum += elements[entry] }
            let parts = chunk.column(1).field(0).values(as: Int64.self)
            for row in 0..<parts.count { sum += parts[row] }
            return true
        }
        #expect(sum == 2 * (4999 * 5000 / 2) + 5000)
    }

    @Test(arguments: [1, 2])
    func `a query that fails among its rows says why, where it stands in the query`(threads: Int) throws {
        let connection = try Self.connection(threads)
        var count = 0
        let query: SQL = "SELECT CAST(CASE i WHEN 90_000 THEN 'x' ELSE '1' END AS INTEGER) FROM range(100_000) t(i)"
        let error = #expect(throws: DuckDBError.self) {
            try connection.prepare(query).forEachChunk { chunk in
                count += chunk.count
                return true
            }
        }
        #expect(error?.kind == .conversion && error?.sql == query.text && error?.offset == 7)
        #expect(count <= 90_000)
        #expect(throws: DuckDBError.self) { _ = try connection.prepare("SELECT no_such_column") }
        #expect(try connection.value("SELECT 42") == .integer(42))
    }

    @Test(arguments: [1, 2])
    func `a body that has enough, or fails, ends the query`(threads: Int) throws {
        struct Enough: Error {}
        let connection = try Self.connection(threads)
        let endless: SQL = "SELECT i FROM range(1_000_000_000_000) t(i)"
        var chunks = 0
        try connection.prepare(endless).forEachChunk { _ in
            chunks += 1
            return chunks < 5
        }
        #expect(chunks == 5)
        #expect(throws: Enough.self) { try connection.prepare(endless).forEachChunk { _ in throw Enough() } }
        #expect(try connection.value("SELECT 42") == .integer(42))
    }

    @Test(arguments: [1, 2])
    func `a cancelled query is told as interrupted`(threads: Int) throws {
        let connection = try Self.connection(threads)
        let interrupter = connection.interrupter
        let error = #expect(throws: DuckDBError.self) {
            try connection.prepare("SELECT i FROM range(1_000_000_000_000) t(i)").forEachChunk { _ in
                interrupter.interruptUntilReset()
                return true
            }
        }
        interrupter.reset()
        #expect(error?.kind == .interrupted)
    }

    @Test func `a transaction that is rolled back takes nothing from the next one`() throws {
        struct Broken: Error {}
        let connection = try Self.connection(1)
        for _ in 1...2 {
            #expect(throws: Broken.self) {
                try connection.transaction { connection in
                    try connection.prepare("SELECT 1").forEachChunk { _ in true }
                    throw Broken()
                }
            }
        }
    }

    @Test func `a query may be run while the body of another one is, and after its connection is gone`() throws {
        let database = try Database(options: .init(threads: 1))
        var pairs = 0
        let inner = try database.connect()
        try database.connect().prepare("SELECT i FROM range(3000) t(i)").forEachChunk { chunk in
            var rows = 0
            try inner.prepare("SELECT i FROM range(5000) t(i)").forEachChunk { chunk in
                rows += chunk.count
                return true
            }
            pairs += rows * chunk.count
            return true
        }
        #expect(pairs == 15_000_000)
    }

    private static func connection(_ threads: Int) throws -> Connection {
        try Database(options: .init(threads: threads)).connect()
    }
}
