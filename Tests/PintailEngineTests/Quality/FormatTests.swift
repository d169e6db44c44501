import DuckDB
import PintailProject
import Testing

@testable import PintailEngine

/// What is an address, a date, a UUID, and what is not.
@Suite struct FormatTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let format: TextFormat
        let good: [String]
        let bad: [String]
        var testDescription: String { format.name }
    }

    static let label63 = String(repeating: "a", count: 63)

    static let cases = [
        Case(
            format: .email,
            good: [
                "ann@example.com", "a.b+c_d-e@sub.example.co.uk", "o'neill@example.org", "user@xn--bcher-kva.example",
                "Jörg@bücher.example", "用户@例子.公司", "अजय@डाटा.भारत", "1@2.example", "a@b.c1",
                String(repeating: "a", count: 64) + "@example.com", "!#$%&'*+-/=?^_`{|}~@example.com",
            ],
            bad: [
                "", " ", "ann", "@example.com", "ann@", "ann@example", "ann@@example.com", "ann@exa mple.com",
                " ann@example.com", "ann@example.com ", "ann@example.com\n", "ann@.example.com", "ann@example..com",
                "ann@example.com.", ".ann@example.com", "ann.@example.com", "a..b@example.com", "ann@-example.com",
                "ann@example-.com", "ann@1.2.3.4", "ann@[1.2.3.4]", "\"ann\"@example.com", "ann@exam_ple.com",
                "Ann <ann@example.com>", "ann@example.com, bob@example.com", "🦆@example.com", "ann@🦆.example",
                "ann\u{0}@example.com", "a\u{200B}nn@example.com",
                String(repeating: "a", count: 65) + "@example.com", "ann@\(label63)a.com",
                "a@" + String(repeating: "a.", count: 130) + "com", String(repeating: "x", count: 1_000_000),
            ]
        ),
        Case(
            format: .url,
            good: [
                "http://example.com", "HTTPS://Example.COM/", "https://example.com:8080/a/b?c=d&e[]=f#g",
                "ftp://host/file",
                "http://localhost:3000", "http://127.0.0.1/", "http://[::1]:80/x", "https://user:pw@example.com/",
                "https://bücher.example/ä/日本?q=é", "http://a_b.example.com", "https://example.com/%20%C3%A9",
                "https://example.com?q", "https://example.com/a@b",
            ],
            bad: [
                "", "example.com", "www.example.com/a", "//example.com", "http:/example.com", "http://", "http:///a",
                "https://exa mple.com", "https://example.com/a b", " https://example.com", "https://example.com\n",
                "mailto:a@example.com", "javascript:alert(1)", "http://example.com:99999", "http://example.com:",
                "http://example.com:x", "http://-a.com", "http://a..b", "http://1.2.3", "http://1.2.3.256",
                "http://[::1",
                "http://[1.2.3.4]/", "http://?q", "https://example.com/%zz", "https://example.com/%4", "http://<a>",
                "http://a.com/\\b", "https://example.com/a\u{00A0}b", "https://example.com/\u{2028}",
            ]
        ),
        Case(
            format: .uuid,
            good: ["00000000-0000-0000-0000-000000000000", "F81D4FAE-7dec-11d0-a765-00a0c91e6bf6"],
            bad: [
                "", "f81d4fae7dec11d0a76500a0c91e6bf6", "{f81d4fae-7dec-11d0-a765-00a0c91e6bf6}",
                "f81d4fae-7dec-11d0-a765-00a0c91e6bf", "f81d4fae-7dec-11d0-a765-00a0c91e6bfg",
                "f81d4fae-7dec-11d0-a765_00a0c91e6bf6", " f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
            ]
        ),
        Case(
            format: .ipv4,
            good: ["0.0.0.0", "255.255.255.255", "192.168.1.10"],
            bad: [
                "", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4 ", "1.2.3.", ".1.2.3", "1..2.3", "a.b.c.d",
                "::1",
            ]
        ),
        Case(
            format: .ipv6,
            good: [
                "::", "::1", "1::", "2001:db8::1", "2001:DB8:0:0:8:800:200C:417A", "::ffff:192.0.2.1", "fe80::1:2:3:4",
                "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:7::",
            ],
            bad: [
                "", ":", ":::", "1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "g::", "1:", ":1",
                "fe80::1%eth0",
                "1:2:3:4:5:6:7:8::", "1.2.3.4", "::1.2.3", "::1.2.3.4:5", "[::1]", " ::1",
            ]
        ),
        Case(format: .ip, good: ["1.2.3.4", "::1"], bad: ["", "1.2.3", "localhost"]),
        Case(
            format: .hostname,
            good: [
                "localhost", "a", "www.Example.com", "xn--bcher-kva.example", "bücher.example", "1.2.3.4",
                label63 + ".com",
            ],
            bad: ["", ".", "a.", ".a", "a..b", "-a", "a-", "a-.b", "a_b", "a b", "a/b", "a:80", label63 + "a"]
        ),
        Case(
            format: .json,
            good: ["{}", "[1, null]", "null", "\"a\"", "1.5"],
            bad: ["", "{", "a", "{'a': 1}", "[1]]"]
        ),
        Case(
            format: .date(),
            good: ["2024-02-29", "0001-01-01"],
            bad: [
                "", "2023-02-29", "2024-13-01", "2024-1-5", "31/01/2024", "2024-01-31 00:00", "20240131", " 2024-01-31",
            ]
        ),
        Case(
            format: .date(pattern: "%d/%m/%Y"),
            good: ["31/01/2024", "1/2/2024"],
            bad: ["", "01/31/2024", "2024-01-31", "31/01/24x", "29/02/2023"]
        ),
        Case(
            format: .time,
            good: ["00:00:00", "23:59:59.999999"],
            bad: ["", "24:00:00", "12:60:00", "1:02:03", "12:30", "12:30:00Z"]
        ),
        Case(
            format: .datetime(),
            good: [
                "2024-01-31 12:30", "2024-01-31T12:30:15", "2024-01-31T12:30:15.123456Z", "2024-01-31 12:30:15+02:00",
                "2024-01-31T12:30:15-0330",
            ],
            bad: [
                "", "2024-01-31", "12:30:15", "2024-01-31T25:00", "2023-02-29T00:00:00", "2024-01-31T12:30:15 Z",
                "1706704215",
            ]
        ),
        Case(
            format: .datetime(pattern: "%d.%m.%Y %H:%M"),
            good: ["31.01.2024 12:30"],
            bad: ["", "31.01.2024", "2024-01-31 12:30", "31.01.2024 25:00"]
        ),
    ]

    @Test(arguments: cases) func `a text has its form or has not`(test: Case) throws {
        let fixture = try CheckFixture("CREATE TABLE t__pintail_new (v VARCHAR)")
        let all = test.good + test.bad
        for value in all {
            try fixture.connection.execute("INSERT INTO t__pintail_new VALUES (\(SQL(verbatim: Self.literal(value))))")
        }
        try fixture.connection.execute("INSERT INTO t__pintail_new VALUES (NULL)")
        let check = Check("t", columns: [ColumnChecks("v", [.format(test.format)])], onFail: .quarantine)
        _ = try fixture.judge(check)
        #expect(try fixture.connection.texts("SELECT v FROM t__pintail_new WHERE v IS NOT NULL") == test.good)
        #expect(
            try fixture.connection.texts("SELECT value FROM quarantine.t__pintail_new ORDER BY rowid")
                == test.bad
        )
    }

    /// A literal that holds a NUL character too, which would end the statement.
    private static func literal(_ text: String) -> String {
        text.split(separator: "\u{0}", omittingEmptySubsequences: false).map { ("\(literal: String($0))" as SQL).text }
            .joined(separator: " || chr(0) || ")
    }

    @Test(
        arguments: [
            ("UUID", "(uuid())", TextFormat.uuid, "v: format holds for all 1 row"),
            ("DATE", "('2024-01-31')", .date(), "v: format holds for all 1 row"),
            ("DATE", "('2024-01-31')", .date(pattern: "%d/%m/%Y"), "v: format holds for all 1 row"),
            ("TIMESTAMPTZ", "('2024-01-31')", .datetime(), "v: format holds for all 1 row"),
            ("TIME", "('12:30:00')", .time, "v: format holds for all 1 row"),
            ("JSON", "('[1]')", .json, "v: format holds for all 1 row"),
            ("DATE", "('2024-01-31')", .datetime(), "v: 1 of 1 row is DATE, not datetime"),
            (
                "INTEGER", "(20240131), (20241301)", .date(pattern: "%Y%m%d"),
                "v: 1 of 2 rows is no date (%Y%m%d), such as '20241301' in row 2"
            ),
            ("BIGINT", "(1), (2)", .email, "v: 2 of 2 rows are BIGINT, not email"),
            (
                "ENUM('a@b.example', 'x')", "('a@b.example'), ('x')", .email,
                "v: 1 of 2 rows is no e-mail address, such as 'x' in row 2"
            ),
            (
                "VARCHAR", "('31/01/2024'), ('x')", .date(pattern: "%d/%m/%Y"),
                "v: 1 of 2 rows is no date (%d/%m/%Y), such as 'x' in row 2"
            ),
        ]
    )
    func `a column of the format's own type holds, one of another type does not`(
        type: String,
        values: String,
        format: TextFormat,
        message: String
    ) throws {
        let found = try messages(of: [.format(format)], about: SQL(verbatim: type), values: SQL(verbatim: values))
        #expect(found == [message])
    }

    @Test func `a pattern that strptime does not know is told before a row is read`() throws {
        let fixture = try CheckFixture("CREATE TABLE t__pintail_new AS SELECT 'x' AS v")
        let check = Check("t", columns: [ColumnChecks("v", [.format(.date(pattern: "%Q"))])])
        #expect(try fixture.failure(check).message.hasPrefix("format of column 'v': "))
    }
}
