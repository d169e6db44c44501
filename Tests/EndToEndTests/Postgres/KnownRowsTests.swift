import TestSupport
import Testing

/// Loads of rows that an earlier run has left in the table: they are not sent again, as long as that is certain.
@Suite struct KnownRowsTests {
    private static let rows = 12_000

    /// A table of things with their colours, by two references; each run takes the rows of `things.csv`.
    private func project(_ rules: String = "") async throws -> PostgresProject {
        let project = try await PostgresProject(
            tables: """
                CREATE TABLE colours (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text UNIQUE NOT NULL);
                CREATE TABLE things (id uuid PRIMARY KEY, code text UNIQUE NOT NULL, price numeric(10, 2), facts json,
                    colour_id int REFERENCES colours);
                CREATE TABLE uses (thing uuid REFERENCES things)
                """
        )
        try write(project)
        try project.pipeline(
            """
            - extract: things
              from: things.csv
              types: {code: string, facts: json}
            - load: things
              into: pg.public.things
              mode: upsert
              key: code
              \(rules)
              references:
                colour_id: {from: colour, table: colours, match: name, missing: create}
            """
        )
        return project
    }

    /// Things from 1 on, those with a number that `edit` divides with another price.
    private func write(_ project: PostgresProject, edit: Int? = nil, rows: Int = rows) throws {
        let lines = (1...rows).map { number in
            let isEdited = edit.map { number % $0 == 0 } ?? false
            return "c\(number),\(isEdited ? "1.5" : "2.50"),\"{\"\"a\"\":\(number)}\",colour \(number % 10)"
        }
        try project.folder.write("code,price,facts,colour\n" + lines.joined(separator: "\n") + "\n", to: "things.csv")
    }

    /// What tells each row's version from others.
    private let versions = "SELECT sum(hashtextextended(code || xmin || ctid, 0)) FROM things"

    @Test func `rows that are the same again are neither sent nor written`() async throws {
        let project = try await project()
        _ = try await project.mustPintail("run")
        let before = try await project.rows(versions)
        let second = try await project.mustPintail("run")
        #expect(second.contains("0 inserted, 0 updated, 12,000 unchanged"), "\(second)")
        #expect(second.contains("public.things is as the last run left it: of 12,000 rows 0 are sent"), "\(second)")
        #expect(try await project.rows(versions) == before)
    }

    @Test func `of an edited file the edited rows are sent, and the run after it sends none`() async throws {
        let project = try await project()
        _ = try await project.mustPintail("run")
        try write(project, edit: 100, rows: Self.rows + 5)
        let edited = try await project.mustPintail("run")
        #expect(edited.contains("of 12,005 rows 125 are sent"), "\(edited)")
        #expect(edited.contains("5 inserted, 120 updated, 11,880 unchanged"), "\(edited)")
        let priced = "SELECT count(*), count(*) FILTER (WHERE price = 1.5) FROM things"
        #expect(try await project.rows(priced) == "12005|120")
        let third = try await project.mustPintail("run")
        #expect(third.contains("of 12,005 rows 0 are sent"), "\(third)")
        #expect(third.contains("0 inserted, 0 updated, 12,005 unchanged"), "\(third)")
    }

    @Test(arguments: [
        "UPDATE things SET price = 9 WHERE code = 'c77'",
        "DELETE FROM things WHERE code = 'c77'",
        "UPDATE things SET facts = '{}' WHERE code = 'c77'",
        "UPDATE things SET colour_id = NULL WHERE code = 'c77'",
        "INSERT INTO things SELECT gen_random_uuid(), 'other', 1; UPDATE things SET price = 3 WHERE code = 'c77'",
    ])
    func `what somebody else did to the table is seen, and put right`(_ change: String) async throws {
        let project = try await project()
        _ = try await project.mustPintail("run")
        let wanted = try await project.rows("SELECT code, price, facts, colour_id FROM things WHERE code = 'c77'")
        _ = try await project.rows(change)
        let second = try await project.mustPintail("run")
        #expect(!second.contains("is as the last run left it"), "\(second)")
        #expect(second.contains("11,999 unchanged"), "\(second)")
        #expect(try await project.rows("SELECT code, price, facts, colour_id FROM things WHERE code = 'c77'") == wanted)
        let third = try await project.mustPintail("run")
        #expect(third.contains("of 12,000 rows 0 are sent"), "\(third)")
    }

