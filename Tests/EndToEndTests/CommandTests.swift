import Foundation
import TestSupport
import Testing

/// Each command as a new user meets it: what it prints, what it makes, how it ends.
@Suite struct `Commands` {
    static let people = "id,name,age\n1,Ada,36\n2,Grace,85\n3,Edsger,72\n"
    static let steps = """
        - extract: people
          from: people.csv
        - check: people
          columns: {id: [not_null, unique]}
        - transform: old
          sql: SELECT * FROM people WHERE age > 70
        - load: old
          into: out/old.csv
        """

    private func project() throws -> TestProject {
        let project = try TestProject(Self.steps)
        try project.write(Self.people, to: "people.csv")
        return project
    }

    @Test func `init writes a project that runs at once`() async throws {
        let folder = try TemporaryDirectory()
        let binary = try PintailBinary.path
        let made = try await run(binary, ["init", "shop"], currentDirectory: folder.path)
        #expect(made.exitCode == 0)
        let ran = try await run(binary, ["run"], currentDirectory: folder.path + "/shop")
        #expect(ran.exitCode == 0, "\(ran.standardError)")
        let again = try await run(binary, ["init", "shop"], currentDirectory: folder.path)
        #expect(again.exitCode == 2)
        #expect(again.standardError.contains("nothing was written"))
    }

    @Test func `commands that look at a project print facts, and JSON where asked`() async throws {
        let project = try project()
        #expect(try await project.pintail("run").exitCode == 0)
        let run = try await project.latestRun()
        for arguments in [["validate"], ["plan"], ["runs"], ["runs", run], ["logs", run], ["doctor"], ["version"]] {
            let binary = try PintailBinary.path
            let plain = try await TestSupport.run(binary, arguments, currentDirectory: project.path)
            #expect(plain.exitCode == 0, "\(arguments): \(plain.standardError)")
            #expect(!(plain.standardOutput + plain.standardError).isEmpty, "\(arguments)")
            let told = try await TestSupport.run(binary, arguments + ["--json"], currentDirectory: project.path)
            #expect(told.exitCode == 0, "\(arguments) --json: \(told.standardError)")
            // Logs are a line of JSON for each event, all else is one value.
            let texts = arguments[0] == "logs" ? told.standardOutput.split(separator: "\n") : [told.standardOutput[...]]
            for text in texts { #expect(throws: Never.self, "\(arguments): \(text)") { try json(String(text)) } }
        }
    }

    @Test func `the schema is JSON, and each shell gets its completions`() async throws {
        let project = try project()
        let schema = try await project.pintail("schema")
        #expect((try json(schema.standardOutput) as? [String: Any])?["$schema"] != nil)
        for shell in ["bash", "zsh", "fish"] {
            let script = try await project.pintail("completions", shell)
            #expect(script.exitCode == 0)
            #expect(script.standardOutput.contains("pintail"))
        }
    }

    @Test func `a query reads a workbook whole, or says how`() async throws {
        let project = try project()
        #expect(try await project.pintail("copy", "people.csv", "people.xlsx").exitCode == 0)
        let sql = "SELECT name FROM read_xlsx('people.xlsx', stop_at_empty = false) WHERE id = 2"
        #expect(try await project.pintail("query", "-f", "csv", sql).standardOutput == "name\nGrace\n")
        let refusal = try await project.pintail("query", "FROM 'people.xlsx'")
        #expect(refusal.exitCode == 1)
        #expect(refusal.standardError.contains("FROM read_xlsx('FILE', stop_at_empty = false)"), "\(refusal)")
    }

    @Test func `what is written as a table of a connection that there is not is told as such`() async throws {
        let project = try project()
        let result = try await project.pintail("copy", "people.csv", "wharehouse.public.people")
        #expect(result.exitCode == 2)
        #expect(
            result.standardError.contains("nor a connection 'wharehouse'")
        )
        #expect(result.standardError.contains("hint: "))
    }

