import DuckDB
import Foundation
import PintailOrchestrator
import PintailProject
import TestSupport
import Testing

@testable import PintailEngine

/// The one query that all claims about columns become.
@Suite struct CheckScanTests {
    /// Every kind of claim, over a staged table.
    private static let check = Check(
        "articles",
        columns: [
            ColumnChecks("title", [.notNull, .length(min: 1, max: 500), .regex("[A-Z].*")]),
            ColumnChecks("url", [.notNull, .unique]),
            ColumnChecks("age", [.range(min: 0, max: 120), .acceptedValues([1, 2]), .type("int64")]),
            ColumnChecks("publication", [.references("publications", "id")]),
        ],
        freshness: Freshness(column: "seen", maxAge: .seconds(60))
    )

    private static func prepare() throws -> CheckFixture {
        try CheckFixture(
            "CREATE TABLE publications AS SELECT range AS id FROM range(5)",
            """
            CREATE TABLE articles__pintail_new AS SELECT 'T' || range AS title, 'u' || range AS url, range % 90 AS age,
            range % 5 AS publication, TIMESTAMP '2026-11-21' AS seen FROM range(1000)
            """
        )
    }

    private static func plan(_ fixture: borrowing CheckFixture, _ check: Check = check) throws -> CheckPlan {
        let staged = StagedTable("articles")
        let candidate = try #require(try Candidate.find("articles", staged: staged, fixture.connection))
        var preparation = CheckPreparation(check, candidate)
        return try preparation.plan(fixture.connection)
    }

