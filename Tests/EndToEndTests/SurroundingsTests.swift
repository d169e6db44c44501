import Foundation
import TestSupport
import Testing

/// Where the program runs: no home, no terminal, a database that another process holds.
@Suite struct `Surroundings` {
    static let steps = """
        - transform: t
          sql: SELECT 42 AS id
        """

    @Test func `neither HOME nor TERM nor anything else is needed`() async throws {
        let project = try TestProject(Self.steps)
        let bare = try await run("env", ["-i", PintailBinary.path, "run"], currentDirectory: project.path)
        #expect(bare.exitCode == 0, "\(bare.standardError)")
        #expect(!bare.standardError.contains("\u{1B}"))
        let asked = try await run("env", ["-i", PintailBinary.path, "query", "FROM t"], currentDirectory: project.path)
        #expect(asked.standardOutput.contains("42"))
    }

    @Test func `a second run of one project waits for the first, or is refused, which is not disturbed`() async throws {
        let project = try TestProject(Self.steps + "\n- command: sleep 1000\n  after: t")
        let first = try project.start("run")
        try await eventually("the first run waits") { first.standardError.contains("start command") }
        let second = try await project.pintail("run", "--no-wait")
        #expect(second.exitCode == 1)
        #expect(
            second.standardError.contains("cannot open the database: pintail run (process \(first.id), since 20"),
            "\(second.standardError)"
        )
        let third = try project.start("run", "--select", "t")
        try await eventually("the third waits") { third.standardError.contains("Ctrl-C leaves") }
        let doctor = try await project.pintail("doctor")
        #expect(doctor.standardOutput.contains("in use by another process"), "\(doctor.standardOutput)")
        #expect(try await project.pintail("runs").exitCode == 0)
        #expect(first.end == nil)
        first.send(2)
        #expect(try await first.wait() == .exited(130))
        #expect(try await third.wait() == .exited(0), "\(third.standardError)")
        #expect(try await project.rows("FROM t") == ["42"])
    }

    @Test func `a run behind pending migrations waits for the database before it looks at them`() async throws {
        let project = try TestProject(Self.steps + "\n- command: sleep 1000\n  after: t")
        let first = try project.start("run")
        try await eventually("the first run waits") { first.standardError.contains("start command") }
        try project.write("CREATE TABLE made (id INTEGER);", to: "migrations/duckdb/0001_made.up.sql")
        try project.write("DROP TABLE made", to: "migrations/duckdb/0001_made.down.sql")
        let refused = try await project.pintail("run", "--no-wait", "--select", "t")
        #expect(refused.exitCode == 1)
        #expect(
            refused.standardError.contains("pintail run (process \(first.id), since 20"),
            "\(refused.standardError)"
        )
        let second = try project.start("run", "--migrate", "--select", "t")
        try await eventually("the second waits") { second.standardError.contains("Ctrl-C leaves") }
        first.send(2)
        #expect(try await first.wait() == .exited(130))
        #expect(try await second.wait() == .exited(0), "\(second.standardError)")
        #expect(try await project.rows("SELECT count(*) FROM made") == ["0"])
    }

    @Test func `a server that refuses is told by doctor with the way out, and the rest is looked at all the same`()
        async throws
    {
        let project = try TestProject(
            Self.steps,
            settings: """
                connections:
                  warehouse: {postgres: {host: 127.0.0.1, port: 1, database: d, user: u, password: not-for-eyes}}
                """
        )
        let doctor = try await project.pintail("doctor")
        #expect(doctor.exitCode == 1)
        let lines = doctor.standardOutput.split(separator: "\n").map(String.init)
        let failed = try #require(lines.firstIndex { $0.hasPrefix("fail connection") }, "\(doctor.standardOutput)")
        #expect(lines[failed].contains("warehouse: cannot connect to 'warehouse' (127.0.0.1:1 as user u)"))
        #expect(
            lines[failed + 1]
                == "     to mend: nothing listens at 127.0.0.1:1: is the server running, and is the port right?"
        )
        #expect(lines.contains { $0.hasPrefix("ok   memory") })
        #expect(!doctor.standardOutput.contains("not-for-eyes"))
        let facts = try await project.pintail("doctor", "--json")
        #expect(facts.standardOutput.contains("nothing listens at 127.0.0.1:1"), "\(facts.standardOutput)")
    }

    @Test func `what is read does not depend on the machine's time zone`() async throws {
        let project = try TestProject(
            """
            - extract: t
              from: times.csv
              types: {given: timestamptz}
              dates: auto
            - transform: days
              sql: SELECT found, given, found::DATE AS day, given::DATE AS given_day FROM t
            - load: days
              into: days.csv
            """
        )
        try project.write(
            "found,given\n2024-02-29 23:30:00+02:00,2024-02-29 23:30:00\n2024-07-01T00:15:00Z,2024-07-01 00:15:00\n",
            to: "times.csv"
        )
        for zone in ["UTC", "Asia/Kolkata", "America/New_York"] {
            let ran = try await project.pintail("run", environment: ["TZ": zone])
            #expect(ran.exitCode == 0, "\(ran.standardError)")
            #expect(
                try project.read("days.csv") == """
                    found,given,day,given_day
                    2024-02-29 21:30:00+00,2024-02-29 23:30:00+00,2024-02-29,2024-02-29
                    2024-07-01 00:15:00+00,2024-07-01 00:15:00+00,2024-07-01,2024-07-01

                    """
            )
        }
    }

    @Test func `a file that is no database is named`() async throws {
        let project = try TestProject(Self.steps)
        try project.write("this is a letter, not a database", to: "test.duckdb")
        let result = try await project.pintail("run")
        #expect(result.exitCode == 1)
        #expect(result.standardError.contains("test.duckdb"), "\(result.standardError)")
        #expect(try project.read("test.duckdb") == "this is a letter, not a database")
    }

    @Test func `variables come from the environment, the command line and .env, and a missing one is named`()
        async throws
    {
        let project = try TestProject(
            """
            - transform: t
              sql: SELECT ${ANSWER} AS id
            """
        )
        let missing = try await project.pintail("run")
        #expect(missing.exitCode == 2)
        #expect(missing.standardError.contains("ANSWER"), "\(missing.standardError)")
        try project.write("ANSWER=1\n", to: ".env")
        #expect(try await project.pintail("run").exitCode == 0)
        #expect(try await project.rows("FROM t") == ["1"])
        #expect(try await project.pintail("run", environment: ["ANSWER": "2"]).exitCode == 0)
        #expect(try await project.rows("FROM t") == ["2"])
        #expect(try await project.pintail("run", "--vars", "ANSWER=3").exitCode == 0)
    }

    @Test(.enabled(if: TinyDisk.isPermitted, "mounting a disk takes root"))
    func `what only looks works where nothing can be written`() async throws {
        let disk = try await TinyDisk(bytes: 64_000_000)
        let project = try TestProject(Self.steps)
        try await mustRun("cp", ["-R", project.path + "/.", disk.path])
        try await mustRun(PintailBinary.path, ["run"], currentDirectory: disk.path)
        try await mustRun("mount", ["-o", "remount,ro", disk.path])
        for (command, words) in [
            (["runs"], "succeeded"), (["runs", "last"], "t"), (["logs", "last"], "t"), (["plan"], "SELECT 42"),
            (["query", "FROM t"], "42"),
        ] {
            let result = try await run(PintailBinary.path, command, currentDirectory: disk.path)
            #expect(result.exitCode == 0, "\(command): \(result.standardError)")
            #expect(result.standardOutput.contains(words), "\(command): \(result.standardOutput)")
        }
    }

    @Test func `a retry has the variables of its run, and secrets are not kept`() async throws {
        let project = try TestProject(
            """
            - transform: t
              sql: SELECT ${ANSWER:-0} AS id, length('${MY_PASSWORD:-}') AS letters
            - command: test -e ready
              after: t
            """
        )
        let run = try await project.pintail("run", "--vars", "ANSWER=7", "--vars", "MY_PASSWORD=hush")
        #expect(run.exitCode == 1)
        let recorded = try await project.pintail("runs", "--json")
        #expect(recorded.standardOutput.contains(#""ANSWER":"7""#), "\(recorded.standardOutput)")
        let forgotten = try await project.pintail("retry", "last")
        #expect(forgotten.exitCode == 2)
        #expect(forgotten.standardError.contains("MY_PASSWORD"), "\(forgotten.standardError)")
        try project.write("", to: "ready")
        let retried = try await project.pintail("retry", "last", "--vars", "MY_PASSWORD=hush")
        #expect(retried.exitCode == 0, "\(retried.standardError)")
        let found = try await TestSupport.run("grep", ["-rc", "hush", ".pintail"], currentDirectory: project.path)
        #expect(
            !found.standardOutput.split(separator: "\n").contains { !$0.hasSuffix(":0") },
            "\(found.standardOutput)"
        )
        let after = try await project.pintail("runs", "--json")
        #expect(after.standardOutput.components(separatedBy: #""ANSWER":"7""#).count == 3, "\(after.standardOutput)")
    }

    @Test func `a plan tells how much there is to read, where a look is enough`() async throws {
        let project = try TestProject("- extract: t\n  from: t.csv\n- extract: u\n  from: u.csv.gz")
        try project.write("id,name\n" + (1...5000).map { "\($0),n\($0)\n" }.joined(), to: "t.csv")
        let plan = try await project.pintail("plan")
        let line = try #require(plan.standardOutput.split(separator: "\n").first { $0.contains(" t ") })
        let said = try #require(line.firstMatch(of: /about ([0-9,]+) rows in 5[0-9]\.[0-9] kB, eager/), "\(line)")
        let rows = try #require(Int(said.output.1.filter { $0 != "," }))
        #expect((4000...6000).contains(rows))
        let facts = try await project.pintail("plan", "--json")
        #expect(facts.standardOutput.contains(#""estimate":{"bytes":"#), "\(facts.standardOutput)")
        #expect(try project.files().allSatisfy { !$0.contains(".pintail") })
    }

    @Test func `a query that is cut ends with one ellipsis`() async throws {
        let long = (1...30).map { "\($0) AS c\($0)" }.joined(separator: ", ")
        let project = try TestProject(
            "- transform: t\n  sql: |\n    SELECT \(long)\n    , 1 AS z\n- transform: u\n  sql: |\n    SELECT 1 AS a\n    , 2 AS b"
        )
        let plan = try await project.pintail("plan")
        let lines = plan.standardOutput.split(separator: "\n")
        #expect(lines.map { $0.filter { $0 == "…" }.count } == [1, 1], "\(plan.standardOutput)")
    }
}
