import DuckDB
import Postgres
import TestSupport
import Testing

/// What DuckDB holds, and what Postgres must hold afterwards.
struct ValueCase: Sendable, CustomTestStringConvertible {
    let expression: String
    let expected: String?
    let type: String

    init(_ expression: String, _ expected: String?, as type: String) {
        self.expression = expression
        self.expected = expected
        self.type = type
    }

    var testDescription: String { "\(expression) → \(type)" }
}

@Suite struct RoundTripTests {
    /// One DuckDB for all cases: loading the time zones takes longer than a case.
    // With one thread rows are encoded where they were made; the casts below have several, and their rows are copied.
    private static let duck = Result {
        let database = try Database(options: .init(threads: 1))
        let connection = try database.connect()
        try connection.load(.icu)
        try connection.execute("SET GLOBAL TimeZone = 'UTC'")
        return database
    }

    // One after the other: each case takes a connection, and hundreds at once are more than a server has.
    @Test(.serialized, arguments: defaultCases)
    func `a value arrives as it was, in the type that a new column gets`(_ value: ValueCase) async throws {
        let server = try await PostgresServer.shared()
        let arrived = try await onOwnThread {
            let duck = try Self.duck.get().connect()
            let query: SQL = "SELECT \(SQL(verbatim: value.expression)) AS v UNION ALL SELECT NULL"
            let column = try duck.describe(query)[0]
            let type = PostgresType(for: column.type)
            #expect(type.description == value.type)
            let postgres = try PostgresConnection(
                ConnectionParameters(url: server.connectionString(database: "postgres"))
            )
            return try postgres.copyAndReadBack(query, of: column, as: type, from: duck)
        }
        #expect(arrived == [value.expected, nil])
    }

    @Test(.serialized, arguments: castCases)
    func `a value arrives in a column of another type that can hold it`(_ value: ValueCase) async throws {
        let database = try await Self.casts.value
        let table = TableName("\(value.type) \(value.expression.prefix(30))", schema: "public")
        try await database.execute("CREATE TABLE \(table: table) (v \(SQL(verbatim: value.type)))")
        try await database.load("SELECT \(SQL(verbatim: value.expression)) AS v", into: table, .append)
        #expect(try await database.rows("SELECT v::text FROM \(table: table)") == [value.expected])
    }

    /// One database for all cases: each has a table of its own.
    private static let casts = Task {
        let database = try await TestDatabase()
        try await database.execute("CREATE TYPE mood AS ENUM ('ok', 'it''s \"so\"')")
        return database
    }

    @Test(arguments: [
        (LogicalType.blob, PostgresType.text), (.integer, .date), (.varchar, .bytea), (.date, .integer),
        (.structure([.init("a", .integer)]), .integer), (.integer, .array(.integer, elementOID: 23)),
        (.varchar, .other("inet")), (.list(.blob), .array(.text, elementOID: 25)),
    ])
    func `types that do not meet have no conversion`(source: LogicalType, target: PostgresType) {
        #expect(Conversion(from: source, to: target) == nil)
    }
}

extension PostgresConnection {
    /// Copies a query of one column into a temporary table and reads it back as text.
    borrowing func copyAndReadBack(
        _ query: SQL,
        of column: ResultColumn,
        as type: PostgresType,
        from duck: borrowing DuckDB.Connection
    ) throws -> [String?] {
        try execute("SET TimeZone = 'UTC'; CREATE TEMP TABLE t (v \(type.sql), n serial)")
        let conversion = try #require(Conversion(from: column.type, to: type))
        let projection: SQL = "SELECT \(conversion.expression(for: column.name)) FROM (\(query))"
        let target = CopyTarget(TableName("t"), columns: [.init("v", type)])
        _ = try CopyPump(duck.describe(projection), into: target).copy(duck.prepare(projection), over: self)
        return try self.query("SELECT v::text FROM t ORDER BY n").map(\.values[0])
    }
}

