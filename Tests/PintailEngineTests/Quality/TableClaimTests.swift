import DuckDB
import PintailOrchestrator
import PintailProject
import Testing

@testable import PintailEngine

/// How many rows, how new, and whether the columns are still those of the last good run.
@Suite struct TableClaimTests {
    @Test(
        arguments: [
            (Bounds(min: 3), "t: 3 rows, and at least 3 are expected", true),
            (Bounds(min: 4), "t: 3 rows, and at least 4 are expected", false),
            (Bounds(max: 2), "t: 3 rows, and at most 2 are expected", false),
            (Bounds(min: 1000, max: 2000), "t: 3 rows, and 1,000 to 2,000 are expected", false),
        ]
    )
    func `rows are counted`(bounds: Bounds, message: String, holds: Bool) throws {
        let fixture = try CheckFixture("CREATE TABLE t__pintail_new AS SELECT range AS id FROM range(3)")
        let outcome = try fixture.judge(Check("t", rowCount: bounds, onFail: .warn)).checks[0]
        #expect(outcome.message == message)
        #expect(outcome.status == (holds ? .pass : .warn))
    }

    @Test(
        arguments: [
            ("TIMESTAMP '2026-11-21 06:00:00'", "seen: the newest value is 3 hours old; the limit is 1 day", true),
            (
                "TIMESTAMPTZ '2026-11-21 08:59:30+00'", "seen: the newest value is 30 seconds old; the limit is 1 day",
                true
            ),
            (
                "TIMESTAMPTZ '2026-11-21 11:00:00+02'", "seen: the newest value is 0 seconds old; the limit is 1 day",
                true
            ),
            ("DATE '2026-11-19'", "seen: the newest value is 2.4 days old; the limit is 1 day", false),
            ("TIMESTAMP_NS '2026-11-20 08:00:00'", "seen: the newest value is 25 hours old; the limit is 1 day", false),
            (
                "TIMESTAMP_S '2026-11-21 10:00:00'", "seen: the newest value lies in the future; the limit is 1 day",
                true
            ),
            ("NULL::DATE", "seen: no value tells how fresh the table is", false),
            ("'infinity'::TIMESTAMP", "seen: no value tells how fresh the table is", false),
        ] as [(SQL, String, Bool)]
    )
    func `the newest value tells how fresh a table is`(value: SQL, message: String, holds: Bool) throws {
        let fixture = try CheckFixture(
            "CREATE TABLE t__pintail_new AS SELECT \(value) AS seen UNION ALL SELECT NULL",
            "SET TimeZone = 'America/New_York'"
        )
        let check = Check("t", freshness: Freshness(column: "seen", maxAge: .seconds(86_400)), onFail: .warn)
        let outcome = try fixture.judge(check).checks[0]
        #expect(outcome.message == message)
        #expect((outcome.status == .pass) == holds)
    }

    private static let before = TableSchema(
        table: "t",
        columns: [("id", "INTEGER"), ("title", "VARCHAR"), ("age", "INTEGER"), ("url", "VARCHAR"), ("seen", "DATE")]
            .map { TableSchema.Column(name: $0.0, type: $0.1) }
    )

    private static let changed: SQL = """
        CREATE TABLE t__pintail_new (title VARCHAR, age BIGINT, seen DATE, id INTEGER, tags VARCHAR[], note VARCHAR)
        """

    private static let changes = """
        t: the columns differ from those of the last good run: added: tags VARCHAR[], note VARCHAR; removed: url; \
        retyped: age BIGINT (was INTEGER); reordered: id (column 4, was 1)
        """

    @Test func `drift names every column that was added, removed, retyped or reordered`() throws {
        let fixture = try CheckFixture(Self.changed)
        let error = try fixture.failure(Check("t", drift: .fail), lastGood: Self.before)
        #expect(error.message == "t breaks its claim: " + Self.changes)
        #expect(error.checks.map(\.check) == ["drift"])
    }

    @Test func `a drift that is only warned of leaves the contract as it was`() throws {
        let fixture = try CheckFixture(Self.changed)
        let result = try fixture.judge(Check("t", drift: .warn), lastGood: Self.before)
        #expect(result.warnings == [Self.changes])
        #expect(result.schema == Self.before)
    }

    @Test func `a drift that is accepted becomes the contract`() throws {
        let fixture = try CheckFixture(Self.changed)
        let result = try fixture.judge(Check("t", drift: .evolve), lastGood: Self.before)
        #expect(result.checks.map(\.message) == [Self.changes + "; accepted"])
        #expect(result.schema?.columns.map(\.name) == ["title", "age", "seen", "id", "tags", "note"])
        let again = try fixture.judge(Check("t", drift: .fail), lastGood: result.schema)
        #expect(again.checks.map(\.message) == ["t: the columns are those of the last good run"])
    }

    @Test func `the first run records the columns`() throws {
        let fixture = try CheckFixture("CREATE TABLE t__pintail_new (id INTEGER, price DECIMAL(18, 3))")
        let result = try fixture.judge(Check("t", drift: .fail))
        #expect(result.checks.map(\.message) == ["t: its 2 columns are recorded; there is no good run before"])
        #expect(result.schema?.columns.map(\.type) == ["INTEGER", "DECIMAL(18,3)"])
    }

    @Test(
        arguments: [
            ("abc", "abc", ""), ("abc", "cab", "reordered: c (column 1, was 3)"), ("abc", "", "removed: a, b, c"),
            ("abcd", "dabc", "reordered: d (column 1, was 4)"), ("ab", "axb", "added: x T"),
            ("abc", "cba", "reordered: b (column 2, was 2), a (column 3, was 1)"),
        ]
    )
    func `as few columns as possible are said to have moved`(old: String, new: String, description: String) {
        func schema(_ names: String) -> TableSchema {
            TableSchema(table: "t", columns: names.map { TableSchema.Column(name: String($0), type: "T") })
        }
        #expect(SchemaDrift(from: schema(old), to: schema(new)).description == description)
    }
}
