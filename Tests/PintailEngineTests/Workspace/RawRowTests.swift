import DuckDB
import Testing

@testable import PintailEngine

/// A row as JSON must give back the very row.
@Suite struct RawRowTests {
    /// Values by type, each as SQL.
    static let values: [(type: String, values: [String])] = [
        ("BOOLEAN", ["true", "false"]),
        ("BIGINT", ["9223372036854775807", "-9223372036854775808"]),
        ("UBIGINT", ["18446744073709551615"]),
        ("HUGEINT", ["170141183460469231731687303715884105727"]),
        ("FLOAT", ["0.1", "'nan'", "'-infinity'", "-0.0"]),
        ("DOUBLE", ["0.1", "1e300", "5e-324", "'nan'", "'infinity'", "123456789.123456789"]),
        ("DECIMAL(4,2)", ["12.50"]),
        ("DECIMAL(38,10)", ["1234567890123456789012345678.1234567890"]),
        (
            "VARCHAR",
            ["''", "'null'", "'NULL'", "'\"q\" \\ /'", "'a' || chr(0) || 'é' || chr(10)", "'{\"a\":1}'", "'🦆'"]
        ),
        ("BLOB", ["'\\x00\\xFF'::BLOB", "''::BLOB"]),
        ("BIT", ["'0101'"]),
        ("UUID", ["'00000000-0000-0000-0000-000000000001'"]),
        ("DATE", ["'2024-02-29'", "'infinity'", "'0044-03-15 (BC)'"]),
        ("TIME", ["'23:59:59.999999'"]),
        ("TIMESTAMP", ["'2024-01-01 00:00:00.000001'", "'-infinity'"]),
        ("TIMESTAMP_NS", ["'2024-01-01 00:00:00.123456789'"]),
        ("TIMESTAMPTZ", ["'2024-01-01 00:00:00.5+02'"]),
        ("INTERVAL", ["'1 year 2 days -00:00:01.5'"]),
        ("ENUM('a', 'b''c')", ["'b''c'"]),
        ("JSON", ["'null'", "'{\"a\": 1 ,\"a\":12345678901234567890.5}'", "'\"text\"'"]),
        ("INTEGER[]", ["[1, NULL]", "[]"]),
        ("DOUBLE[]", ["['nan'::DOUBLE, 1.5]"]),
        ("VARCHAR[]", ["['', 'NULL', NULL, 'a, \"b\"]']"]),
        ("BLOB[]", ["['\\x00'::BLOB, NULL]"]),
        ("DATE[]", ["[DATE '2024-02-29', NULL]"]),
        ("DECIMAL(30,10)[]", ["[12345678901234567890.1234567890]"]),
        ("STRUCT(a INTEGER, \"b c\" VARCHAR[])", ["{'a': 1, 'b c': ['x\"', NULL]}", "{'a': NULL, 'b c': NULL}"]),
        ("STRUCT(t TIMESTAMP, u UUID)", ["{'t': '2024-01-01', 'u': '00000000-0000-0000-0000-000000000001'}"]),
        ("MAP(VARCHAR, DECIMAL(2,1))", ["MAP {'a=b, {c}': 1.5, '': NULL}"]),
        ("UNION(n INTEGER, s VARCHAR)", ["union_value(n := 1)", "union_value(s := '1')"]),
    ]

    @Test(arguments: values.map(\.type), ["c", #"a.b/c~d"e'$"#])
    func `every value comes back as it was`(type: String, name: String) throws {
        let values = try #require(Self.values.first { $0.type == type }).values + ["NULL"]
        let connection = try Database().connect()
        try connection.execute("SET TimeZone = 'Europe/Rome'")
        let rows = values.map {
            "SELECT CAST(\(SQL(verbatim: $0)) AS \(SQL(verbatim: type))) AS \(identifier: name)" as SQL
        }
        try connection.execute("CREATE TABLE t AS \(rows, separator: " UNION ALL ")")
        let columns = try connection.describe("FROM t")
        let differing = try connection.texts(
            """
            SELECT raw FROM (SELECT \(identifier: name) AS v, \(RawRow.json(columns, of: "t")) AS raw FROM t)
            WHERE v IS DISTINCT FROM \(RawRow.value(of: columns[0], in: "raw")) OR NOT json_valid(raw)
            """
        )
        #expect(differing == [])
        #expect(try connection.value("SELECT count(*) FROM t").integer == values.count)
    }

    @Test func `an object of plain values reads like one`() throws {
        let connection = try Database().connect()
        try connection.execute(
            "CREATE TABLE t AS SELECT 1 AS id, 'Ann' AS name, 1.50::DECIMAL(4,2) AS price, DATE '2024-01-31' AS day, [1, 2] AS l, NULL AS n"
        )
        let columns = try connection.describe("FROM t")
        let json = try connection.value("SELECT \(RawRow.json(columns, of: "t")) FROM t").text
        #expect(json == #"{"id":1,"name":"Ann","price":1.5,"day":"2024-01-31","l":[1,2],"n":null}"#)
    }

    @Test func `a key that is missing gives NULL`() throws {
        let connection = try Database().connect()
        let column = ResultColumn(name: "late", type: .list(.integer))
        #expect(try connection.value("SELECT \(RawRow.value(of: column, in: "'{\"id\":1}'"))") == .null)
    }
}
