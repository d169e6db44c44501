import Foundation
import TestSupport
import Testing

/// `pintail quarantine` and `pintail replay` on files: what is shown, what goes through, and that it does once.
@Suite struct ReplayTests {
    private static func steps(oldest: Int = 120, more: String = "") -> String {
        """
        - extract: people
          from: in/*.csv
          incremental: new_files
          types: {id: int64, age: int64, born: date}
          on_bad_rows: quarantine
        - check: people
          columns: {id: [not_null, unique], age: [{range: {min: 0, max: \(oldest)}}]}
          on_fail: quarantine
        - transform: old
          sql: SELECT id, age FROM people WHERE age > 70
        - load: old
          into: out/old.csv
        - load: log
          from: SELECT id FROM old
          into: out/log.csv
          mode: append
        \(more)
        """
    }

    private static let people = """
        id,age,born
        1,80,1940-01-01
        2,130,1890-05-05
        3,999,1900-01-01
        4,90,never
        5,75
        1,20,2001-01-01

        """

    private func project(_ steps: String = steps()) async throws -> TestProject {
        let project = try TestProject(steps)
        try project.write(Self.people, to: "in/a.csv")
        let run = try await project.pintail("run")
        try #require(run.exitCode == 0, "\(run.standardError)")
        return project
    }

    private func replay(_ project: TestProject, _ words: String...) async throws -> String {
        let result = try await run(PintailBinary.path, ["replay"] + words, currentDirectory: project.path)
        try #require(result.exitCode == 0, "\(result.standardError)")
        return result.standardError
    }

    private func ids(_ project: TestProject) async throws -> [String] {
        try await project.rows("SELECT id FROM people ORDER BY id")
    }

    // MARK: What is shown

