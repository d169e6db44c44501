import DuckDB
import PintailEngine
import Testing

@Suite struct TableReferenceTests {
    @Test(arguments: [
        ("SELECT * FROM a JOIN b USING (id)", ["a", "b"]),
        ("FROM a", ["a"]),
        ("WITH c AS (SELECT * FROM a) SELECT * FROM c JOIN b ON true", ["a", "b"]),
        ("WITH orders AS (SELECT * FROM orders) SELECT * FROM orders", ["orders"]),
        ("WITH x AS (SELECT * FROM a), y AS (SELECT * FROM x) SELECT * FROM y", ["a"]),
        ("WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT * FROM r", []),
        (
            "SELECT (SELECT max(x) FROM a) FROM b WHERE y IN (SELECT z FROM warehouse.public.c)",
            ["a", "b", "warehouse.public.c"]
        ),
        ("SELECT * FROM \"with space\" WHERE 'FROM nowhere' <> ''", ["with space"]),
        ("SELECT * FROM read_csv('x.csv')", []),
        ("SELECT 1 -- FROM a", []),
    ])
    func `a query's tables are those it reads, not those it defines`(query: String, tables: [String]) throws {
        let connection = try Database().connect()
        let found = try TableReference.all(in: query, connection)
        #expect(Set(found.map(\.name.description)) == Set(tables))
    }

    @Test func `a table is found where the query names it`() throws {
        let connection = try Database().connect()
        #expect(try TableReference.all(in: "SELECT 'ä' FROM orders", connection).first?.offset == 17)
    }

    @Test(arguments: [
        ("SELECT FROM WHERE", "syntax error at or near \"WHERE\"", 12),
        ("DELETE FROM a", "a query is wanted here: SELECT, FROM, WITH or VALUES", 0),
    ])
    func `what is no query is an error with its place`(text: String, message: String, offset: Int) throws {
        let connection = try Database().connect()
        let error = #expect(throws: DuckDBError.self) { try TableReference.all(in: text, connection) }
        #expect(error?.message == message)
        #expect(error?.offset == offset)
    }
}