    @Test func `a change that was under way during a run is seen by the next one`() async throws {
        let project = try await project()
        _ = try await project.mustPintail("run")
        let other = try ChildProcess(
            try await project.rows("SELECT setting || '/psql' FROM pg_config WHERE name = 'BINDIR'"),
            ["-qXAt", "-d", project.server.connectionString(database: project.database)],
            hasInput: true
        )
        other.write("BEGIN; UPDATE things SET price = 9 WHERE code = 'c77';\nSELECT 'changed';\n")
        try await eventually("the row is changed") { other.standardOutput.contains("changed") }
        try write(project, edit: 100)
        let second = try await project.mustPintail("run")
        #expect(second.contains("of 12,000 rows 120 are sent"), "\(second)")
        other.write("COMMIT;\n")
        other.closeInput()
        #expect(try await other.wait() == .exited(0))
        let third = try await project.mustPintail("run")
        #expect(third.contains("0 inserted, 1 updated, 11,999 unchanged"), "\(third)")
        #expect(try await project.rows("SELECT price FROM things WHERE code = 'c77'") == "2.50")
    }

    @Test func `what was noted under other rules does not count`() async throws {
        let project = try await project("update: [colour_id]")
        _ = try await project.mustPintail("run")
        try write(project, edit: 100)
        let second = try await project.mustPintail("run")
        #expect(second.contains("0 updated, 12,000 unchanged"), "\(second)")
        let steps = try project.folder.read("pipelines/load.yml").replacing("update: [colour_id]", with: "")
        try project.folder.write(steps, to: "pipelines/load.yml")
        let third = try await project.mustPintail("run")
        #expect(third.contains("120 updated, 11,880 unchanged"), "\(third)")
    }

    @Test func `a table that was emptied is filled again`() async throws {
        let project = try await project()
        _ = try await project.mustPintail("run")
        _ = try await project.rows("TRUNCATE things CASCADE")
        let second = try await project.mustPintail("run")
        #expect(second.contains("12,000 inserted"), "\(second)")
    }

    @Test func `a name that leads elsewhere now is followed`() async throws {
        let project = try await project()
        _ = try await project.mustPintail("run")
        let second = try await project.mustPintail("run")
        #expect(second.contains("0 inserted, 0 updated, 12,000 unchanged"), "\(second)")
        _ = try await project.rows("UPDATE colours SET name = 'other' WHERE name = 'colour 3'")
        let third = try await project.mustPintail("run")
        #expect(third.contains("1,200 updated, 10,800 unchanged"), "\(third)")
        let colours = "SELECT c.name FROM things JOIN colours c ON c.id = colour_id WHERE code = 'c13'"
        #expect(try await project.rows(colours) == "colour 3")
    }

    @Test func `of two rows with one key the later one counts, in whichever order they come`() async throws {
        let project = try await project()
        let lines = (1...Self.rows).map { "c\($0),1,,colour 1" }
        func write(_ twice: [String]) throws {
            let all = ["code,price,facts,colour"] + lines + twice
            try project.folder.write(all.joined(separator: "\n") + "\n", to: "things.csv")
        }
        try write(["twice,7,,colour 1", "twice,8,,colour 1"])
        _ = try await project.mustPintail("run")
        let second = try await project.mustPintail("run")
        #expect(second.contains("12,001 unchanged, 1 superseded"), "\(second)")
        try write(["twice,8,,colour 1", "twice,7,,colour 1"])
        let third = try await project.mustPintail("run")
        #expect(third.contains("1 updated, 12,000 unchanged, 1 superseded"), "\(third)")
        #expect(try await project.rows("SELECT price FROM things WHERE code = 'twice'") == "7.00")
    }

    @Test func `rows that were put aside stay so, and come back when they were taken away`() async throws {
        let project = try await project()
        let steps = try project.folder.read("pipelines/load.yml").replacing("create", with: "quarantine")
        try project.folder.write(steps, to: "pipelines/load.yml")
        _ = try await project.rows("INSERT INTO colours (name) SELECT 'colour ' || n FROM generate_series(0, 8) n")
        _ = try await project.mustPintail("run")
        for _ in 1...2 {
            let next = try await project.mustPintail("run")
            #expect(next.contains("10,800 unchanged, 1,200 quarantined"), "\(next)")
            let runs = try await project.mustPintail(
                "query",
                "--format",
                "csv",
                "SELECT count(*), count(DISTINCT run_id), max(run_id) FROM quarantine.things"
            )
            let run = try #require(next.split(separator: " ").first { $0.hasPrefix("20") })
            #expect(runs.contains("1200,1,\(run.prefix { $0 != ":" })"), "\(runs)")
        }
        _ = try await project.mustPintail("quarantine", "things", "--discard")
        let again = try await project.mustPintail("run")
        #expect(again.contains("10,800 unchanged, 1,200 quarantined"), "\(again)")
        let open = try await project.mustPintail("quarantine", "things")
        #expect(open.contains("1,200"), "\(open)")
    }
}
