import Testing

@testable import PintailProject

/// The small languages inside values: numbers, units, variables' files, names that are nearly right.
struct TextTests {
    @Test(arguments: [
        ("1", Scalar.integer(1)), ("-3", .integer(-3)), ("+3", .integer(3)), ("0x1F", .integer(31)),
        ("0o17", .integer(15)), ("1.5", .number(1.5)), (".5", .number(0.5)), ("5.", .number(5)), ("1e3", .number(1000)),
        ("-.inf", .number(-.infinity)), ("true", .boolean(true)), ("FALSE", .boolean(false)), ("yes", .text("yes")),
        ("on", .text("on")), ("007", .text("007")), ("1_000", .text("1_000")), ("1.2.3", .text("1.2.3")),
        ("2020-01-01", .text("2020-01-01")), ("0x", .text("0x")), ("e5", .text("e5")), ("-", .text("-")),
        (".", .text(".")), ("1e", .text("1e")), ("99999999999999999999", .text("99999999999999999999")),
        ("nan", .text("nan")), ("infinity", .text("infinity")), ("１", .text("１")),
    ])
    func `an unquoted scalar means what YAML 1.2 says`(text: String, value: Scalar) {
        guard case .scalar(let found) = ScalarResolution.resolve(text) else {
            Issue.record("\(text) is nothing")
            return
        }
        #expect(found == value)
    }

    @Test(arguments: [
        ("500ms", Duration.milliseconds(500)), ("2s", .seconds(2)), ("15m", .seconds(900)), ("1.5h", .seconds(5400)),
        ("1h30m", .seconds(5400)), ("1d", .seconds(86_400)), ("2w", .seconds(1_209_600)), ("0s", .zero), ("", nil),
        ("5", nil), ("s", nil), ("5y", nil), ("-5s", nil), ("5 s", nil), ("1..5s", nil), ("99999999999999d", nil),
        ("٣s", nil),
    ])
    func `a duration is a number with its unit`(text: String, duration: Duration?) {
        #expect(DurationText.parse(text) == duration)
    }

    @Test(
        arguments: [
            ("500MB", 500_000_000), ("1GiB", 1_073_741_824), ("1.5 kB", 1500), ("1b", 1), ("5", nil), ("MB", nil),
            ("-1MB", nil), ("0B", nil), ("99999999TB", nil), ("1 M B", nil),
        ] as [(String, Int64?)]
    )
    func `a size is a number with its unit`(text: String, bytes: Int64?) {
        #expect(ByteSizeText.parse(text) == bytes)
    }

    @Test(arguments: [
        ("A=1", ["A": "1"]), ("export A=1", ["A": "1"]), ("A = 1 # x", ["A": "1"]), ("A=1#x", ["A": "1#x"]),
        ("A='a b # c'", ["A": "a b # c"]), ("A=\"a\\n\\\"b\"", ["A": "a\n\"b"]), ("A='\\n'", ["A": "\\n"]),
        ("A=\"a\nb\"\nB=2", ["A": "a\nb", "B": "2"]), ("A=\n#B=1\n\nC=3\r\n", ["A": "", "C": "3"]),
        ("A='open\nB=1", ["A": "'open", "B": "1"]), ("A=1\nA=2", ["A": "2"]), ("export=1", ["export": "1"]),
        ("A=a=b", ["A": "a=b"]),
    ])
    func `a .env file is read as shells read it`(text: String, variables: [String: String]) {
        #expect(DotEnv(SourceFile(path: ".env", text: text)).variables == variables)
    }

    @Test(arguments: [
        ("custmers", "customers"), ("warehuse", "warehouse"), ("retry", "retries"), ("lowercase", "lower"),
        ("extarct", "extract"), ("x", nil), ("something_else", nil), ("Warehouse", "warehouse"),
    ])
    func `a name that is nearly right is found`(name: String, meant: String?) {
        #expect(nearest(to: name, among: ["customers", "warehouse", "retries", "lower", "extract", "id"]) == meant)
    }

    @Test(arguments: [
        ("a.b", ["a", "b"]), ("a.b.c", ["a", "b", "c"]), ("a.\"b.c\".\"d\"\"e\"", ["a", "b.c", "d\"e"]), ("a", ["a"]),
        ("données.été", ["données", "été"]), ("a..b", nil), ("a/b.csv", nil), ("*.csv", nil), ("s3://a.b", nil),
        ("a.\"b", nil), ("", nil), ("a.", nil), ("1a.b", nil),
    ])
    func `a table's name falls into its parts`(text: String, parts: [String]?) {
        #expect(TableReference.parts(of: text) == parts)
    }
}