    @Test func `rows are shown by the rules that they break, with their places`() async throws {
        let project = try await project()
        let run = try await project.latestRun()
        let shown = try await project.pintail("quarantine", "people")
        #expect(
            shown.standardOutput.replacing(run, with: "RUN") == """
                quarantine.people: 5 rows open

                age (range): 2 rows, put aside by check:people  run RUN
                  in/a.csv:3  age is not between 0 and 120: 130  {"id":2,"age":130,"born":"1890-05-05","_source_file":"in/a.csv"}
                  in/a.csv:4  age is not between 0 and 120: 999  {"id":3,"age":999,"born":"1900-01-01","_source_file":"in/a.csv"}

                id (unique): 1 row, put aside by check:people  run RUN
                  in/a.csv:7  id repeats an earlier value: 1  {"id":1,"age":20,"born":"2001-01-01","_source_file":"in/a.csv"}

                born (type): 1 row, put aside by people  run RUN
                  in/a.csv:5  'never' is no date  4,90,never

                read: 1 row, put aside by people  run RUN
                  in/a.csv:6  the row has 2 fields where the header has 3  5,75

                """
        )
        let narrow = try await project.pintail("quarantine", "PEOPLE", "--rule", "range", "--limit", "1")
        #expect(narrow.standardOutput.contains("and 1 more"), "\(narrow.standardOutput)")
        #expect(!narrow.standardOutput.contains("never"))
        let list = try await project.pintail("quarantine", "--json")
        let tables = try #require(try json(list.standardOutput) as? [[String: Any]])
        #expect(tables.first?["open"] as? Int == 5)
        let rows = try await project.pintail("quarantine", "people", "--rows", "--json")
        #expect((try json(rows.standardOutput) as? [[String: Any]])?.count == 5)
    }

    @Test func `a name that nothing was put aside from is met with the one that was meant`() async throws {
        let project = try await project()
        for command in ["quarantine", "replay"] {
            let result = try await project.pintail(command, "peple")
            #expect(result.exitCode == 1)
            #expect(result.standardError.contains("did you mean 'people'?"), "\(result.standardError)")
        }
    }

    // MARK: What goes through

    @Test func `rows that a wider rule lets pass reach every step, and are added once`() async throws {
        let project = try await project()
        #expect(try project.read("out/log.csv") == "id\n1\n")
        let idle = try await replay(project, "people")
        #expect(
            idle.contains(
                "quarantine.people: 0 rows replayed, 2 still break age (range), 1 still breaks born (type), "
                    + "1 still breaks id (unique), 1 still breaks read, 0 left as they were"
            ),
            "\(idle)"
        )
        #expect(try project.read("out/log.csv") == "id\n1\n")

        try project.write(steps: Self.steps(oldest: 150))
        let preview = try await run(
            PintailBinary.path,
            ["replay", "people", "--dry-run"],
            currentDirectory: project.path
        )
        #expect(preview.standardOutput.contains("quarantine.people: 5 open rows would be judged anew"))
        #expect(preview.standardOutput.contains("load:log"))
        #expect(try await ids(project) == ["1"])

        let said = try await replay(project, "people", "--rule", "range", "read")
        #expect(
            said.contains("1 row replayed, 1 still breaks age (range), 1 still breaks read, 2 left as they were"),
            "\(said)"
        )
        #expect(try await ids(project) == ["1", "2"])
        #expect(try project.read("out/old.csv") == "id,age\n1,80\n2,130\n")
        #expect(try project.read("out/log.csv") == "id\n1\n2\n")
        let replayed = try await project.rows(
            "SELECT raw->>'id', replayed_by FROM quarantine.people WHERE replayed_at IS NOT NULL"
        )
        let latest = try await project.latestRun()
        #expect(replayed == ["2,\(latest)"])

        let again = try await replay(project, "people", "--rule", "range")
        #expect(again.contains("0 rows replayed, 1 still breaks age (range)"), "\(again)")
        #expect(try project.read("out/log.csv") == "id\n1\n2\n")
        #expect(try await project.runs().first?["command"] as? String == "replay people --rule=range")
        #expect(try await project.rows("SELECT count(*) FROM _pintail.replays") == ["0"])
    }

    @Test func `rows that were mended in a file are taken as they are there`() async throws {
        let project = try await project()
        #expect(try await project.pintail("quarantine", "people", "--output", "bad.csv").exitCode == 0)
        let written = try project.read("bad.csv")
        let mended = written.replacing("4,90,never", with: "4,90,1950-02-03").replacing("5,75", with: "5,75,1951-02-03")
            .replacing(",999,", with: ",99,")
        #expect(mended != written)
        try project.write(mended, to: "bad.csv")
        let said = try await replay(project, "people", "--from", "bad.csv")
        #expect(said.contains("3 of 5 rows in \(project.path)/bad.csv were mended"), "\(said)")
        #expect(said.contains("3 rows replayed, 1 still breaks age (range), 1 still breaks id (unique)"), "\(said)")
        #expect(
            try await project.rows("SELECT id, age, born, _source_file FROM people WHERE id > 1 ORDER BY id")
                == ["3,99,1900-01-01,in/a.csv", "4,90,1950-02-03,in/a.csv", "5,75,1951-02-03,in/a.csv"]
        )
        #expect(try project.read("out/log.csv") == "id\n1\n3\n4\n5\n")
        let again = try await replay(project, "people", "--from", "bad.csv")
        #expect(again.contains("3 rows of it are not open"), "\(again)")
        #expect(try await ids(project).count == 4)
    }

    @Test func `discarded rows stay, and no replay takes them`() async throws {
        let project = try await project()
        let said = try await project.pintail("quarantine", "people", "--discard")
        #expect(said.standardError.contains("quarantine.people: 5 rows discarded"), "\(said.standardError)")
        let idle = try await replay(project, "people")
        #expect(idle.contains("there is nothing to replay"), "\(idle)")
        #expect(try await project.rows("SELECT count(*) FROM quarantine.people") == ["5"])
        let shown = try await project.pintail("quarantine", "people")
        #expect(shown.standardOutput == "quarantine.people: 0 rows open, 5 discarded\n")
    }

    @Test func `a row whose file is gone stays, and it is told why`() async throws {
        let project = try await project()
        try FileManager.default.removeItem(atPath: "\(project.path)/in/a.csv")
        try project.write(steps: Self.steps(oldest: 150))
        let said = try await replay(project, "people")
        #expect(said.contains("in/a.csv is not there any more"), "\(said)")
        #expect(said.contains("1 row replayed"), "\(said)")
        #expect(said.contains("2 left as they were"), "\(said)")
        #expect(try await ids(project) == ["1", "2"])
    }

    // MARK: Runs afterwards

    @Test func `what is read again run after run stands once, and what a later run took is not added again`()
        async throws
    {
        let project = try TestProject()
        func write(oldest: Int) throws {
            try project.write(
                steps: """
                    - extract: people
                      from: people.csv
                      types: {born: date}
                      on_bad_rows: quarantine
                    - check: people
                      columns: {age: [{range: {min: 0, max: \(oldest)}}]}
                      on_fail: quarantine
                    - load: people
                      into: out/people.csv
                    """
            )
        }
        try write(oldest: 120)
        try project.write(Self.people, to: "people.csv")
        for _ in 0..<3 { #expect(try await project.pintail("run").exitCode == 0) }
        let open = "SELECT count(*), count(DISTINCT run_id) FROM quarantine.people"
        #expect(try await project.rows(open) == ["4,1"])
        let latest = try await project.latestRun()
        #expect(try await project.rows("SELECT DISTINCT run_id FROM quarantine.people") == [latest])

        try write(oldest: 150)
        #expect(try await project.pintail("run").exitCode == 0)
        #expect(try await project.rows("SELECT id FROM people ORDER BY ALL") == ["1", "1", "2"])
        let said = try await replay(project, "people", "--rule", "range")
        #expect(said.contains("1 row replayed (1 of them taken by a later run already)"), "\(said)")
        #expect(try await project.rows("SELECT id FROM people ORDER BY ALL") == ["1", "1", "2"])
    }

    @Test func `rows that a mirrored file holds no more are superseded, and those that it holds stand once`()
        async throws
    {
        let project = try TestProject()
        try project.write(
            steps: """
                - extract: people
                  from: in/*.csv
                  incremental: mirror
                  types: {born: date}
                  on_bad_rows: quarantine
                - check: people
                  columns: {id: [{range: {max: 100}}]}
                  on_fail: quarantine
                """
        )
        let states = """
            SELECT file, CASE raw_form WHEN 'row' THEN raw->>'id' ELSE raw END, superseded_at IS NOT NULL FROM quarantine.people ORDER BY file, line
            """
        try project.write("id,born\n1,never\n2,2001-02-03\n3,often\n104,\n105,\n", to: "in/a.csv")
        try project.write("id,born\n7,soon\n", to: "in/b.csv")
        try project.write("id,born\n8,late\n", to: "in/c.csv")
        #expect(try await project.pintail("run").exitCode == 0)
        try project.write("id,born\n1,never\n2,2001-02-03\n3,2004-05-06\n104,\n5,\n", to: "in/a.csv")
        try FileManager.default.removeItem(atPath: "\(project.path)/in/c.csv")
        #expect(try await project.pintail("run").exitCode == 0)
        #expect(
            try await project.rows(states) == [
                "in/a.csv,\"1,never\",false", "in/a.csv,\"3,often\",true", "in/a.csv,104,false", "in/a.csv,105,true",
                "in/b.csv,\"7,soon\",false", "in/c.csv,\"8,late\",true",
            ]
        )
        // A file that is gone takes its rows along, though nothing else is read.
        try FileManager.default.removeItem(atPath: "\(project.path)/in/b.csv")
        #expect(try await project.pintail("run").exitCode == 0)
        let shown = try await project.pintail("quarantine", "people")
        #expect(
            shown.standardOutput.hasPrefix("quarantine.people: 2 rows open, 4 superseded\n"),
            "\(shown.standardOutput)"
        )
    }

    // MARK: What fails

    @Test func `a check that fails on the way holds the rest up, and the next replay goes on where it was`()
        async throws
    {
        let project = try TestProject()
        func write(oldest: Int, second: Int) throws {
            try project.write(
                steps: """
                    - extract: people
                      from: people.csv
                    - check: people
                      columns: {age: [{range: {max: \(oldest)}}]}
                      on_fail: quarantine
                    - transform: old
                      sql: SELECT id, age FROM people
                    - check: old
                      columns: {age: [{range: {max: \(second)}}]}
                    - load: old
                      into: out/old.csv
                    - load: log
                      from: old
                      into: out/log.csv
                      mode: append
                    """
            )
        }
        try write(oldest: 100, second: 100)
        try project.write("id,age\n1,80\n2,130\n3,120\n", to: "people.csv")
        #expect(try await project.pintail("run").exitCode == 0)
        try write(oldest: 150, second: 125)
        let failed = try await project.pintail("replay", "people")
        #expect(failed.exitCode == 1)
        #expect(failed.standardError.contains("2 rows replayed"), "\(failed.standardError)")
        #expect(try await project.rows("SELECT count(*) FROM people") == ["3"])
        #expect(try await project.rows("SELECT count(*) FROM old") == ["1"])
        let preview = try await project.pintail("replay", "people", "--dry-run")
        #expect(preview.standardOutput.contains("quarantine.people: an earlier replay goes on"))

        try write(oldest: 150, second: 150)
        let retried = try await project.pintail("retry", "last")
        #expect(retried.exitCode == 0, "\(retried.standardError)")
        #expect(try project.read("out/old.csv") == "id,age\n1,80\n2,130\n3,120\n")
        #expect(try project.read("out/log.csv") == "id,age\n1,80\n2,130\n3,120\n")
        let idle = try await replay(project, "people")
        #expect(idle.contains("there is nothing to replay"), "\(idle)")
        #expect(try project.read("out/log.csv") == "id,age\n1,80\n2,130\n3,120\n")
    }

    @Test func `a load that cannot be done is refused before a row is taken`() async throws {
        let project = try await project()
        try project.write(steps: Self.steps(oldest: 150))
        try await mustRun("mv", ["\(project.path)/out/log.csv", "\(project.path)/log.csv"])
        try project.write("", to: "out/log.csv/in-the-way")
        let failed = try await project.pintail("replay", "people", "--rule", "range")
        #expect(failed.exitCode == 2, "\(failed.standardError)")
        #expect(try await ids(project) == ["1"])
        try await mustRun("rm", ["-r", "\(project.path)/out/log.csv"])
        try await mustRun("mv", ["\(project.path)/log.csv", "\(project.path)/out/log.csv"])
        _ = try await replay(project, "people", "--rule", "range")
        #expect(try project.read("out/log.csv") == "id\n1\n2\n")
        #expect(try await ids(project) == ["1", "2"])
    }

    // MARK: What is refused

    @Test func `a load that adds sums is refused before anything is changed`() async throws {
        let sums = """
            - load: sums
              from: SELECT count(*) AS n FROM people
              into: out/sums.csv
              mode: append
            """
        let project = try await project(Self.steps(more: sums))
        try project.write(steps: Self.steps(oldest: 150, more: sums))
        let result = try await project.pintail("replay", "people")
        #expect(result.exitCode == 1)
        #expect(
            result.standardError.contains(
                "load 'sums' adds rows, and what the replayed ones add cannot be told: "
                    + "1 of the rows that it has delivered would be others now"
            ),
            "\(result.standardError)"
        )
        #expect(result.standardError.contains("mode: upsert"))
        #expect(try await ids(project) == ["1"])
        #expect(try project.read("out/log.csv") == "id\n1\n")
        #expect(try await project.rows("SELECT count(replayed_at) FROM quarantine.people") == ["0"])
        #expect(try await project.tables() == ["main.old", "main.people", "quarantine.people"])
    }

    // MARK: Sources

    @Test func `lines of packed files in other encodings are read again as their files are`() async throws {
        let project = try TestProject(
            """
            - extract: sizes
              from: sizes.csv.gz
              rename: {größe: Size}
              types: {n: int64}
              on_bad_rows: quarantine
            """
        )
        let latin = "größe;n\nä;1\nö;x\nü;3\n".unicodeScalars.map { UInt8($0.value) }
        try project.write(latin, to: "sizes.csv")
        try await mustRun("gzip", ["\(project.path)/sizes.csv"])
        #expect(try await project.pintail("run").exitCode == 0)
        let idle = try await replay(project, "sizes")
        #expect(idle.contains("0 rows replayed, 1 still breaks n (type)"), "\(idle)")
        let reason = try await project.rows("SELECT reason FROM quarantine.sizes")
        #expect(reason == ["'x' is no int64"])
        #expect(try await project.pintail("quarantine", "sizes", "--output", "bad.csv").exitCode == 0)
        try project.write(try project.read("bad.csv").replacing("ö;x", with: "ö;2"), to: "bad.csv")
        let said = try await replay(project, "sizes", "--from", "bad.csv")
        #expect(said.contains("1 row replayed, 0 left as they were"), "\(said)")
        #expect(try await project.rows("SELECT \"Size\", n FROM sizes ORDER BY n") == ["ä,1", "ö,2", "ü,3"])
    }

    @Test(arguments: ["ndjson", "json", "parquet"])
    func `records of other sources are read again by the extract's settings`(ending: String) async throws {
        let project = try TestProject(
            """
            - extract: things
              from: things.\(ending)
              rename: {N: n}
              types: {n: int64}
              on_bad_rows: quarantine
            """
        )
        let format = ending == "parquet" ? "parquet" : ending == "json" ? "json, ARRAY true" : "json"
        let made = try await project.pintail(
            "query",
            """
            COPY (SELECT i AS id, CASE i WHEN 2 THEN 'two' ELSE '' || i END AS "N", [i, NULL] AS list,
                {'a': 'ä"' || i} AS part FROM range(1, 4) r(i)) TO 'things.\(ending)' (FORMAT \(format))
            """
        )
        #expect(made.exitCode == 0, "\(made.standardError)")
        let first = try await project.pintail("run")
        #expect(first.exitCode == 0, "\(first.standardError)")
        #expect(try await project.rows("SELECT raw->>'N' FROM quarantine.things") == ["two"])
        #expect(try await project.pintail("quarantine", "things", "--output", "bad.csv").exitCode == 0)
        try project.write(try project.read("bad.csv").replacing("two,", with: "2,"), to: "bad.csv")
        let said = try await replay(project, "things", "--from", "bad.csv")
        #expect(said.contains("1 row replayed, 0 left as they were"), "\(said)")
        let rows = try await project.rows("SELECT id, n, list, part.a FROM things ORDER BY n")
        #expect(rows == [#"1,1,"[1, NULL]","ä""1""#, #"2,2,"[2, NULL]","ä""2""#, #"3,3,"[3, NULL]","ä""3""#])
    }

    // MARK: Sizes and letters

    @Test func `names and values of any letters come back as they were`() async throws {
        let project = try TestProject()
        func write(longest: Int) throws {
            try project.write(
                steps: """
                    - extract: größen
                      from: größen.csv
                    - check: größen
                      columns: {"naïve ~/\\"x": [{length: {max: \(longest)}}]}
                      on_fail: quarantine
                    - load: größen
                      into: out/größen.csv
                    """
            )
        }
        try write(longest: 2)
        let text = """
            ключ,"naïve ~/""x",数
            a,ok,1.50
            b,"👩‍👩‍👧 ""q""
            zwei Zeilen",-0.25
            c,"\u{1F1E9}\u{1F1EA}, ñ; '",1e300

            """
        try project.write(text, to: "größen.csv")
        #expect(try await project.pintail("run").exitCode == 0)
        #expect(try await project.rows("SELECT count(*) FROM quarantine.größen") == ["2"])
        try write(longest: 100)
        _ = try await replay(project, "größen")
        let difference = try await project.rows(
            """
            SELECT count(*) FROM (FROM read_csv('größen.csv', all_varchar = true, header = true) EXCEPT ALL
            SELECT ключ, COLUMNS(1) FROM größen)
            """.replacing("SELECT ключ, COLUMNS(1) FROM größen", with: "SELECT COLUMNS(*)::VARCHAR FROM größen")
                .replacing(
                    "FROM read_csv('größen.csv', all_varchar = true, header = true)",
                    with:
                        "SELECT * REPLACE (数::DOUBLE::VARCHAR AS 数) FROM read_csv('größen.csv', all_varchar = true, header = true)"
                )
        )
        #expect(difference == ["0"])
        #expect(try await project.rows("SELECT count(*) FROM größen") == ["3"])
    }

    @Test func `a hundred thousand rows among a million go through within the memory that is allowed`() async throws {
        let project = try TestProject(settings: "resources: {memory: 700MB}")
        func write(most: Int) throws {
            try project.write(
                steps: """
                    - extract: numbers
                      from: numbers.csv
                      types: {day: date}
                      on_bad_rows: quarantine
                    - check: numbers
                      columns: {n: [{range: {max: \(most)}}]}
                      on_fail: quarantine
                    """
            )
        }
        try write(most: 949_999)
        let made = try await project.pintail(
            "query",
            """
            COPY (SELECT i AS n, 'text ' || i AS t, CASE WHEN i < 50000 THEN '2024-02-3' || i % 10
                ELSE '2024-01-01' END AS day FROM range(1000000) r(i)) TO 'numbers.csv'
            """
        )
        #expect(made.exitCode == 0, "\(made.standardError)")
        #expect(try await project.pintail("run").exitCode == 0)
        #expect(try await project.rows("SELECT count(*) FROM quarantine.numbers") == ["100000"])
        try write(most: 1_000_000)
        let said = try await replay(project, "numbers")
        #expect(said.contains("50,000 rows replayed, 50,000 still break day (type), 0 left"), "\(said)")
        #expect(try await project.rows("SELECT count(*), count(DISTINCT n) FROM numbers") == ["950000,950000"])
        let peak = try #require(try await project.runs().first?["peak_memory_bytes"] as? Int)
        #expect(peak < 1_000_000_000)
    }
}
