import TestSupport
import Testing

/// How new rows meet those of the table.
@Suite struct MergeTests {
    private static let old = """
        CREATE TABLE people (id int PRIMARY KEY, name text, age int, seen date, gone timestamptz, off boolean NOT NULL DEFAULT false);
        INSERT INTO people VALUES (1, 'Ann', 30, '2024-01-10'), (2, 'Bo', 40, '2024-01-10'), (9, 'Old', 99, '2020-01-01')
        """

    struct Case: Sendable, CustomTestStringConvertible {
        let rules: String
        let rows: String
        let said: String
        let left: String
        var testDescription: String { rules }
    }

    private static let cases = [
        Case(
            rules: "on_conflict: update",
            rows: "1,Ann,31,2024-01-10\n2,Bo,40,2024-01-10\n3,Cy,50,2024-02-02",
            said: "1 inserted, 1 updated, 1 unchanged",
            left: "1|Ann|31\n2|Bo|40\n3|Cy|50\n9|Old|99"
        ),
        Case(
            rules: "update: [age]",
            rows: "1,Anna,31,2024-02-02\n3,Cy,50,2024-02-02\n2,Bob,40,2024-02-02",
            said: "1 inserted, 1 updated, 1 unchanged",
            left: "1|Ann|31\n2|Bo|40\n3|Cy|50\n9|Old|99"
        ),
        Case(
            rules: "on_conflict: ignore",
            rows: "1,Anna,31,2024-02-02\n3,Cy,50,2024-02-02",
            said: "1 inserted, 0 updated, 1 unchanged",
            left: "1|Ann|30\n2|Bo|40\n3|Cy|50\n9|Old|99"
        ),
        Case(
            rules: "on_conflict: newest(seen)",
            rows: "1,Anna,31,2024-02-02\n2,Bob,41,2024-01-09\n1,Annie,32,2024-02-01",
            said: "0 inserted, 1 updated, 1 unchanged, 1 superseded",
            left: "1|Anna|31\n2|Bo|40\n9|Old|99"
        ),
        Case(
            rules: "duplicates: last",
            rows: "1,Anna,31,2024-02-02\n1,Annie,32,2024-02-01",
            said: "0 inserted, 1 updated, 0 unchanged, 1 superseded",
            left: "1|Annie|32\n2|Bo|40\n9|Old|99"
        ),
        Case(
            rules: "duplicates: newest(seen)",
            rows: "1,Anna,31,2024-02-02\n1,Annie,32,2024-02-01",
            said: "0 inserted, 1 updated, 0 unchanged, 1 superseded",
            left: "1|Anna|31\n2|Bo|40\n9|Old|99"
        ),
        Case(
            rules: "missing_rows: delete",
            rows: "1,Ann,30,2024-01-10\n3,Cy,50,2024-02-02",
            said: "1 inserted, 0 updated, 1 unchanged, 2 removed",
            left: "1|Ann|30\n3|Cy|50"
        ),
    ]

    private func project(_ rules: String, _ rows: String, tables: String = old) async throws -> PostgresProject {
        let project = try await PostgresProject(tables: tables)
        try write(rows, to: project)
        try project.pipeline(
            """
            - extract: people
              from: people.csv
              types: {id: int32, name: string, age: int32, seen: date}
            - load: people
              into: pg.public.people
              mode: upsert
              key: id
              \(rules)
            """
        )
        return project
    }

    private func write(_ rows: String, to project: PostgresProject) throws {
        try project.folder.write("id,name,age,seen\n\(rows)\n", to: "people.csv")
    }

    @Test(arguments: cases) func `rows meet by rule, and the numbers say how`(_ example: Case) async throws {
        let project = try await project(example.rules, example.rows)
        let said = try await project.mustPintail("run")
        #expect(said.contains(example.said), "\(said)")
        #expect(try await project.rows("SELECT id, name, age FROM people ORDER BY 1") == example.left)
    }

    @Test(arguments: ["gone", "off"]) func `rows that are missing are marked, and come back`(_ column: String)
        async throws
    {
        let project = try await project("missing_rows: {soft_delete: \(column)}", "1,Ann,30,2024-01-10")
        let first = try await project.mustPintail("run")
        #expect(first.contains("0 inserted, 0 updated, 1 unchanged, 2 removed"), "\(first)")
        let gone = "SELECT id FROM people WHERE \(column == "off" ? "off" : "gone IS NOT NULL") ORDER BY 1"
        #expect(try await project.rows(gone) == "2\n9")
        let again = try await project.mustPintail("run")
        #expect(again.contains("1 unchanged, 0 removed"), "\(again)")
        try write("1,Ann,30,2024-01-10\n2,Bo,40,2024-01-10", to: project)
        let third = try await project.mustPintail("run")
        #expect(third.contains("0 inserted, 1 updated, 1 unchanged, 0 removed"), "\(third)")
        #expect(try await project.rows(gone) == "9")
    }

