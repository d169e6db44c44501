import DuckDB
import FoundationEssentials
import PintailOrchestrator
import PintailProject
import Testing

@testable import PintailEngine

/// Conditions over several columns of a row.
@Suite struct RowRuleTests {
    static let events: SQL = """
        CREATE TABLE t__pintail_new AS SELECT id, CAST(a AS DATE) AS "starts_at", CAST(b AS DATE) AS "Ends ""at" FROM (VALUES
            (1, '2024-01-01', '2024-01-02'), (2, '2024-02-01', '2024-01-01'), (3, NULL, '2024-01-01')) AS v(id, a, b)
        """
    static let condition = #""Ends ""at" >= starts_at"#

    @Test func `rows that break a rule are put aside with the values it names`() throws {
        let fixture = try CheckFixture(Self.events)
        let rule = RowRule(Self.condition, name: "in order", onFail: .quarantine)
        let result = try fixture.judge(Check("t", columns: [ColumnChecks("id", [.notNull])], rows: [rule]))
        #expect(
            result.checks.map(\.message) == [
                "id: not_null holds for all 3 rows",
                """
                1 of 3 rows breaks in order ("Ends ""at" >= starts_at), such as \
                'starts_at = 2024-02-01, Ends "at = 2024-01-01' in row 2; moved to quarantine.t
                """,
            ]
        )
        #expect(result.checks[1].check == "in order")
        #expect(
            try fixture.texts("SELECT column_name, rule, value, raw FROM quarantine.t__pintail_new") == [
                """
                starts_at, Ends "at|in order|starts_at = 2024-02-01, Ends "at = 2024-01-01|\
                {"id":2,"starts_at":"2024-02-01","Ends \\"at":"2024-01-01"}
                """
            ]
        )
        #expect(try fixture.texts("SELECT id FROM t__pintail_new ORDER BY id") == ["1", "3"])
    }

    @Test(arguments: [(true, 1), (false, 2)])
    func `a NULL passes unless the rule says otherwise`(nullsPass: Bool, broken: Int) throws {
        let fixture = try CheckFixture(Self.events)
        let rule = RowRule(Self.condition, nullsPass: nullsPass, onFail: .warn)
        let outcome = try fixture.judge(Check("t", rows: [rule])).checks[0]
        #expect(outcome.failingRows == RowCount(broken))
        #expect(outcome.check == Self.condition)
        #expect(outcome.message.contains("break\(broken == 1 ? "s" : "") \(Self.condition), such as"))
    }

    @Test func `each rule has its own meaning, and all are judged in one reading`() throws {
        let fixture = try CheckFixture(
            "CREATE TABLE t__pintail_new AS SELECT range AS a, range % 10 AS b FROM range(100)"
        )
        let check = Check(
            "t",
            columns: [ColumnChecks("a", [.range(max: 98)])],
            rows: [
                RowRule("a >= b", name: "order"), RowRule("a <> 50 -- a comment", name: "fifty", onFail: .quarantine),
                RowRule("a + b < 100", name: "sum", onFail: .warn),
                RowRule("a NOT IN (SELECT 7)", name: "seven", onFail: .warn),
            ],
            onFail: .warn
        )
        let result = try fixture.judge(check)
        #expect(result.checks.map(\.status) == [.warn, .pass, .warn, .warn, .warn])
        #expect(result.checks.map(\.failingRows) == [1, 0, 1, 5, 1])
        #expect(result.quarantinedRows == 1)
    }

    @Test func `formats and rules of a million rows take one reading`() throws {
        let fixture = try CheckFixture(
            """
            CREATE TABLE t__pintail_new AS SELECT 'u' || range || '@example.com' AS mail, range AS a, range + 1 AS b
            FROM range(1000000)
            """
        )
        let check = Check(
            "t",
            columns: [
                ColumnChecks("mail", [.format(.email), .notNull, .length(max: 30)]), ColumnChecks("a", [.unique]),
            ],
            rows: [RowRule("a < b", name: "order"), RowRule("a + b > 0", name: "sum")]
        )
        let candidate = try #require(try Candidate.find("t", staged: StagedTable("t"), fixture.connection))
        var preparation = CheckPreparation(check, candidate)
        let scan = try preparation.plan(fixture.connection).scan
        let plan = try fixture.connection.rows("EXPLAIN (FORMAT json) \(scan)")[0][1].text ?? ""
        #expect(plan.components(separatedBy: "t__pintail_new\"").count == 2)
        #expect(try fixture.judge(check).checks.map(\.status) == Array(repeating: .pass, count: 6))
    }

    @Test func `a rule of a view goes into the view`() throws {
        let fixture = try CheckFixture(
            "CREATE TABLE source AS FROM (VALUES (1, 2), (3, 1), (NULL, 1)) AS v(a, b)",
            "CREATE VIEW t__pintail_new AS FROM source"
        )
        let check = Check("t", rows: [RowRule("a <= t.b", onFail: .quarantine)])
        #expect(try fixture.judge(check, StagedTable("t", kind: .view)).quarantinedRows == 1)
        #expect(try fixture.texts("SELECT a FROM t__pintail_new ORDER BY 1") == ["1", "NULL"])
    }

    @Test(
        arguments: [
            ("ends >= starts_at", "Referenced column \"ends\" not found in FROM clause!"),
            ("starts_at", "it is no condition but a value of type DATE"),
            ("count(*) > 1", "WHERE clause cannot contain aggregates!"),
            ("starts_at >", "syntax error at or near \")\""),
            ("true; DROP TABLE t__pintail_new", "syntax error at or near \";\""),
        ]
    )
    func `a rule that cannot be judged is told before a row is read`(condition: String, message: String) throws {
        let fixture = try CheckFixture(Self.events)
        let error = try fixture.failure(Check("t", rows: [RowRule(condition, name: "r")]))
        #expect(error.message.hasPrefix("rule 'r': \(message)"), "\(error.message)")
        #expect(error.dataState == "nothing was changed")
    }
}