private let defaultCases: [ValueCase] = [
    .init("true", "true", as: "boolean"),
    .init("false", "false", as: "boolean"),
    .init("(-128)::TINYINT", "-128", as: "smallint"),
    .init("255::UTINYINT", "255", as: "smallint"),
    .init("(-32768)::SMALLINT", "-32768", as: "smallint"),
    .init("65535::USMALLINT", "65535", as: "integer"),
    .init("(-2147483648)::INTEGER", "-2147483648", as: "integer"),
    .init("4294967295::UINTEGER", "4294967295", as: "bigint"),
    .init("(-9223372036854775808)::BIGINT", "-9223372036854775808", as: "bigint"),
    .init("18446744073709551615::UBIGINT", "18446744073709551615", as: "numeric(20,0)"),
    .init("0::UBIGINT", "0", as: "numeric(20,0)"),
    .init("10000::HUGEINT", "10000", as: "numeric"),
    .init(
        "(-170141183460469231731687303715884105728)::HUGEINT",
        "-170141183460469231731687303715884105728",
        as: "numeric"
    ),
    .init("100000000000000000000::HUGEINT", "100000000000000000000", as: "numeric"),
    .init(
        "340282366920938463463374607431768211455::UHUGEINT",
        "340282366920938463463374607431768211455",
        as: "numeric"
    ),
    .init("1.5::FLOAT", "1.5", as: "real"),
    .init("'NaN'::FLOAT", "NaN", as: "real"),
    .init("'-Infinity'::FLOAT", "-Infinity", as: "real"),
    .init("'-0.0'::DOUBLE", "-0", as: "double precision"),
    .init("'NaN'::DOUBLE", "NaN", as: "double precision"),
    .init("'inf'::DOUBLE", "Infinity", as: "double precision"),
    .init("5e-324::DOUBLE", "5e-324", as: "double precision"),
    .init("1.7976931348623157e308::DOUBLE", "1.7976931348623157e+308", as: "double precision"),
    .init("12.34::DECIMAL(4,2)", "12.34", as: "numeric(4,2)"),
    .init("(-0.05)::DECIMAL(9,2)", "-0.05", as: "numeric(9,2)"),
    .init("0::DECIMAL(9,3)", "0.000", as: "numeric(9,3)"),
    .init("0.0001::DECIMAL(9,4)", "0.0001", as: "numeric(9,4)"),
    .init("100.00001::DECIMAL(18,5)", "100.00001", as: "numeric(18,5)"),
    .init("0.123456789012345678::DECIMAL(18,18)", "0.123456789012345678", as: "numeric(18,18)"),
    .init("(-999999999999999999)::DECIMAL(18,0)", "-999999999999999999", as: "numeric(18,0)"),
    .init(
        "99999999999999999999999999999999999999::DECIMAL(38,0)",
        "99999999999999999999999999999999999999",
        as: "numeric(38,0)"
    ),
    .init(
        "(-12345678901234567890123456789012345.678)::DECIMAL(38,3)",
        "-12345678901234567890123456789012345.678",
        as: "numeric(38,3)"
    ),
    .init(
        "0.00000000000000000000000000000000000001::DECIMAL(38,38)",
        "0.00000000000000000000000000000000000001",
        as: "numeric(38,38)"
    ),
    .init("10000000000000000.0000::DECIMAL(38,4)", "10000000000000000.0000", as: "numeric(38,4)"),
    .init("''", "", as: "text"),
    .init("'twelve bytes'", "twelve bytes", as: "text"),
    .init("'thirteen byte'", "thirteen byte", as: "text"),
    .init("repeat('ä🦆', 3)", "ä🦆ä🦆ä🦆", as: "text"),
    .init("'b'::ENUM('a', 'b', 'ü')", "b", as: "text"),
    .init(#"'{"b": 1, "a": [null]}'::JSON"#, #"{"a": [null], "b": 1}"#, as: "jsonb"),
    .init(#"'\x00\xFF'::BLOB"#, #"\x00ff"#, as: "bytea"),
    .init("''::BLOB", #"\x"#, as: "bytea"),
    .init("'1'::BIT", "1", as: "bit varying"),
    .init("'0101011101010111'::BIT", "0101011101010111", as: "bit varying"),
    .init("'10000000001'::BIT", "10000000001", as: "bit varying"),
    .init(
        "'eeccb8c5-9943-b2bb-bb5e-222f4e14b687'::UUID",
        "eeccb8c5-9943-b2bb-bb5e-222f4e14b687",
        as: "uuid"
    ),
    .init("'00000000-0000-0000-0000-000000000000'::UUID", "00000000-0000-0000-0000-000000000000", as: "uuid"),
    .init(
        "'123456789012345678901234567890123456789012345'::BIGNUM",
        "123456789012345678901234567890123456789012345",
        as: "numeric"
    ),
    .init("DATE '2024-02-29'", "2024-02-29", as: "date"),
    .init("DATE '1969-12-31'", "1969-12-31", as: "date"),
    .init("DATE 'infinity'", "infinity", as: "date"),
    .init("DATE '-infinity'", "-infinity", as: "date"),
    .init("DATE '4714-11-24 (BC)'", "4714-11-24 BC", as: "date"),
    .init("DATE '5874897-12-31'", "5874897-12-31", as: "date"),
    .init("TIME '23:59:59.999999'", "23:59:59.999999", as: "time without time zone"),
    .init("TIME '24:00:00'", "24:00:00", as: "time without time zone"),
    .init("'12:34:56.123456789'::TIME_NS", "12:34:56.123456", as: "time without time zone"),
    .init("'12:34:56.5+05:30'::TIMETZ", "12:34:56.5+05:30", as: "time with time zone"),
    .init("'00:00:00-15:59:59'::TIMETZ", "00:00:00-15:59:59", as: "time with time zone"),
    .init("TIMESTAMP '2024-02-29 12:34:56.789012'", "2024-02-29 12:34:56.789012", as: "timestamp without time zone"),
    .init("TIMESTAMP '1969-12-31 23:59:59.999999'", "1969-12-31 23:59:59.999999", as: "timestamp without time zone"),
    .init("TIMESTAMP 'infinity'", "infinity", as: "timestamp without time zone"),
    .init("TIMESTAMP '-infinity'", "-infinity", as: "timestamp without time zone"),
    .init("TIMESTAMP '4714-11-24 (BC) 00:00:00'", "4714-11-24 00:00:00 BC", as: "timestamp without time zone"),
    .init("TIMESTAMP '294246-12-31 23:59:59'", "294246-12-31 23:59:59", as: "timestamp without time zone"),
    .init("'2024-02-29 12:34:56'::TIMESTAMP_S", "2024-02-29 12:34:56", as: "timestamp without time zone"),
    .init("'2024-02-29 12:34:56.789'::TIMESTAMP_MS", "2024-02-29 12:34:56.789", as: "timestamp without time zone"),
    .init(
        "'2024-02-29 12:34:56.123456789'::TIMESTAMP_NS",
        "2024-02-29 12:34:56.123456",
        as: "timestamp without time zone"
    ),
    // DuckDB's own cast to TIMESTAMP says the same.
    .init(
        "'1969-12-31 23:59:59.999999999'::TIMESTAMP_NS",
        "1970-01-01 00:00:00",
        as: "timestamp without time zone"
    ),
    .init("'infinity'::TIMESTAMP_NS", "infinity", as: "timestamp without time zone"),
    .init("'-infinity'::TIMESTAMP_MS", "-infinity", as: "timestamp without time zone"),
    .init("'infinity'::TIMESTAMP_S", "infinity", as: "timestamp without time zone"),
    .init(
        "TIMESTAMPTZ '2024-02-29 12:34:56.789012+02'",
        "2024-02-29 10:34:56.789012+00",
        as: "timestamp with time zone"
    ),
    .init("TIMESTAMPTZ 'infinity'", "infinity", as: "timestamp with time zone"),
    .init("INTERVAL '14 months -3 days 04:05:06.7'", "1 year 2 mons -3 days +04:05:06.7", as: "interval"),
    .init("NULL", nil, as: "integer"),
    .init("[1, NULL, 3]", "{1,NULL,3}", as: "integer[]"),
    .init("[]::INTEGER[]", "{}", as: "integer[]"),
    .init("['a', 'b,\"c', NULL]", #"{a,"b,\"c",NULL}"#, as: "text[]"),
    .init("[[1, 2], [3, 4]]", "{{1,2},{3,4}}", as: "integer[]"),
    .init("[[], []]::INTEGER[][]", "{}", as: "integer[]"),
    .init("[1.5, 2]::DECIMAL(5,1)[2]", "{1.5,2.0}", as: "numeric(5,1)[]"),
    .init("[DATE '2024-01-01', 'infinity']", "{2024-01-01,infinity}", as: "date[]"),
    .init("[[[1], [2]], [[3], [4]]]::SMALLINT[1][][2]", "{{{1},{2}},{{3},{4}}}", as: "smallint[]"),
    .init("{'a': 1, 'b': ['x']}", #"{"a": 1, "b": ["x"]}"#, as: "jsonb"),
    .init("MAP {'k': 1.5}", #"{"k": 1.5}"#, as: "jsonb"),
    .init("[{'a': 1}]", #"[{"a": 1}]"#, as: "jsonb"),
    .init("union_value(n := 1)", #"{"n": 1}"#, as: "jsonb"),
]

private let castCases: [ValueCase] = [
    .init("0.1::DOUBLE", "0.1", as: "numeric"),
    .init("(-1.5e-7)::DOUBLE", "-0.00000015", as: "numeric"),
    .init("1e30::DOUBLE", "1000000000000000000000000000000", as: "numeric"),
    .init("'NaN'::DOUBLE", "NaN", as: "numeric"),
    .init("'-inf'::FLOAT", "-Infinity", as: "numeric"),
    .init("' 0012.3400 '", "12.3400", as: "numeric"),
    .init("'.5'", "0.5", as: "numeric"),
    .init("'-0'", "0", as: "numeric"),
    .init("1.005::DECIMAL(10,3)", "1.01", as: "numeric(10,2)"),
    .init("32767::HUGEINT", "32767", as: "smallint"),
    .init("7::UBIGINT", "7", as: "bigint"),
    .init("1", "1", as: "double precision"),
    .init("1.25::DOUBLE", "1.25", as: "real"),
    .init("'yes'", "true", as: "boolean"),
    .init("true", "1", as: "integer"),
    .init("42", "42", as: "varchar(5)"),
    .init("'ab'", "ab", as: "char(5)"),
    .init("DATE '2024-01-02'", "2024-01-02", as: "text"),
    .init("DATE '2024-01-02'", "2024-01-02 00:00:00", as: "timestamp"),
    .init("TIMESTAMP '2024-01-02 03:04:05'", "2024-01-02", as: "date"),
    .init("'2024-01-02 03:04:05'", "2024-01-02 03:04:05", as: "timestamp"),
    .init("'it''s \"so\"'", "it's \"so\"", as: "mood"),
    .init("['ok', NULL]::ENUM('ok')[]", "{ok,NULL}", as: "mood[]"),
    .init("[0.5::DOUBLE]", "{0.5}", as: "numeric[]"),
    .init("[[1], [2]]", "{{1},{2}}", as: "text[]"),
    .init("[1, 2]", "[1,2]", as: "json"),
    .init("{'a': 'ä'}", #"{"a": "ä"}"#, as: "jsonb"),
    .init("5", "5", as: "jsonb"),
    .init("'eeccb8c5-9943-b2bb-bb5e-222f4e14b687'", "eeccb8c5-9943-b2bb-bb5e-222f4e14b687", as: "uuid"),
    .init("'101'", "101", as: "bit(3)"),
    .init("'<a/>'", "<a/>", as: "xml"),
]
