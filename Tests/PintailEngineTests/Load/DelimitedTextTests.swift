import DuckDB
import PintailEngine
import PintailProject
import TestSupport
import Testing

/// Files that Pintail writes itself, beside those that DuckDB's COPY writes of the same rows.
@Suite struct DelimitedTextTests {
    /// Values of every type, the first and last of each among them.
    static let values: [String] = [
        "CAST(unnest([true, false, NULL]) AS BOOLEAN)",
        "CAST(unnest([-128, 127, 0, -1, 9, 10, 99, 100, NULL]) AS TINYINT)",
        "CAST(unnest([-32768, 32767, 0, 999, 1000, 9999, 10000]) AS SMALLINT)",
        "CAST(unnest([-2147483648, 2147483647, 99999999, 100000000, -100000001]) AS INTEGER)",
        "CAST(unnest(['-9223372036854775808', '9223372036854775807', '9999999999999999', '10000000000000000']) AS BIGINT)",
        "CAST(unnest(['-170141183460469231731687303715884105728', '170141183460469231731687303715884105727', '18446744073709551616', '0', '-7']) AS HUGEINT)",
        "CAST(unnest([0, 255]) AS UTINYINT)", "CAST(unnest([0, 65535]) AS USMALLINT)",
        "CAST(unnest([0, 4294967295]) AS UINTEGER)", "CAST(unnest(['0', '18446744073709551615']) AS UBIGINT)",
        "CAST(unnest(['0', '340282366920938463463374607431768211455', '100000000000000000000000000000000']) AS UHUGEINT)",
        "CAST(unnest(['0', '-0.01', '99.99', '1.5', NULL]) AS DECIMAL(4,2))",
        "CAST(unnest(['0', '-0.0001', '0.9999']) AS DECIMAL(4,4))", "CAST(unnest(['0', '-12345']) AS DECIMAL(9,0))",
        "CAST(unnest(['99999.9999', '-1.00001']) AS DECIMAL(9,4))",
        "CAST(unnest(['999999999999.999999', '-0.000001']) AS DECIMAL(18,6))",
        "CAST(unnest(['0.123456789012345678', '-0.1']) AS DECIMAL(18,18))",
        "CAST(unnest(['12345678901234567890123456789012345.678', '-0.001', '0']) AS DECIMAL(38,3))",
        "CAST(unnest(['0.00000000000000000000000000000000000001', '0', '-0.5']) AS DECIMAL(38,38))",
        "CAST(unnest(['12345678901234567890123456789012345678']) AS DECIMAL(38,0))",
        """
        CAST(unnest(['0', '-0', '1', '-1.5', '0.1', '0.30000000000000004', '1e15', '1e16', '9999999999999998', '1e17',
        '123456789012345678', '0.0001', '0.00012345678901234567', '0.00009999', '1e-5', '1.5e-7', '5e-324', '1.7976931348623157e308',
        '2.2250738585072014e-308', 'nan', 'inf', '-inf', '-nan', '1e100', '1.25e22', '3.0000000000000004', '100', '123456.789',
        '999999999999999', '99999999999999.9', '9007199254740993', '4503599627370497.5', NULL]) AS DOUBLE)
        """,
        """
        CAST(unnest(['0', '-0', '1', '-1.5', '0.1', '16777216', '16777217', '1e7', '123456789', '1e15', '1e16', '1e-4', '1e-5',
        '3.4028235e38', '1e-45', '1.17549435e-38', 'nan', 'inf', '-inf', '3.14159274', '0.3', '999999', '9999999', NULL]) AS FLOAT)
        """,
        #"unnest(['', 'a', ' a ', '#', 'a#b', 'a,b', ';', E'\t', '"', 'say "hi"', '''', E'\n', E'a\rb', E'\r\n', 'NA', 'null', '\', NULL, 'é', '日本語テキスト', '🦆', repeat('x', 7), repeat('x', 8), repeat('x', 12), repeat('x', 13), repeat('x', 16), repeat('x', 17), repeat('x', 32), repeat('x', 33), repeat('x', 15) || ',', repeat('é"', 5000), E'1234567\n', E'12345678,9'])"#,
        "CAST(unnest(['a', 'b,c', '', '\"', NULL, 'NA']) AS ENUM('a', 'b,c', '', '\"', 'NA'))",
        "CAST(unnest(['1970-01-01', '2024-02-29', '0001-01-01', '0044-03-15 (BC)', '9999-12-31', '12345-01-02', '5877642-06-25 (BC)', '5881580-07-10', 'infinity', '-infinity', '1900-03-01', NULL]) AS DATE)",
        "CAST(unnest(['00:00:00', '23:59:59.999999', '24:00:00', '01:02:03.1', '01:02:03.000100']) AS TIME)",
        "CAST(unnest(['00:00:00', '23:59:59.999999999', '01:02:03.120']) AS TIME_NS)",
        "CAST(unnest(['1970-01-01', '1969-12-31 23:59:59.999999', '0044-03-15 (BC) 01:02:03.5', '290309-12-22 (BC) 00:00:00', '294247-01-10 04:00:54.775806', 'infinity', '-infinity', NULL]) AS TIMESTAMP)",
        "CAST(unnest(['1970-01-01', '1969-12-31 23:59:59', '2024-02-29 12:00:01', '12345-01-01', 'infinity']) AS TIMESTAMP_S)",
        "CAST(unnest(['1970-01-01', '1969-12-31 23:59:59.999', '2024-02-29 12:00:01.120', '-infinity']) AS TIMESTAMP_MS)",
        "CAST(unnest(['1970-01-01', '1969-12-31 23:59:59.999999999', '2024-02-29 12:00:01.123456', '1677-09-22', '2262-04-11 23:47:16.854775806', 'infinity', '-infinity']) AS TIMESTAMP_NS)",
        "CAST(unnest(['2024-01-01 01:02:03+02', NULL]) AS TIMESTAMPTZ)", "CAST(unnest(['01:02:03+02']) AS TIMETZ)",
        "CAST(unnest(['1 year 2 days 03:04:05.6', '-1 day']) AS INTERVAL)",
        "CAST(unnest(['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11']) AS UUID)",
        #"unnest(['\x00\xFF,'::BLOB, ''::BLOB])"#, "unnest(['0101'::BIT])",
        #"unnest(['{"a": [1, "b"]}'::JSON, 'null'::JSON])"#,
        "unnest([[1, NULL, 2], [], NULL])", "unnest([['a,b', NULL]]::VARCHAR[2][])", "unnest([{'a': 1, 'b': 'x,y'}])",
        "unnest([MAP {'k': 1.5}])", "CAST(unnest(['12345678901234567890123456789012345678901234567890']) AS BIGNUM)",
        "unnest([union_value(n := 1)])", "NULL",
    ]