    @Test func `all claims are one statement`() throws {
        let fixture = try Self.prepare()
        #expect(
            try Self.plan(fixture).scan.text == #"""
                SELECT count(*),
                       count(*),
                       epoch_us(max(CAST("seen" AS TIMESTAMP)) FILTER (WHERE isfinite(CAST("seen" AS TIMESTAMP)))),
                       count_if("title" IS NULL),
                       count_if(length("title") < 1 OR length("title") > 500),
                       count_if(NOT regexp_full_match("title", '[A-Z].*')),
                       count_if("url" IS NULL),
                       count("url") - count(DISTINCT "url"),
                       count_if("age" < 0 OR "age" > 120),
                       count_if("age" NOT IN (1, 2)),
                       0,
                       count_if("publication" IS NOT NULL AND NOT "pintail: flag 0")
                FROM (SELECT *, "publication" IN (SELECT "id" FROM "publications" WHERE "id" IS NOT NULL) \#
                AS "pintail: flag 0" FROM (SELECT *, rowid AS "pintail: row" FROM "memory"."main"."articles__pintail_new") \#
                AS "articles")
                """#
        )
    }

    @Test func `the table is scanned once, references included`() throws {
        let fixture = try Self.prepare()
        let plan = try Self.plan(fixture)
        let explained = try fixture.connection.rows("EXPLAIN (FORMAT json) \(plan.scan)")[0][1].text ?? ""
        #expect(explained.components(separatedBy: "articles__pintail_new\"").count == 2)
        #expect(explained.components(separatedBy: "SEQ_SCAN").count == 3)
        let sampled = try Self.plan(fixture, Self.check.sampled(.fraction(0.1)))
        let again = try fixture.connection.rows("EXPLAIN (FORMAT json) \(sampled.scan)")[0][1].text ?? ""
        #expect(again.components(separatedBy: "articles__pintail_new\"").count == 2)
    }

    @Test func `300 columns with five claims each are judged together`() throws {
        let columns: [SQL] = (0..<300).map { "range + \(literal: $0) AS \(identifier: "c\($0)")" }
        let fixture = try CheckFixture("CREATE TABLE t__pintail_new AS SELECT \(list: columns) FROM range(3000)")
        let claims: [ColumnClaim] = [.notNull, .unique, .range(min: 0, max: 3100), .type("int64"), .length(max: 4)]
        let check = Check("t", columns: (0..<300).map { ColumnChecks("c\($0)", claims) }, onFail: .quarantine)
        let result = try fixture.judge(check)
        #expect(result.checks.count == 1500)
        #expect(result.checks.filter { $0.status != .pass }.count == 198)
        #expect(result.quarantinedRows == 198)
    }

    @Test func `every kind of value can be judged and put aside`() throws {
        let fixture = try CheckFixture(
            """
            CREATE TABLE t__pintail_new AS SELECT NULL::INTEGER AS gone, 'x'::BLOB AS b, 1.5::DECIMAL(38, 10) AS d,
            {'a': [1, NULL], 'é': map {'k': 1.5::FLOAT}} AS s, [1, 2]::INTEGER[2] AS a, 'a'::ENUM('a') AS e, uuid() AS u,
            INTERVAL 1 DAY AS i, TIME '12:30' AS t, 'infinity'::DATE AS dt, TIMESTAMPTZ '2024-01-31 12:00:00+02' AS tz,
            170141183460469231731687303715884105727::HUGEINT AS h, union_value(n := 2) AS un, '{"a": 1}'::JSON AS j,
            '101'::BIT AS bits, 'nan'::FLOAT AS f
            """
        )
        let names = ["b", "d", "s", "a", "e", "u", "i", "t", "dt", "tz", "h", "un", "j", "bits", "f"]
        let check = Check(
            "t",
            columns: names.map { ColumnChecks($0, [.notNull, .unique]) } + [ColumnChecks("gone", [.notNull])],
            onFail: .quarantine
        )
        #expect(try fixture.judge(check).quarantinedRows == 1)
        let raw = try #require(try fixture.texts("SELECT raw FROM quarantine.t__pintail_new").first)
        let row = try #require(try JSONSerialization.jsonObject(with: Data(raw.utf8)) as? [String: Any])
        #expect(row.count == 16)
        #expect(row["f"] as? String == "nan")
    }

    @Test func `a sample is the same in every run, and no part of the table is preferred`() throws {
        let fixture = try CheckFixture("CREATE TABLE t__pintail_new AS SELECT range AS v FROM range(100000)")
        let check = Check("t", columns: [ColumnChecks("v", [.range(max: 49_999), .unique])], onFail: .warn)
            .sampled(.fraction(0.1))
        let outcomes = try fixture.judge(check).checks
        #expect(try fixture.judge(check).checks == outcomes)
        let looked = try #require(outcomes[0].totalRows?.count)
        #expect((9500...10_500).contains(looked))
        // Half of the rows break the claim, and so do half of those looked at.
        let failing = try #require(outcomes[0].failingRows?.count)
        #expect((looked * 48 / 100...looked * 52 / 100).contains(failing))
        #expect(
            outcomes[1].message == """
                v: unique holds for the \(RowCount(looked)) rows looked at (10 % of 100,000); \
                repeats outside the sample are not seen
                """
        )
    }

    @Test func `a sample of so many rows has so many`() throws {
        let fixture = try CheckFixture("CREATE TABLE t__pintail_new AS SELECT range AS v FROM range(100000)")
        let check = Check("t", columns: [ColumnChecks("v", [.notNull])])
        let few = try fixture.judge(check.sampled(.rows(1000))).checks[0]
        #expect(few.message == "v: not_null holds for the 1,000 rows looked at (1,000 rows of 100,000)")
        let all = try fixture.judge(check.sampled(.rows(1_000_000))).checks[0]
        #expect(all.totalRows == 100_000)
        let none = try fixture.judge(check.sampled(.rows(0))).checks[0]
        #expect(none.totalRows == 0)
    }

    @Test func `a view is sampled by its values`() throws {
        let fixture = try CheckFixture("CREATE VIEW t__pintail_new AS SELECT range AS v FROM range(100000)")
        let check = Check("t", columns: [ColumnChecks("v", [.notNull])]).sampled(.fraction(0.25))
        let outcome = try fixture.judge(check, StagedTable("t", kind: .view)).checks[0]
        #expect((24_000...26_000).contains(outcome.totalRows?.count ?? 0))
    }

    @Test func `many values are counted exactly in less memory than they take`() throws {
        let folder = try TemporaryDirectory()
        let options = Database.Options(memoryLimit: 100_000_000, threads: 2, temporaryDirectory: folder.path + "/spill")
        let connection = try Database(path: folder.path + "/d.duckdb", options: options).connect()
        try connection.execute(
            "CREATE TABLE t__pintail_new AS SELECT md5((range % 1999990)::VARCHAR) AS v FROM range(2000000)"
        )
        let check = Check("t", columns: [ColumnChecks("v", [.unique])], onFail: .warn)
        let result = try CheckStep(check, now: CheckFixture.now).judge(StagedTable("t"), nil, run: "r", connection)
        #expect(result.checks[0].failingRows == 10)
    }
}

extension Check {
    fileprivate func sampled(_ sample: Sample) -> Check {
        var check = self
        check.sample = sample
        return check
    }
}
