import DuckDB
import PintailOrchestrator
import PintailProject
import Testing

@testable import PintailEngine

/// What a check does with the table it judges.
@Suite struct CheckStepTests {
    private static let articles: SQL = """
        CREATE TABLE t__pintail_new AS FROM (VALUES
            (1, 'one', 'a', 1.5), (2, NULL, 'b', 'nan'::DOUBLE), (3, 'three', 'a', NULL), (4, NULL, 'a', 2)) AS v(id, title, url, score)
        """

    private static let put: SQL = "quarantine.t__pintail_new"

    @Test func `a claim that fails names itself, its rows, and what became of the table`() throws {
        let fixture = try CheckFixture(Self.articles, "CREATE TABLE t AS SELECT 0 AS id")
        let check = Check(
            "t",
            columns: [
                ColumnChecks("title", [.notNull]), ColumnChecks("url", [.unique]), ColumnChecks("id", [.notNull]),
            ]
        )
        let error = try fixture.failure(check)
        #expect(
            error.message == """
                t breaks 2 of 3 claims: title: 2 of 4 rows are NULL, such as row 2; \
                url: 2 of 4 rows repeat an earlier value, such as 'a'
                """
        )
        #expect(error.dataState == "t is unchanged: the table of the last good run stays in place")
        #expect(error.checks.map(\.status) == [.fail, .fail, .pass])
        #expect(error.checks.map(\.failingRows) == [2, 2, 0])
        #expect(error.checks[0].sample == ["row 2", "row 4"])
        #expect(try fixture.texts("SELECT count(*) FROM t__pintail_new") == ["4"])
    }

    @Test func `a table made for the first time is said not to have been made`() throws {
        let fixture = try CheckFixture(Self.articles)
        let error = try fixture.failure(Check("t", columns: [ColumnChecks("title", [.notNull])]))
        #expect(error.dataState == "t was not made; there was none before")
    }

    @Test func `a warning lets the table pass and is repeated as a warning`() throws {
        let fixture = try CheckFixture(Self.articles)
        let claims = [ColumnClaim(.notNull, onFail: .warn)]
        let result = try fixture.judge(Check("t", columns: [ColumnChecks("title", claims)]))
        #expect(result.checks.map(\.status) == [.warn])
        #expect(result.warnings == ["title: 2 of 4 rows are NULL, such as row 2"])
        #expect(result.quarantinedRows == nil)
    }

    @Test func `offenders move to quarantine once, with every claim they break`() throws {
        let fixture = try CheckFixture(Self.articles)
        let check = Check(
            "t",
            columns: [
                ColumnChecks("title", [.notNull]), ColumnChecks("url", [.unique]),
                ColumnChecks("score", [.range(max: 9)]),
            ],
            rowCount: Bounds(min: 1, max: 1),
            onFail: .quarantine
        )
        let result = try fixture.judge(check)
        #expect(result.quarantinedRows == 3)
        #expect(
            result.checks.map(\.message) == [
                "title: 2 of 4 rows are NULL, such as row 2; moved to quarantine.t",
                "url: 2 of 4 rows repeat an earlier value, such as 'a'; moved to quarantine.t",
                "score: 1 of 4 rows is not 9 or less, such as 'nan' in row 2; moved to quarantine.t",
                "t: 1 row, and 1 to 1 are expected",
            ]
        )
        #expect(try fixture.texts("SELECT id FROM t__pintail_new") == ["1"])
        #expect(
            try fixture.texts(
                "SELECT column_name, rule, value, reason, len(broken), raw, raw_form, node, run_id FROM \(Self.put) ORDER BY raw"
            ) == [
                #"title|not_null|NULL|title is NULL|2|{"id":2,"title":null,"url":"b","score":"nan"}|row|check:t|run-1"#,
                #"url|unique|a|url repeats an earlier value: a|1|{"id":3,"title":"three","url":"a","score":null}|row|check:t|run-1"#,
                #"title|not_null|NULL|title is NULL|2|{"id":4,"title":null,"url":"a","score":2.0}|row|check:t|run-1"#,
            ]
        )
        #expect(
            try fixture.texts(
                """
                SELECT column_name, rule, value, reason FROM (
                    SELECT raw, unnest(broken, max_depth := 2) FROM \(Self.put)) ORDER BY raw
                """
            ) == [
                "title|not_null|NULL|title is NULL", "score|range|nan|score is not 9 or less: nan",
                "url|unique|a|url repeats an earlier value: a",
                "title|not_null|NULL|title is NULL", "url|unique|a|url repeats an earlier value: a",
            ]
        )
    }

    @Test func `when a fail claim fails, nothing is moved`() throws {
        let fixture = try CheckFixture(Self.articles)
        let check = Check(
            "t",
            columns: [ColumnChecks("title", [.notNull])],
            rowCount: Bounds(min: 3),
            onFail: .quarantine
        )
        #expect(
            try fixture.failure(check).message
                == "t breaks 1 of 2 claims: t: 2 rows, and at least 3 are expected"
        )
        #expect(try fixture.texts("SELECT count(*) FROM t__pintail_new") == ["4"])
        #expect(try fixture.texts("SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'quarantine'") == ["0"])
        #expect(try fixture.texts("SELECT count(*) FROM duckdb_tables() WHERE temporary") == ["0"])
        #expect(try fixture.texts("SELECT count(*) FROM duckdb_views() WHERE temporary AND NOT internal") == ["0"])
    }

    @Test func `a view is made again without the offenders`() throws {
        let fixture = try CheckFixture(
            "CREATE TABLE source AS FROM (VALUES (1, 'a'), (2, 'a'), (3, NULL), (4, 'b'), (4, 'b')) AS v(id, url)",
            #"CREATE VIEW "t__pintail_new" (id, "the AS url") AS SELECT id, url FROM source"#
        )
        let check = Check("t", columns: [ColumnChecks("the AS url", [.notNull, .unique])], onFail: .quarantine)
        let result = try fixture.judge(check, StagedTable("t", kind: .view))
        #expect(result.quarantinedRows == 3)
        #expect(try fixture.texts(#"SELECT "the AS url" FROM t__pintail_new ORDER BY 1"#) == ["a", "b"])
        #expect(
            try fixture.texts("SELECT rule FROM quarantine.t__pintail_new ORDER BY 1") == [
                "not_null", "unique", "unique",
            ]
        )
        try fixture.connection.execute("ALTER VIEW t__pintail_new RENAME TO t")
        #expect(try fixture.texts("SELECT count(*) FROM t") == ["2"])
    }

    @Test func `rows to be added are judged together with those that are there`() throws {
        let fixture = try CheckFixture(
            "CREATE TABLE t AS FROM (VALUES (1, 'a'), (2, 'b'), (9, 'gone')) AS v(id, url)",
            "CREATE TABLE t__pintail_new AS FROM (VALUES ('b', 3, 'new'), ('c', 4, 'new'), ('gone', 9, 'new')) AS v(url, id, tag)"
        )
        let check = Check("t", columns: [ColumnChecks("url", [.unique])], rowCount: Bounds(max: 5), onFail: .quarantine)
        let staged = StagedTable("t", publication: .append, replacedRows: "id = 9")
        let result = try fixture.judge(check, staged)
        #expect(
            result.checks[0].message == "url: 1 of 5 rows repeats an earlier value, such as 'b'; moved to quarantine.t"
        )
        #expect(try fixture.texts("SELECT url FROM t__pintail_new") == ["c", "gone"])
        #expect(try fixture.texts("SELECT raw FROM quarantine.t__pintail_new") == [#"{"url":"b","id":3,"tag":"new"}"#])
        #expect(try fixture.texts("SELECT count(*) FROM t") == ["3"])
    }

    @Test func `offenders published before stay, and that is said`() throws {
        let fixture = try CheckFixture(
            "CREATE TABLE t AS FROM (VALUES (NULL), ('b')) AS v(url)",
            "CREATE TABLE t__pintail_new AS FROM (VALUES (NULL), ('c')) AS v(url)"
        )
        let check = Check("t", columns: [ColumnChecks("url", [.notNull])], onFail: .quarantine)
        let result = try fixture.judge(check, StagedTable("t", publication: .append))
        #expect(
            result.checks[0].message
                == "url: 2 of 4 rows are NULL, such as row 1; moved to quarantine.t, but not 1 row published before"
        )
        #expect(try fixture.texts("SELECT url FROM t ORDER BY 1") == ["b", "NULL"])
    }

    @Test func `a table that is published already gives up its offenders`() throws {
        let fixture = try CheckFixture("CREATE TABLE t AS FROM (VALUES (1), (NULL)) AS v(id)")
        let check = Check("t", columns: [ColumnChecks("id", [.notNull])], onFail: .quarantine)
        #expect(try fixture.judge(check, nil).quarantinedRows == 1)
        #expect(try fixture.texts("SELECT id FROM t") == ["1"])
    }

    @Test func `references are looked up in another table and in the table itself`() throws {
        let fixture = try CheckFixture(
            "CREATE TABLE publications AS FROM (VALUES (1), (2), (NULL)) AS v(id)",
            "CREATE TABLE t__pintail_new AS FROM (VALUES (1, 1, '2'), (2, 7, 'x'), (3, NULL, NULL), (4, 2, '1')) AS v(id, publication, parent)"
        )
        let check = Check(
            "t",
            columns: [
                ColumnChecks(
                    "publication",
                    [.references("publications", "id"), .references("main.publications", "ID")]
                ),
                ColumnChecks("parent", [.references("t", "id")]),
            ],
            onFail: .warn
        )
        #expect(
            try fixture.judge(check).checks.map(\.message) == [
                "publication: 1 of 4 rows has no match in publications.id, such as '7' in row 2",
                "publication: 1 of 4 rows has no match in main.publications.ID, such as '7' in row 2",
                "parent: 1 of 4 rows has no match in t.id, such as 'x' in row 2",
            ]
        )
    }

    @Test func `a table without rows to refer to matches nothing`() throws {
        let fixture = try CheckFixture(
            "CREATE TABLE p (id INT)",
            "CREATE TABLE t__pintail_new AS FROM (VALUES (1), (NULL)) AS v(p)"
        )
        let check = Check("t", columns: [ColumnChecks("p", [.references("p", "id")])], onFail: .warn)
        #expect(try fixture.judge(check).checks[0].failingRows == 1)
    }

    @Test func `a missing table is named, with the one that was probably meant`() throws {
        let fixture = try CheckFixture("CREATE TABLE articles (id INT)")
        let error = try fixture.failure(Check("artcles"), nil)
        #expect(error.message == "there is no table 'artcles' to check")
        #expect(error.hint == "did you mean 'articles'?")
    }

    @Test func `a column of the wrong type fails rather than put every row aside`() throws {
        let fixture = try CheckFixture("CREATE TABLE t__pintail_new AS SELECT 7 AS postcode")
        let check = Check("t", columns: [ColumnChecks("postcode", [.type("string")])], onFail: .quarantine)
        #expect(
            try fixture.failure(check).message
                == "t breaks its claim: postcode: 1 of 1 row is INTEGER, not string"
        )
    }

    @Test func `of two claims of one name, only the one that puts rows aside says so`() throws {
        let fixture = try CheckFixture("CREATE TABLE t__pintail_new AS FROM (VALUES ('a'), ('1')) AS v(code)")
        let claims = [ColumnClaim(.regex("[a-z]"), onFail: .warn), ColumnClaim(.regex(".*[^1]"), onFail: .quarantine)]
        let result = try fixture.judge(Check("t", columns: [ColumnChecks("code", claims)]))
        #expect(
            result.checks.map(\.message) == [
                "code: 1 of 2 rows does not match [a-z], such as '1' in row 2",
                "code: 1 of 2 rows does not match .*[^1], such as '1' in row 2; moved to quarantine.t",
            ]
        )
    }

    @Test func `a view takes over the lookups of the claims that put rows aside, and no others`() throws {
        let fixture = try CheckFixture(
            "CREATE TABLE p AS FROM (VALUES (1)) AS v(id)",
            "CREATE TABLE q AS FROM (VALUES (1)) AS v(id)",
            "CREATE TABLE source AS FROM (VALUES (1, 1), (2, 1), (NULL, 1)) AS v(p, q)",
            "CREATE VIEW t__pintail_new AS FROM source"
        )
        let check = Check(
            "t",
            columns: [ColumnChecks("q", [.references("q", "id")]), ColumnChecks("p", [.references("p", "id")])],
            onFail: .quarantine
        )
        #expect(try fixture.judge(check, StagedTable("t", kind: .view)).quarantinedRows == 1)
        try fixture.connection.execute("DROP TABLE q")
        #expect(try fixture.texts("SELECT p FROM t__pintail_new ORDER BY 1") == ["1", "NULL"])
    }

    @Test func `a view that refers to itself cannot put rows aside`() throws {
        let fixture = try CheckFixture("CREATE VIEW t__pintail_new AS SELECT 1 AS id, 2 AS parent")
        let check = Check("t", columns: [ColumnChecks("parent", [.references("t", "id")])], onFail: .quarantine)
        #expect(
            try fixture.failure(check, StagedTable("t", kind: .view)).message == """
                t is read anew each time and refers to itself: say 'strategy: eager' on its extract to put rows aside
                """
        )
    }

    @Test(arguments: [
        ("DATE", "TIMESTAMP"), ("INTEGER", "DECIMAL(18,3)"), ("VARCHAR", "INTEGER"), ("ENUM('1')", "VARCHAR"),
    ])
    func `a reference finds its match whatever the two types`(types: (String, String)) throws {
        let value = types.0 == "DATE" ? "2024-01-31" : "1"
        let fixture = try CheckFixture(
            "CREATE TABLE p AS SELECT CAST(\(literal: value) AS \(SQL(verbatim: types.1))) AS id",
            "CREATE TABLE t__pintail_new AS SELECT CAST(\(literal: value) AS \(SQL(verbatim: types.0))) AS p"
        )
        let check = Check("t", columns: [ColumnChecks("p", [.references("p", "id")])], onFail: .warn)
        // A decimal's text is not an integer's, so those are compared as numbers.
        #expect(try fixture.judge(check).checks.map(\.status) == [.pass])
    }
}
