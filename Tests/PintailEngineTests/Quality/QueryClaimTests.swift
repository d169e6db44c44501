import DuckDB
import PintailOrchestrator
import PintailProject
import Testing

@testable import PintailEngine

/// Queries that return the rows that are wrong.
@Suite struct QueryClaimTests {
    private static let staged: SQL = """
        CREATE TABLE t__pintail_new AS FROM (VALUES (1, 'a'), (2, NULL), (2, NULL), (3, 'c')) AS v(id, title)
        """

    @Test func `a query sees the staged rows under the table's own name`() throws {
        let fixture = try CheckFixture(Self.staged, "CREATE TABLE t AS SELECT 99 AS id, 'old' AS title")
        let check = Check(
            "t",
            queries: [
                QueryCheck("no_twos", sql: "SELECT id FROM t WHERE id = 2;\n"),
                QueryCheck("no_old", sql: "SELECT * FROM t WHERE title = 'old' -- the published row"),
                QueryCheck("qualified", sql: "SELECT * FROM main.t WHERE title = 'old'"),
            ],
            onFail: .warn
        )
        let result = try fixture.judge(check)
        #expect(
            result.checks.map(\.message) == [
                #"no_twos: 2 rows are wrong, such as {"id":2}"#, "no_old: no row is wrong",
                "qualified: no row is wrong",
            ]
        )
        #expect(result.checks[0].sample == [#"{"id":2}"#, #"{"id":2}"#])
        #expect(try fixture.texts("SELECT title FROM t") == ["old"])
    }

    @Test func `whole rows that a query returns can be put aside`() throws {
        let fixture = try CheckFixture(Self.staged)
        let queries = [QueryCheck("titled", sql: "SELECT *, 1 AS more FROM t WHERE title IS NULL")]
        let check = Check("t", rowCount: Bounds(max: 2), queries: queries, onFail: .quarantine)
        let result = try fixture.judge(check)
        #expect(result.quarantinedRows == 2)
        #expect(
            result.checks.map(\.message) == [
                "t: 2 rows, and at most 2 are expected", "titled: 2 rows are wrong; moved to quarantine.t",
            ]
        )
        #expect(try fixture.texts("SELECT id FROM t__pintail_new") == ["1", "3"])
        #expect(
            try fixture.texts("SELECT DISTINCT column_name, rule, reason, raw FROM quarantine.t__pintail_new") == [
                #"NULL|titled|query 'titled' returned it|{"id":2,"title":null}"#
            ]
        )
    }

    @Test func `a query that cannot name rows fails where the step says quarantine`() throws {
        let fixture = try CheckFixture(Self.staged)
        let queries = [QueryCheck("few", sql: "SELECT count(*) AS n FROM t HAVING n > 3")]
        let error = try fixture.failure(Check("t", queries: queries, onFail: .quarantine))
        #expect(error.message == #"t breaks its claim: few: 1 row is wrong, such as {"n":4}"#)
        let asked = [QueryCheck("few", sql: "SELECT count(*) AS n FROM t", onFail: .quarantine)]
        #expect(
            try fixture.failure(Check("t", queries: asked)).message == """
                query 'few': to put rows aside it must return whole rows (SELECT * FROM t WHERE …); it lacks id, title
                """
        )
    }

    @Test func `queries that cannot run are all named`() throws {
        let fixture = try CheckFixture(Self.staged)
        let check = Check(
            "t",
            queries: [
                QueryCheck("a", sql: "SELECT * FROM t WHERE titel IS NULL"), QueryCheck("b", sql: "SELEC 1"),
                QueryCheck("c", sql: "SELECT * FROM tt"),
            ]
        )
        let parts = try fixture.failure(check).message.split(separator: "; ").map(String.init)
        #expect(parts.count == 3)
        #expect(
            parts.first?.hasPrefix("query 'a': ") == true && parts.first?.hasSuffix("(did you mean 'title'?)") == true
        )
    }

    @Test func `a query that breaks down while it runs is told apart from one that returns rows`() throws {
        let fixture = try CheckFixture(Self.staged)
        let check = Check("t", queries: [QueryCheck("casts", sql: "SELECT * FROM t WHERE title::INT > 1")])
        let error = try fixture.failure(check)
        #expect(error.message == "query 'casts' failed")
        #expect(error.cause is DuckDBError)
    }
}