    @Test func `a source without rows takes nothing away`() async throws {
        let project = try await project("missing_rows: delete", "")
        let result = try await project.pintail("run")
        #expect(result.exitCode == 1)
        #expect(
            result.standardError.contains(
                "there are no rows, so that `missing_rows` would take away all that the table has"
            ),
            "\(result.standardError)"
        )
        #expect(try await project.rows("SELECT count(*) FROM people") == "3")
    }

    @Test(arguments: [
        "CREATE EXTENSION citext; CREATE TABLE people (name citext PRIMARY KEY, age int)",
        """
        CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
        CREATE TABLE people (name text COLLATE loose PRIMARY KEY, age int)
        """,
    ])
    func `keys that only the server finds equal are one row`(_ tables: String) async throws {
        let project = try await PostgresProject(tables: tables)
        try project.folder.write("name,age\nAnn,1\nANN,2\nann,3\nBo,4\n", to: "people.csv")
        try project.pipeline(
            """
            - extract: people
              from: people.csv
            - load: people
              into: pg.public.people
              mode: upsert
              key: name
            """
        )
        let said = try await project.mustPintail("run")
        #expect(said.contains("2 inserted, 0 updated, 0 unchanged, 2 superseded"), "\(said)")
        #expect(try await project.rows("SELECT name, age FROM people ORDER BY 1") == "ann|3\nBo|4")
    }

    // MARK: History

    @Test func `every version of a row is kept`() async throws {
        let project = try await PostgresProject(
            tables:
                "CREATE TABLE people (n serial, id int, name text, since timestamptz, until timestamptz, now boolean)"
        )
        try project.pipeline(
            """
            - extract: people
              from: people.csv
            - load: people
              into: pg.public.people
              mode: history
              key: id
              missing_rows: delete
              history: {valid_from: since, valid_to: until, is_current: now}
            """
        )
        let states = [
            ("1,Ann\n2,Bo", "2 inserted, 0 updated, 0 unchanged, 0 removed", "1|Ann|t|t\n2|Bo|t|t"),
            ("1,Ann\n2,Bo", "0 inserted, 0 updated, 2 unchanged, 0 removed", "1|Ann|t|t\n2|Bo|t|t"),
            ("1,Anna\n2,Bo\n3,Cy", "1 inserted, 1 updated, 1 unchanged", "1|Ann|f|f\n1|Anna|t|t\n2|Bo|t|t\n3|Cy|t|t"),
            (
                "1,Anna\n3,Cy", "0 inserted, 0 updated, 2 unchanged, 1 removed",
                "1|Ann|f|f\n1|Anna|t|t\n2|Bo|f|f\n3|Cy|t|t"
            ),
            (
                "1,Anna\n3,Cy\n2,Bo", "1 inserted, 0 updated, 2 unchanged",
                "1|Ann|f|f\n1|Anna|t|t\n2|Bo|f|f\n2|Bo|t|t\n3|Cy|t|t"
            ),
        ]
        for (rows, said, left) in states {
            try project.folder.write("id,name\n\(rows)\n", to: "people.csv")
            let printed = try await project.mustPintail("run")
            #expect(printed.contains(said), "\(printed)")
            #expect(try await project.rows("SELECT id, name, until IS NULL, now FROM people ORDER BY id, n") == left)
        }
        let gaps = "SELECT count(*) FROM people a JOIN people b ON a.id = b.id AND a.until = b.since WHERE a.id = 1"
        #expect(try await project.rows(gaps) == "1")
    }

    @Test func `a table of versions is made with one that holds for each key`() async throws {
        let project = try await PostgresProject()
        try project.folder.write("id,name\n1,Ann\n1,Anna\n", to: "people.csv")
        try project.pipeline(
            """
            - extract: people
              from: people.csv
            - load: people
              into: pg.public.people
              mode: history
              key: id
            """
        )
        try await project.mustPintail("run")
        #expect(try await project.rows("SELECT id, name, valid_to, is_current FROM people") == "1|Anna||t")
        #expect(
            try await project.rows("SELECT indexdef FROM pg_indexes WHERE tablename = 'people'")
                == "CREATE UNIQUE INDEX people_id_idx ON public.people USING btree (id) WHERE is_current"
        )
    }

    @Test func `a row that somebody else adds at the same moment is updated`() async throws {
        let project = try await PostgresProject(tables: Self.old)
        try project.folder.write("id,name\n1,Ann\n2,Bob\n3,Cy\n", to: "people.csv")
        try project.pipeline(
            """
            - extract: people
              from: people.csv
            - load: people
              into: pg.public.people
              mode: upsert
              key: id
            """
        )
        let other = try await project.hold("INSERT INTO people (id, name, age) VALUES (3, 'other', 7)")
        let load = try project.start("run")
        try await project.somebodyWaits()
        other.write("COMMIT;\n")
        other.closeInput()
        #expect(try await other.wait() == .exited(0))
        #expect(try await load.wait() == .exited(0), "\(load.standardOutput) \(load.standardError)")
        let told = load.standardOutput + load.standardError
        #expect(told.contains("0 inserted, 2 updated, 1 unchanged"), "\(told)")
        let people = "SELECT id, name, age FROM people WHERE id < 9 ORDER BY 1"
        #expect(try await project.rows(people) == "1|Ann|30\n2|Bob|40\n3|Cy|7")
    }
}
