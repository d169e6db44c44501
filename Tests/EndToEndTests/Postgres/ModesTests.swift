import TestSupport
import Testing

/// What becomes of a table's rows and of what hangs on it, by `mode`.
@Suite struct PostgresModeTests {
    private static let old =
        "CREATE TABLE people (id bigint PRIMARY KEY, name text); INSERT INTO people VALUES (0, 'old'), (1, 'A')"

    /// A mode, what is there, how the run ends and what is there afterwards.
    static let cases: [(mode: String, tables: String, exit: Int32, rows: String)] = [
        ("fail", "", 0, "1|Ann\n2|Bo"),
        ("fail", old, 1, "0|old\n1|A"),
        ("append", "", 0, "1|Ann\n2|Bo"),
        (
            "append", "CREATE TABLE people (id bigint, name text); INSERT INTO people VALUES (1, 'A')", 0,
            "1|A\n1|Ann\n2|Bo"
        ),
        ("append", old, 1, "0|old\n1|A"),
        ("replace", "", 0, "1|Ann\n2|Bo"),
        ("replace", old, 0, "1|Ann\n2|Bo"),
        ("upsert", "", 0, "1|Ann\n2|Bo"),
        ("upsert", old, 0, "0|old\n1|Ann\n2|Bo"),
    ]

    @Test(arguments: cases) func `a pipeline loads by mode`(
        _ mode: String,
        _ tables: String,
        _ exit: Int32,
        _ rows: String
    )
        async throws
    {
        let project = try await PostgresProject(tables: tables)
        try project.folder.write("id,name\n1,Ann\n2,Bo\n", to: "people.csv")
        try project.pipeline(
            """
            - extract: people
              from: people.csv
            - load: people
              into: pg.public.people
              mode: \(mode)
            \(mode == "upsert" ? "  key: id" : "")
            """
        )
        let result = try await project.pintail("run")
        #expect(result.exitCode == exit, "\(result.standardError)")
        #expect(try await project.rows("SELECT * FROM people ORDER BY id, name") == rows)
    }

    @Test(arguments: cases) func `a copy loads by mode`(_ mode: String, _ tables: String, _ exit: Int32, _ rows: String)
        async throws
    {
        let project = try await PostgresProject(tables: tables)
        try await project.parquet(
            "people.parquet",
            "SELECT * FROM (VALUES (1::BIGINT, 'Ann'), (2, 'Bo')) AS p (ID, Name)"
        )
        var arguments = [
            "copy", "people.parquet", project.address("public.people"), "--rename", "lower", "--mode", mode,
        ]
        if mode == "upsert" { arguments += ["--key", "id"] }
        let result = try await run(PintailBinary.path, arguments, currentDirectory: project.folder.path)
        #expect(result.exitCode == exit, "\(result.standardError)")
        #expect(try await project.rows("SELECT * FROM people ORDER BY id, name") == rows)
    }

    @Test func `a replaced table keeps its grants, indexes, comments and views`() async throws {
        let project = try await PostgresProject(
            tables: """
                \(Self.old);
                CREATE INDEX people_name ON people (name);
                COMMENT ON TABLE people IS 'who they are';
                COMMENT ON COLUMN people.name IS 'as they say it';
                GRANT SELECT ON people TO pg_monitor;
                CREATE VIEW names AS SELECT name FROM people
                """
        )
        try await project.parquet("people.parquet", "SELECT range AS id, 'n' || range AS name FROM range(3)")
        try await project.mustPintail("copy", "people.parquet", project.address("public.people"), "--mode", "replace")
        #expect(try await project.rows("SELECT * FROM names ORDER BY 1") == "n0\nn1\nn2")
        let kept = try await project.rows(
            """
            SELECT obj_description('people'::regclass), col_description('people'::regclass, 2),
                has_table_privilege('pg_monitor', 'people', 'SELECT'), to_regclass('people_name') IS NOT NULL,
                (SELECT count(*) FROM pg_constraint WHERE conrelid = 'people'::regclass AND contype = 'p')
            """
        )
        #expect(kept == "who they are|as they say it|t|t|1")
        #expect(try await project.rows("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == "1")
    }

    @Test func `a view that would break is named before a row is moved`() async throws {
        let project = try await PostgresProject(tables: "\(Self.old); CREATE VIEW names AS SELECT name FROM people")
        try await project.parquet("people.parquet", "SELECT 1 AS id")
        let result = try await project.pintail(
            "copy",
            "people.parquet",
            project.address("public.people"),
            "--mode",
            "replace"
        )
        #expect(result.exitCode == 1)
        #expect(result.standardError.contains("names"))
        #expect(result.standardError.contains("nothing was written"))
        #expect(try await project.rows("SELECT * FROM people") == "0|old\n1|A")
    }

    static let names = ["MixedCase", "Täble \"q\"", "select", "with.point", "emoji 🦆", "o'clock"]

    @Test(arguments: names) func `names of any kind go there and back`(_ name: String) async throws {
        let project = try await PostgresProject()
        let columns = #"7 AS "Größe (cm)", 'x' AS "select", 'ñandú 🦆' AS "a""b", true AS "Mixed""#
        try await project.parquet("in.parquet", "SELECT \(columns)")
        try await project.mustPintail("copy", "in.parquet", project.address("public." + name))
        let quoted = name.replacing("\"", with: "\"\"")
        #expect(try await project.rows("SELECT * FROM public.\"\(quoted)\"") == "7|x|ñandú 🦆|t")
        try await project.mustPintail("copy", project.address("public." + name), "out.csv")
        #expect(
            try project.folder.read("out.csv") == "Größe (cm),select,\"a\"\"b\",Mixed\n7,x,ñandú 🦆,true\n"
        )
    }

    @Test func `a big new table is filled by several streams, each row once`() async throws {
        let project = try await PostgresProject()
        try await project.parquet("t.parquet", "SELECT range AS i FROM range(1_200_000)")
        let events = try await project.mustPintail(
            "copy",
            "t.parquet",
            project.address("public.t"),
            "--mode",
            "replace",
            "--threads",
            "2",
            "--json"
        )
        #expect(events.contains(#""streams":2"#))
        let sums = try await project.rows("SELECT count(*), count(DISTINCT i), sum(i) FROM t")
        #expect(sums == "1200000|1200000|719999400000")
    }
}