    @Test func `a file in another encoding is refused with the way to read it`() async throws {
        let project = try project()
        let bytes = Data("name;city\nJos".utf8) + Data([0xE9]) + Data(";Z\nAda;L\n".utf8)
        try bytes.write(to: URL(filePath: project.path + "/latin.csv"))
        let refused = try await project.pintail("query", "FROM 'latin.csv'")
        #expect(refused.exitCode == 1)
        #expect(refused.standardError.contains("encoding = 'latin-1'"), "\(refused.standardError)")
        let read = try await project.pintail("query", "-f", "csv", "FROM read_csv('latin.csv', encoding = 'latin-1')")
        #expect(read.standardOutput == "name,city\nJosé,Z\nAda,L\n")
    }

    @Test func `a query prints rows on standard output as a table, CSV, JSON, or writes a file`() async throws {
        let project = try project()
        #expect(try await project.pintail("run", "--quiet").exitCode == 0)
        let sql = "SELECT name, age FROM people WHERE id < 3 ORDER BY id"
        let table = try await project.pintail("query", sql, environment: ["LC_ALL": "C.UTF-8"])
        #expect(table.standardOutput.contains("│ Ada   │  36 │"))
        let plain = try await project.pintail("query", sql, environment: ["LC_ALL": "POSIX"])
        #expect(plain.standardOutput.contains("| Ada   |  36 |"))
        #expect(try await project.pintail("query", "-f", "csv", sql).standardOutput == "name,age\nAda,36\nGrace,85\n")
        let told = try await project.pintail("query", "--json", sql)
        #expect((try json(told.standardOutput) as? [[String: Any]])?.count == 2)
        #expect(try await project.pintail("query", "-o", "some.parquet", sql).exitCode == 0)
        #expect(try await project.rows("SELECT sum(age) FROM 'some.parquet'") == ["121"])
        let piped = try await project.pintail("query", "-f", "csv", input: "SELECT 1 AS a; SELECT 2 AS b;")
        #expect(piped.standardOutput.contains("a\n1\n"))
        #expect(piped.standardOutput.contains("b\n2\n"))
    }

    @Test func `a query changes the database only when it may`() async throws {
        let project = try project()
        #expect(try await project.pintail("run", "--quiet").exitCode == 0)
        let refused = try await project.pintail("query", "DELETE FROM people")
        #expect(refused.exitCode == 1)
        #expect(try await project.rows("SELECT count(*) FROM people") == ["3"])
        #expect(try await project.pintail("query", "--write", "DELETE FROM people WHERE id = 1").exitCode == 0)
        #expect(try await project.rows("SELECT count(*) FROM people") == ["2"])
    }

    @Test func `a value that stops a query of a file is told with its line`() async throws {
        let project = try TestProject("- extract: t\n  from: a.csv\n  strategy: lazy\n  types: {n: int64}")
        try project.write("id,n\n1,7\n2,x\n", to: "a.csv")
        let ran = try await project.pintail("run")
        try #require(ran.exitCode == 0, "\(ran.standardError)")
        let asked = try await project.pintail("query", "SELECT sum(n) FROM t")
        #expect(asked.exitCode == 1)
        let told = "a.csv:3: column 'n': 'x' does not fit the type given in 'types:'"
        #expect(asked.standardError.contains(told), "\(asked.standardError)")
    }

    @Test func `a mistake that only the source brings to light is told with its place by the run too`() async throws {
        let project = try TestProject("- extract: t\n  from: a.csv\n  types: {prize: int64, idd: int64}")
        try project.write("id,price\n1,7\n", to: "a.csv")
        let ran = try await project.pintail("run")
        #expect(ran.exitCode == 1)
        let told = """
              error: pipelines/test.yml:5:20: the table has no column 'prize' to give a type to; pipelines/test.yml:5:32: the \
            table has no column 'idd' to give a type to
            """
        #expect(ran.standardError.contains(told), "\(ran.standardError)")
        #expect(ran.standardError.contains("hint: did you mean 'price'?; did you mean 'id'?"), "\(ran.standardError)")
    }

    @Test func `a syntax error is told in words, with its place`() async throws {
        let project = try project()
        let result = try await project.pintail("query", "SELEC 1")
        #expect(result.exitCode == 1)
        #expect(result.standardError.contains("syntax error"))
        #expect(!result.standardError.contains("exception_type"))
    }

