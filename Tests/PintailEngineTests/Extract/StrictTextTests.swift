import DuckDB
import Testing

@testable import PintailEngine

@Suite struct StrictTextTests: ~Copyable {
    let connection: Connection

    init() throws {
        let opened = try Database().connect()
        try StrictText.register(opened)
        connection = opened
    }

    @Test(arguments: [
        ("pintail_double", "hash(i) / 1e3"), ("pintail_double", "(hash(i) % 1000000)::DOUBLE / 1e12"),
        ("pintail_double", "-sqrt(i)"), ("pintail_double", "pow(10, i % 600 - 300) * (i % 97 + 1)"),
        ("pintail_integer", "hash(i)::HUGEINT % 9223372036854775807 - 4611686018427387904"),
        ("pintail_date", "DATE '0001-01-01' + (i * 73)::INTEGER"),
        ("pintail_timestamp", "make_timestamp((hash(i) % 200000000000000000)::BIGINT)"),
        ("pintail_time", "(make_timestamp((hash(i) % 86400000000)::BIGINT))::TIME"),
    ])
    func `what DuckDB writes is read back as it was`(function: String, value: String) throws {
        let name = SQL(verbatim: function)
        let wrong = try connection.rows(
            """
            SELECT v::VARCHAR FROM (SELECT \(SQL(verbatim: value)) AS v FROM range(50000) t(i))
            WHERE \(name)(v::VARCHAR) IS DISTINCT FROM v LIMIT 3
            """
        )
        #expect(wrong == [])
    }

    @Test(arguments: [
        (
            "pintail_try_integer",
            ["007", "+5", "-0", "1_000", "0x10", "1e3", " 5", "5 ", "", "-", "9223372036854775808"]
        ),
        (
            "pintail_try_double",
            ["007.5", "1,5", "1.2.3", ".", "e5", "1e", "12345678901234567890", "0.123456789012345678"]
        ),
        ("pintail_try_date", ["2023-02-29", "2024-1-01", "2024-01-01 00:00:00", "0000-01-01", "20240101"]),
        ("pintail_try_timestamp", ["2024-01-01 10:00:00+02", "2024-01-01 10:00:00.1234567", "2024-01-01 24:00:00"]),
        ("pintail_try_boolean", ["1", "yes", "t", "truee"]),
        ("pintail_try_time", ["12:30", "25:00:00", "1:00:00"]),
    ])
    func `what would lose something is refused`(function: String, texts: [String]) throws {
        for text in texts {
            #expect(
                try connection.value("SELECT \(SQL(verbatim: function))(\(literal: text))::VARCHAR") == .null,
                "\(text)"
            )
        }
    }

    @Test(arguments: [
        ("31.12.2024", ["2024-12-31"]), ("12/31/2024", ["2024-12-31"]), ("01/02/2024", ["2024-02-01", "2024-01-02"]),
        ("2024/01/31", ["2024-01-31"]), ("31-Jan-2024", ["2024-01-31"]), ("January 31, 2024", ["2024-01-31"]),
        ("1/31/2024 1:05 PM", ["2024-01-31"]), ("32.01.2024", []), ("1.2.24", []), ("12-31-2024x", []),
    ])
    func `a day is read in every form it could have`(text: String, days: [String]) throws {
        let found = DateForm.all.compactMap { $0.read(Array(text.utf8).span)?.days }
        let wanted = try days.map {
            try connection.value("SELECT DATE \(literal: $0) - DATE '1970-01-01'").integer ?? 0
        }
        #expect(Set(found.map { Int($0) }) == Set(wanted))
    }
}