    static let dialects: [CSVOutput] = [
        CSVOutput(), CSVOutput(delimiter: ";", quote: "'", null: "NA"),
        CSVOutput(delimiter: "\t", header: false, null: "\\N"),
        CSVOutput(newline: .crlf), CSVOutput(newline: .cr, null: "null"), CSVOutput(delimiter: "-", null: "1"),
        CSVOutput(delimiter: " ", quote: "a"), CSVOutput(delimiter: "|", quote: "#", null: "true"),
        CSVOutput(null: "nan"),
    ]

    @Test(arguments: dialects.indices)
    func `every type is written byte for byte as COPY writes it`(_ index: Int) async throws {
        let fixture = try await LoadFixture()
        for value in Self.values {
            try await expectSame("SELECT \(value) AS \"a,b\", 'x' AS x", Self.dialects[index], in: fixture)
            try await expectSame("SELECT \(value) AS x", Self.dialects[index], in: fixture)
        }
    }

    /// Numbers by chance, in their millions of forms, and rows of several chunks.
    static let crowds = [
        "SELECT (random() * 2 - 1) AS a, random() * 10 ** (range % 40 - 20) AS b, CAST(random() AS FLOAT) AS c FROM range(100_000)",
        "SELECT round(random() * 10 ** (range % 9), CAST(range % 7 AS INTEGER)) AS a, CAST(round(random() * 1000, 3) AS FLOAT) AS b FROM range(100_000)",
        "SELECT CAST((random() - 0.5) * 10 ** (range % 60 - 30) AS FLOAT) AS a, CAST(range AS DOUBLE) * 0.1 AS b, CASE WHEN range % 2000 NOT IN (1081, 1091, 1807) THEN 2.0::DOUBLE ** (range % 2000 - 1000) END AS c, CAST(2.0 ** (range % 250 - 125) AS FLOAT) AS d FROM range(100_000)",
        "SELECT range AS a, CASE range % 3 WHEN 0 THEN NULL ELSE range END AS b, md5(range::VARCHAR) AS c, DATE '1500-01-01' + CAST(range * 7 AS INTEGER) AS d FROM range(100_000)",
        "SELECT CAST(hash(range) AS HUGEINT) * CAST(hash(range + 1) % 9e18::UBIGINT AS HUGEINT) AS a, hash(range) >> (range % 64) AS b FROM range(100_000)",
        "SELECT repeat('x,', range) AS a FROM range(3000) ORDER BY range DESC",
        "SELECT 1 AS x, 2 AS X, 3 AS x, 4 AS x_1 WHERE false", "FROM range(5000) ORDER BY hash(range)",
        "SELECT " + (0..<300).map { "range + \($0) AS c\($0)" }.joined(separator: ", ") + " FROM range(5000)",
    ]

