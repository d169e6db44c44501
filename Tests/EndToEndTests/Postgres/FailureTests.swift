import Foundation
import TestSupport
import Testing

/// What a user reads when a load or an extract cannot be, and what is in the database then.
@Suite struct PostgresFailureTests {
    private static let password = "s3cr3t 'p\"w: x"

    /// A mistake: what is different from a project that works, and what is said of it.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var replacing = ("", "")
        var tables = "CREATE TABLE t (id int, name text)"
        var rows = "SELECT 1 AS id, 'a' AS name"
        var mode = "append"
        var role = "owner"
        let said: [String]
        var testDescription: String { name }
    }

    static let cases = [
        Case(
            name: "a wrong password",
            replacing: ("PG_PASSWORD:-none", "WRONG:-wr0ng s3cr3t 'p\\\"w"),
            said: ["password authentication failed", "did not take the password given for user", "nothing was written"]
        ),
        Case(
            name: "an unknown host",
            replacing: ("127.0.0.1", "no-such-host.invalid"),
            said: ["no address is known for 'no-such-host.invalid'", "check the host's spelling"]
        ),
        Case(
            name: "a port that nobody listens on",
            replacing: ("port: ", "port: 1 #"),
            said: ["nothing listens at 127.0.0.1:1", "is the server running"]
        ),
        Case(
            name: "a missing database",
            replacing: ("database: ", "database: no_"),
            said: ["does not exist", "the server has no database 'no_"]
        ),
        Case(
            name: "a missing column",
            rows: "SELECT 1 AS id, 'a' AS nam",
            said: ["public.t", "no column 'nam'", "id, name", "nothing was written"]
        ),
        Case(
            name: "a type that does not fit",
            rows: "SELECT DATE '2024-02-29' AS id, 'a' AS name",
            said: ["public.t", "'id' is DATE", "the table's is integer", "cast it", "nothing was written"]
        ),
        Case(
            name: "a number that does not fit",
            rows: "SELECT 3_000_000_000 AS id, 'a' AS name",
            said: ["row 1", "\"id\"", "3000000000 is out of the range of integer", "public.t is unchanged"]
        ),
        Case(
            name: "a duplicate",
            tables: "CREATE TABLE t (id int PRIMARY KEY, name text); INSERT INTO t VALUES (1, 'old')",
            said: ["duplicate key", "(id)=(1)", "mode: upsert", "public.t is unchanged"]
        ),
        Case(
            name: "a broken check",
            tables: "CREATE TABLE t (id int CHECK (id > 1), name text)",
            said: ["t_id_check", "line 1", "public.t is unchanged"]
        ),
        Case(
            name: "a broken reference",
            tables: "CREATE TABLE u (id int PRIMARY KEY); CREATE TABLE t (id int REFERENCES u, name text)",
            said: ["t_id_fkey", "(id)=(1)", "public.t is unchanged"]
        ),
        Case(
            name: "a column that takes no NULL",
            tables: "CREATE TABLE t (id int NOT NULL, name text)",
            rows: "SELECT NULL::INT AS id, 'a' AS name",
            said: ["\"id\"", "not-null", "public.t is unchanged"]
        ),
        Case(
            name: "an upsert without a unique index",
            mode: "upsert\n  key: id",
            said: ["no unique index", "CREATE UNIQUE INDEX", "nothing was written"]
        ),
        Case(
            name: "a role that may only read",
            role: "reader",
            said: ["the user lacks the privilege INSERT", "GRANT", "nothing was written"]
        ),
        Case(
            name: "a role that may only read, and is to replace",
            mode: "replace",
            role: "reader",
            said: ["the user lacks the privilege INSERT", "GRANT", "nothing was written"]
        ),
        Case(
            name: "a role that may not make tables",
            tables: "CREATE TABLE u (id int)",
            role: "reader",
            said: ["the user lacks the privilege CREATE on the schema public", "GRANT", "nothing was written"]
        ),
        Case(
            name: "a schema that is not there",
            replacing: ("public.t", "nowhere.t"),
            said: ["nowhere.t", "the schema 'nowhere' does not exist", "CREATE SCHEMA", "nothing was written"]
        ),
    ]

    private func project(_ item: Case) async throws -> PostgresProject {
        let server = try await PostgresServer.shared()
        let user = "user_\(UUID().uuidString.prefix(8).lowercased())"
        try await server.createUser(user, password: Self.password)
        let rights =
            item.role == "reader"
            ? "GRANT SELECT ON ALL TABLES IN SCHEMA public TO \(user)"
            : "GRANT ALL ON ALL TABLES IN SCHEMA public TO \(user); GRANT CREATE ON SCHEMA public TO \(user)"
        let project = try await PostgresProject(tables: item.tables + "; " + rights, user: user)
        let escaped = Self.password.replacing("\"", with: "\\\"")
        try project.folder.write("PG_PASSWORD=\"\(escaped)\"\n", to: ".env")
        try await project.parquet("t.parquet", item.rows)
        try project.pipeline(
            """
            - extract: t
              from: t.parquet
            - load: t
              into: pg.public.t
              mode: \(item.mode)
            """
        )
        for file in ["pintail.yml", "pipelines/load.yml"] where !item.replacing.0.isEmpty {
            let written = try project.folder.read(file)
            try project.folder.write(written.replacing(item.replacing.0, with: item.replacing.1), to: file)
        }
        return project
    }

    @Test(arguments: cases) func `what cannot be is said, with what to do and how the data is`(_ item: Case)
        async throws
    {
        let project = try await project(item)
        let before = try? await project.rows("SELECT * FROM t")
        let result = try await project.pintail("run")
        #expect(result.exitCode == 1)
        for words in item.said { #expect(result.standardError.contains(words), "\(result.standardError)") }
        let after = try? await project.rows("SELECT * FROM t")
        #expect(after == before)

        let id = try #require(result.standardError.firstMatch(of: /\d{8}-\d{6}-[0-9a-f]{4}/).map { String($0.output) })
        var shown = result.standardOutput + result.standardError
        for arguments in [["logs", id, "--json"], ["runs", id, "--json"], ["plan", "--json"], ["run", "--json"]] {
            let answer = try await run(PintailBinary.path, arguments, currentDirectory: project.folder.path)
            shown += answer.standardOutput + answer.standardError
        }
        #expect(!shown.contains("s3cr3t"))
        try await expectNoPassword(in: project)
    }

    /// No file of the project holds the password, but for those that the user wrote.
    private func expectNoPassword(in project: PostgresProject) async throws {
        let found = try await run(
            "grep",
            ["-rla", "s3cr3t", project.folder.path, "--exclude=.env", "--exclude=pintail.yml"]
        )
        #expect(found.standardOutput.isEmpty)
    }

    static let sources: [(name: String, from: String, to: String, said: [String])] = [
        (
            "a wrong password", "PG_PASSWORD:-none", "WRONG:-wr0ng s3cr3t 'p\\\"w",
            ["password authentication failed", "did not take the password"]
        ),
        ("an unknown host", "127.0.0.1", "no-such-host.invalid", ["no address is known for 'no-such-host.invalid'"]),
        ("a port that nobody listens on", "port: ", "port: 1 #", ["nothing listens at 127.0.0.1:1"]),
        ("a missing database", "database: ", "database: no_", ["the server has no database 'no_"]),
    ]

    @Test(arguments: sources) func `a source that cannot be reached is said in the same words`(
        _ name: String,
        _ from: String,
        _ to: String,
        _ said: [String]
    ) async throws {
        let project = try await project(Case(name: name, replacing: (from, to), said: said))
        try project.pipeline("- extract: t\n  from: pg.public.t", retries: "{attempts: 2, backoff: 10ms}")
        let result = try await project.pintail("run")
        #expect(result.exitCode == 1)
        for words in said + ["t is as it was"] {
            #expect(result.standardError.contains(words), "\(result.standardError)")
        }
        #expect(result.standardError.contains("attempt 1 failed") == (name == "a port that nobody listens on"))
        #expect(!(result.standardOutput + result.standardError).contains("s3cr3t"))
        try await expectNoPassword(in: project)
    }

    @Test func `a role that may not read a table is told what it needs`() async throws {
        let project = try await project(Case(name: "no rights", tables: "CREATE TABLE t (id int)", said: []))
        _ = try await project.rows("REVOKE ALL ON t FROM PUBLIC; DROP TABLE t; CREATE TABLE t (id int)")
        try project.pipeline("- extract: t\n  from: pg.public.t")
        let result = try await project.pintail("run")
        #expect(result.exitCode == 1)
        #expect(result.standardError.contains("permission denied for table t"))
        #expect(result.standardError.contains("GRANT SELECT"))
    }

    @Test func `a role that may only insert can append, also in streaming`() async throws {
        for strategy in ["eager", "streaming"] {
            let project = try await project(Case(name: "insert", role: "reader", said: []))
            let user = try #require(try project.folder.read("pintail.yml").firstMatch(of: /user: (\w+)/)?.output.1)
            _ = try await project.rows("REVOKE ALL ON t FROM \(user); GRANT INSERT ON t TO \(user)")
            try project.pipeline(
                "- extract: t\n  from: t.parquet\n  strategy: \(strategy)\n- load: t\n  into: pg.public.t\n  mode: append"
            )
            let printed = try await project.mustPintail("run")
            #expect(printed.contains("positions cannot be kept"))
            #expect(try await project.rows("SELECT * FROM t") == "1|a")
        }
    }

    @Test func `a password in an address with escapes is nowhere to be read`() async throws {
        let project = try await project(Case(name: "address", said: []))
        let user = try #require(try project.folder.read("pintail.yml").firstMatch(of: /user: (\w+)/)?.output.1)
        let place = "127.0.0.1:\(project.server.port)/\(project.database)/public.t"
        for (password, exit) in [("s3cr3t%20'p%22w%3A%20x", 0), ("s3cr3t%20%22%3A%20no", 1)] as [(String, Int32)] {
            let address = "postgres://\(user):\(password)@\(place)"
            for arguments in [["t.parquet", address, "--mode", "append"], [address, "out.csv"]] {
                let result = try await run(
                    PintailBinary.path,
                    ["copy", "--json"] + arguments,
                    currentDirectory: project.folder.path
                )
                #expect(result.exitCode == exit, "\(result.standardError)")
                #expect(!(result.standardOutput + result.standardError).contains("s3cr3t"))
            }
        }
    }

    @Test(.enabled(if: TinyDisk.isPermitted, "mounting a small disk takes root"))
    func `a server whose disk is full keeps the old rows`() async throws {
        let disk = try await TinyDisk(bytes: 160_000_000)
        let server = try await PostgresServer(
            settings: ["wal_level": "minimal", "max_wal_senders": "0", "restart_after_crash": "on"],
            in: disk.path
        )
        let project = try await PostgresProject(on: server, tables: "CREATE TABLE t AS SELECT 0 AS id, 'old' AS name")
        try await project.parquet("t.parquet", "SELECT range::INT AS id, repeat('x', 100) AS name FROM range(200_000)")
        try project.pipeline("- extract: t\n  from: t.parquet\n- load: t\n  into: pg.public.t\n  mode: replace")
        try await disk.fill(leaving: 8_000_000)
        let result = try await project.pintail("run")
        #expect(result.exitCode == 1)
        #expect(result.standardError.contains("could not extend file"), "\(result.standardError)")
        #expect(result.standardError.contains("the server's disk is full: make room there and run again"))
        #expect(result.standardError.contains("public.t is unchanged"))
        #expect(try await project.rows("SELECT * FROM t") == "0|old")
        try await disk.free()
        try await project.mustPintail("run")
        #expect(try await project.rows("SELECT count(*), count(DISTINCT id) FROM t") == "200000|200000")
    }
}