    @Test(arguments: [
        (["frobnicate"], "'frobnicate' is not a command"),
        (["run", "--selec", "x"], "did you mean '--select'"),
        (["run", "nothere"], "nothere"),
        (["run", "--select", "nothere"], "nothere"),
        (["logs", "nothere"], "nothere"),
        (["retry", "nothere"], "nothere"),
        (["runs", "nothere"], "nothere"),
        (["completions", "tcsh"], "bash, zsh, fish"),
        (["copy", "people.csv"], "DST"),
    ])
    func `what cannot be meant ends with 2 and says why`(arguments: [String], words: String) async throws {
        let project = try project()
        #expect(try await project.pintail("run", "--quiet").exitCode == 0)
        let result = try await run(PintailBinary.path, arguments, currentDirectory: project.path)
        #expect(result.exitCode == 2)
        #expect(result.standardError.contains(words), "\(result.standardError)")
        #expect(result.standardOutput == "")
    }

    @Test func `a project's mistakes are told together, each at its place`() async throws {
        let project = try TestProject(
            """
            - extract: people
              form: people.csv
            - transform: old
              sql: SELECT * FROM peeple
            """
        )
        for command in ["validate", "run", "plan"] {
            let result = try await project.pintail(command)
            #expect(result.exitCode == 2)
            #expect(result.standardError.contains("did you mean 'from'"), "\(result.standardError)")
            #expect(result.standardError.contains("pipelines/test.yml:4:"), "\(result.standardError)")
        }
    }

    @Test func `mistakes of form, of names and of binding are told in one round, and none that follows from another`()
        async throws
    {
        let project = try TestProject(
            """
            - extract: people
              form: people.csv
            - extract: orders
              from: orders.csv
            - transform: late
              sql: SELECT nothing FROM orders
            - transform: held_up
              sql: SELECT whatever FROM people
            - transform: lost
              sql: SELECT whatever FROM ordres
            - transform: unread
              sql: SELEC 1
            - transform: after_unread
              sql: SELECT whatever FROM unread
            - check: orders
              columns:
                nam: [not_null, emial]
            - check: orders
              name: names
              columns:
                nam: [not_null]
            """
        )
        try project.write("id,name\n1,a\n", to: "orders.csv")
        func places() async throws -> [String] {
            let result = try await project.pintail("validate", "--json")
            #expect(result.exitCode == 2)
            let facts = try json(result.standardOutput) as? [String: Any]
            let problems = facts?["problems"] as? [[String: Any]] ?? []
            return problems.map { "\($0["line"] ?? ""): \($0["message"] ?? "")" }
        }
        let known = [
            "3: an extract step needs 'from'", "4: 'form' is not a key of an extract step",
            "8: the query of transform 'late' does not bind: Referenced column \"nothing\" not found in FROM clause!",
            "14: the query of transform 'unread' cannot be read: syntax error at or near \"SELEC\"",
            """
            19: each item of 'nam' must be one of not_null, unique, or a claim as a mapping, not the text 'emial'
            """, "23: check 'names' is about column 'nam', which orders does not have",
        ]
        let lost = "12: transform 'lost' reads 'ordres', which no step makes"
        #expect(try await places() == known.prefix(3) + [lost] + known.dropFirst(3))
        // What cannot be read at all may make any table.
        try project.write("pipeline: other\nsteps:\n  - extract: [order\n", to: "pipelines/zzz.yml")
        #expect(try await places().filter { !$0.contains("not valid YAML") }.sorted() == known.sorted())
    }

    @Test func `a connection that is not there is taken for the one that is near`() async throws {
        let project = try TestProject(
            settings: "connections: {pg: {postgres: {host: 127.0.0.1, port: 1, database: d, user: u}}}"
        )
        for name in ["pgg.public.t", "pgg.t"] {
            let asked = try await project.pintail("query", "SELECT 1, * FROM \(name)")
            #expect(asked.exitCode == 1)
            #expect(asked.standardError.contains("^^^ did you mean 'pg'?"), "\(asked.standardError)")
        }
    }

    @Test func `a dry run changes nothing`() async throws {
        let project = try project()
        let before = try project.files()
        #expect(try await project.pintail("run", "--dry-run").exitCode == 0)
        #expect(try project.files() == before)
    }
}