    @Test(arguments: crowds.indices)
    func `many rows are written byte for byte as COPY writes them`(_ index: Int) async throws {
        let fixture = try await LoadFixture("SELECT setseed(0.5)")
        let text = Self.crowds[index]
        // What is drawn by chance is drawn once.
        guard !text.contains("AS x, 2 AS X") else { return try await expectSame(text, CSVOutput(), in: fixture) }
        _ = try await fixture.rows("CREATE TABLE drawn AS \(SQL(verbatim: text))")
        try await expectSame("FROM drawn", CSVOutput(), in: fixture)
    }

    @Test(arguments: [
        CSVOutput(delimiter: ",", null: "a,b"), CSVOutput(delimiter: "\n"), CSVOutput(quote: "N", null: "NA"),
    ])
    func `a dialect that COPY refuses is refused in its words`(_ csv: CSVOutput) async throws {
        let fixture = try await LoadFixture()
        let statement = Self.copy("SELECT 1 AS x", csv, to: fixture.folder.path + "/theirs.csv")
        do {
            _ = try await fixture.rows(statement)
            try await fixture.run(Load("t", from: "SELECT 1 AS x", into: "ours.csv", csv: csv))
            #expect(try fixture.bytes("ours.csv") == fixture.bytes("theirs.csv"))
        } catch let refusal as DuckDBError {
            let failure = try await fixture.failure(of: Load("t", from: "SELECT 1 AS x", into: "ours.csv", csv: csv))
            #expect(failure.message.hasSuffix(refusal.message))
        }
    }

    private func expectSame(_ query: String, _ csv: CSVOutput, in fixture: LoadFixture) async throws {
        try await fixture.run(Load("t", from: .query(query), into: "ours.csv", csv: csv))
        _ = try await fixture.rows(Self.copy(query, csv, to: fixture.folder.path + "/theirs.csv"))
        let (ours, theirs) = (try fixture.bytes("ours.csv"), try fixture.bytes("theirs.csv"))
        guard ours != theirs else { return }
        let place =
            zip(ours, theirs).enumerated().first { $0.element.0 != $0.element.1 }?.offset
            ?? min(ours.count, theirs.count)
        let part = max(0, place - 40)..<place + 40
        Issue.record(
            """
            \(query.prefix(200)), \(csv): byte \(place)
            ours:   \(String(decoding: ours[part.clamped(to: 0..<ours.count)], as: UTF8.self))
            theirs: \(String(decoding: theirs[part.clamped(to: 0..<theirs.count)], as: UTF8.self))
            """
        )
    }

    private static func copy(_ query: String, _ csv: CSVOutput, to path: String) -> SQL {
        let newline = ["lf": "\\n", "crlf": "\\r\\n", "cr": "\\r"][csv.newline.rawValue] ?? ""
        return """
            COPY (\(SQL(verbatim: query))) TO \(literal: path) (FORMAT csv, DELIMITER \(literal: csv.delimiter),
            QUOTE \(literal: csv.quote), ESCAPE \(literal: csv.quote), HEADER \(literal: csv.header),
            NULL \(literal: csv.null), NEW_LINE \(literal: newline))
            """
    }
}
