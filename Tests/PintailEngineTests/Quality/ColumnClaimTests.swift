import DuckDB
import PintailOrchestrator
import PintailProject
import Testing

@testable import PintailEngine

/// Every claim on every kind of column, as users read the outcome.
@Suite struct ColumnClaimTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let type: SQL
        let values: SQL
        let claim: ColumnClaim
        let message: String
        var testDescription: String { "\(claim.kind) of \(type): \(values)" }

        init(_ type: SQL, _ values: SQL, _ claim: ColumnClaim, _ message: String) {
            (self.type, self.values, self.claim, self.message) = (type, values, claim, message)
        }
    }

    @Test(
        arguments: [
            Case("INT", "(1), (2)", .notNull, "v: not_null holds for all 2 rows"),
            Case("INT", "(1), (NULL)", .notNull, "v: 1 of 2 rows is NULL, such as row 2"),
            Case("INT", "(NULL), (NULL)", .notNull, "v: 2 of 2 rows are NULL, such as row 1"),
            Case("DOUBLE", "('nan'), ('1')", .notNull, "v: not_null holds for all 2 rows"),
            Case("INT[]", "([1]), (NULL)", .notNull, "v: 1 of 2 rows is NULL, such as row 2"),

            Case("INT", "(1), (2), (NULL), (NULL)", .unique, "v: unique holds for all 4 rows"),
            Case("INT", "(1), (2), (1), (1)", .unique, "v: 2 of 4 rows repeat an earlier value, such as '1'"),
            Case("DOUBLE", "('nan'), ('nan')", .unique, "v: 1 of 2 rows repeats an earlier value, such as 'nan'"),
            Case(
                "INT[]",
                "([1, NULL]), ([1, NULL])",
                .unique,
                "v: 1 of 2 rows repeats an earlier value, such as '[1, NULL]'"
            ),
            Case("VARCHAR", "('é'), (chr(101) || chr(769))", .unique, "v: unique holds for all 2 rows"),
            Case("DECIMAL(9,2)", "(1.10), (1.1)", .unique, "v: 1 of 2 rows repeats an earlier value, such as '1.10'"),
        ]
    )
    func `NULLs and repeats`(test: Case) throws { try test.expect() }

    @Test(
        arguments: [
            Case(
                "VARCHAR",
                "('a'), ('b'), (NULL)",
                .acceptedValues(["a", "b"]),
                "v: accepted_values holds for all 3 rows"
            ),
            Case(
                "VARCHAR",
                "('a'), ('c''d')",
                .acceptedValues(["a", "b"]),
                "v: 1 of 2 rows is none of 'a', 'b', such as 'c'd' in row 2"
            ),
            Case(
                "VARCHAR",
                "('1'), ('x')",
                .acceptedValues([1, 2.5, true]),
                "v: 1 of 2 rows is none of 1, 2.5, true, such as 'x' in row 2"
            ),
            Case(
                "INT",
                "(1), (3)",
                .acceptedValues([1, "2"]),
                "v: 1 of 2 rows is none of 1, '2', such as '3' in row 2"
            ),
            Case(
                "INT",
                "(1), (2)",
                .acceptedValues([1.5, 2]),
                "v: 1 of 2 rows is none of 1.5, 2, such as '1' in row 1"
            ),
            Case(
                "DECIMAL(9,2)",
                "(0.10), (0.30)",
                .acceptedValues([0.1, 0.3]),
                "v: accepted_values holds for all 2 rows"
            ),
            Case(
                "FLOAT",
                "(0.1), (0.2)",
                .acceptedValues([0.1]),
                "v: 1 of 2 rows is none of 0.1, such as '0.2' in row 2"
            ),
            Case(
                "BOOLEAN",
                "(true), (false)",
                .acceptedValues([true]),
                "v: 1 of 2 rows is none of true, such as 'false' in row 2"
            ),
            Case(
                "DATE",
                "('2024-01-31'), ('2024-02-01')",
                .acceptedValues(["2024-01-31"]),
                "v: 1 of 2 rows is none of '2024-01-31', such as '2024-02-01' in row 2"
            ),
            Case(
                "ENUM('a', 'b')",
                "('a'), ('b')",
                .acceptedValues(["a", "z"]),
                "v: 1 of 2 rows is none of 'a', 'z', such as 'b' in row 2"
            ),
            Case("INT", "(1)", .acceptedValues([]), "v: 1 of 1 row is not accepted: no value is, such as '1' in row 1"),
            Case(
                "INT",
                "(9)",
                .acceptedValues([1, 2, 3, 4, 5, 6]),
                "v: 1 of 1 row is none of 1, 2, 3, 4, 5, … (6 values), such as '9' in row 1"
            ),
        ]
    )
    func `accepted values`(test: Case) throws { try test.expect() }

    @Test(
        arguments: [
            Case(
                "INT",
                "(0), (120), (121), (-1), (NULL)",
                .range(min: 0, max: 120),
                "v: 2 of 5 rows are not between 0 and 120, such as '121' in row 3"
            ),
            Case("INT", "(1), (2)", .range(min: 1.5), "v: 1 of 2 rows is not 1.5 or more, such as '1' in row 1"),
            Case(
                "DOUBLE",
                "('nan'), ('inf'), ('1')",
                .range(min: 0),
                "v: 1 of 3 rows is not 0 or more, such as 'nan' in row 1"
            ),
            Case("DOUBLE", "('-inf'), ('1')", .range(max: 5), "v: range holds for all 2 rows"),
            Case(
                "DECIMAL(9,3)",
                "(0.999), (1.001)",
                .range(max: 1),
                "v: 1 of 2 rows is not 1 or less, such as '1.001' in row 2"
            ),
            Case(
                "HUGEINT",
                "(170141183460469231731687303715884105727)",
                .range(max: 5),
                "v: 1 of 1 row is not 5 or less, such as '170141183460469231731687303715884105727' in row 1"
            ),
            Case(
                "DATE",
                "('2020-01-01'), ('infinity')",
                .range(min: "2019-12-31", max: "2024-01-01"),
                "v: 1 of 2 rows is not between '2019-12-31' and '2024-01-01', such as 'infinity' in row 2"
            ),
            Case(
                "TIMESTAMPTZ",
                "('2024-01-01 00:30:00+02')",
                .range(min: "2024-01-01 00:00:00+00"),
                "v: 1 of 1 row is not '2024-01-01 00:00:00+00' or more, such as '2023-12-31 22:30:00+00' in row 1"
            ),
            Case(
                "VARCHAR",
                "('b'), ('z')",
                .range(max: "m"),
                "v: 1 of 2 rows is not 'm' or less, such as 'z' in row 2"
            ),
            Case(
                "VARCHAR",
                "('5'), ('50'), ('x'), (NULL)",
                .range(max: 9),
                "v: 2 of 4 rows are not 9 or less, such as '50' in row 2"
            ),
            Case(
                "ENUM('b', 'z')",
                "('b'), ('z')",
                .range(max: "m"),
                "v: 1 of 2 rows is not 'm' or less, such as 'z' in row 2"
            ),
            Case("INT", "(1)", .range(), "v: range holds for all 1 row"),
        ]
    )
    func `ranges`(test: Case) throws { try test.expect() }

    @Test(
        arguments: [
            Case(
                "VARCHAR",
                "('né€𝄞'), (''), (NULL)",
                .length(min: 1, max: 4),
                "v: 1 of 3 rows has not between 1 and 4 characters, such as '' in row 2"
            ),
            Case(
                "VARCHAR",
                "('ab'), ('abc')",
                .length(min: 3),
                "v: 1 of 2 rows has fewer than 3 characters, such as 'ab' in row 1"
            ),
            Case(
                "INT",
                "(1), (100)",
                .length(max: 2),
                "v: 1 of 2 rows has more than 2 characters, such as '100' in row 2"
            ),
            Case(
                "INT[]",
                "([1, 2]), ([])",
                .length(min: 1),
                "v: 1 of 2 rows has fewer than 1 elements, such as '[]' in row 2"
            ),
            Case(
                "MAP(VARCHAR, INT)",
                "(map {'a': 1})",
                .length(min: 2),
                "v: 1 of 1 row has fewer than 2 entries, such as '{a=1}' in row 1"
            ),
            Case("BLOB", "('abc')", .length(max: 2), "v: 1 of 1 row has more than 2 bytes, such as 'abc' in row 1"),
            Case(
                "VARCHAR",
                "('ab'), ('abc'), (NULL)",
                .regex("[a-z]{2}"),
                "v: 1 of 3 rows does not match [a-z]{2}, such as 'abc' in row 2"
            ),
            Case("VARCHAR", "('it''s')", .regex("it's"), "v: regex holds for all 1 row"),
            Case(
                "INT",
                "(12), (123)",
                .regex("\\d\\d"),
                "v: 1 of 2 rows does not match \\d\\d, such as '123' in row 2"
            ),
            Case("DATE", "('2024-01-31')", .regex("2024-.*"), "v: regex holds for all 1 row"),
        ]
    )
    func `lengths and patterns`(test: Case) throws { try test.expect() }

    @Test(
        arguments: [
            Case("INT", "(1)", .type("int32"), "v: type holds for all 1 row"),
            Case("INT", "(1)", .type("int64"), "v: type holds for all 1 row"),
            Case(
                "BIGINT",
                "(1), (3000000000)",
                .type("int32"),
                "v: 1 of 2 rows cannot be read as int32, such as '3000000000' in row 2"
            ),
            Case(
                "DOUBLE",
                "('1'), ('1.5'), ('nan')",
                .type("int64"),
                "v: 2 of 3 rows cannot be read as int64, such as '1.5' in row 2"
            ),
            Case(
                "VARCHAR",
                "('1'), ('12.5'), ('1e3'), ('x'), (NULL)",
                .type("int64"),
                "v: 3 of 5 rows cannot be read as int64, such as '12.5' in row 2"
            ),
            Case(
                "VARCHAR",
                "('1.5'), ('x')",
                .type("float64"),
                "v: 1 of 2 rows cannot be read as float64, such as 'x' in row 2"
            ),
            Case(
                "VARCHAR",
                "('1.25'), ('1.255')",
                .type("DECIMAL(9,2)"),
                "v: 1 of 2 rows cannot be read as DECIMAL(9,2), such as '1.255' in row 2"
            ),
            Case(
                "VARCHAR",
                "('2024-01-31'), ('2024-01-31 12:30')",
                .type("date"),
                "v: 1 of 2 rows cannot be read as date, such as '2024-01-31 12:30' in row 2"
            ),
            Case(
                "TIMESTAMP",
                "('2024-01-31'), ('2024-01-31 12:30')",
                .type("date"),
                "v: 1 of 2 rows cannot be read as date, such as '2024-01-31 12:30:00' in row 2"
            ),
            Case("BIGINT", "(7), (8)", .type("string"), "v: 2 of 2 rows are BIGINT, not string"),
            Case("ENUM('a')", "('a')", .type("string"), "v: type holds for all 1 row"),
            Case("STRUCT(a INT)", "({'a': 1})", .type("int64"), "v: 1 of 1 row is STRUCT(\"a\" INTEGER), not int64"),
        ]
    )
    func `types lose nothing`(test: Case) throws { try test.expect() }

    @Test func `claims about a table without rows hold`() throws {
        let fixture = try CheckFixture("CREATE TABLE t__pintail_new (v VARCHAR)")
        let claims: [ColumnClaim] = [.notNull, .unique, .acceptedValues(["a"]), .regex("a"), .type("int64")]
        let result = try fixture.judge(Check("t", columns: [ColumnChecks("v", claims)]))
        #expect(result.checks.map(\.status) == Array(repeating: .pass, count: 5))
        #expect(result.checks[0].message == "v: not_null holds for a table without rows")
    }

    @Test func `everything that is wrong with the claims themselves is said at once`() throws {
        let fixture = try CheckFixture(
            "CREATE TABLE t__pintail_new (title VARCHAR, age INT, tags INT[], seen DATE)",
            "CREATE TABLE publications (id INT)"
        )
        let check = Check(
            "t",
            columns: [
                ColumnChecks("tittle", [.notNull]),
                ColumnChecks(
                    "age",
                    [.acceptedValues(["old"]), .range(min: "x"), .type("in64"), .references("publications", "uuid")]
                ),
                ColumnChecks("tags", [.regex("a"), .range(min: 1)]),
                ColumnChecks("title", [.regex("("), .references("publicatons", "id")]),
                ColumnChecks("seen", [.range(min: "yesterday")]),
            ],
            freshness: Freshness(column: "age", maxAge: .seconds(60)),
            queries: [QueryCheck("bad", sql: "SELECT * FROM t WHERE titl IS NULL")]
        )
        let message = try fixture.failure(check).message
        #expect(
            message.split(separator: "; ").map(String.init) == [
                "11 claims cannot be judged: t has no column 'tittle' (did you mean 'title'?)",
                "accepted_values of column 'age': 'old' is no INTEGER",
                "range of column 'age': 'x' is no INTEGER",
                "regex of column 'tags': a INTEGER[] is no text to match",
                "range of column 'tags': a INTEGER[] has no order that a range could bound",
                "freshness needs a date or timestamp, and column 'age' is INTEGER",
                "type 'in64' is none that DuckDB knows (did you mean 'int64'?)",
                "publications, which a claim refers to, has no column 'uuid'",
                "publicatons, which a claim refers to, does not exist (did you mean 'publications'?)",
                "regex of column 'title': missing ): (",
                "range of column 'seen': 'yesterday' is no DATE",
            ]
        )
    }

    @Test func `a column is found whatever its case, and odd names are quoted`() throws {
        let fixture = try CheckFixture(#"CREATE TABLE t__pintail_new AS SELECT 1 AS "We ""ird" , NULL AS "né€""#)
        let check = Check(
            "t",
            columns: [ColumnChecks("we \"IRD", [.notNull, .unique]), ColumnChecks("né€", [.notNull])],
            onFail: .warn
        )
        #expect(
            try fixture.judge(check).checks.map(\.message) == [
                "We \"ird: not_null holds for all 1 row", "We \"ird: unique holds for all 1 row",
                "né€: 1 of 1 row is NULL, such as row 1",
            ]
        )
    }
}

extension ColumnClaimTests.Case {
    fileprivate func expect() throws {
        #expect(try messages(of: [claim], about: type, values: values) == [message])
    }
}
