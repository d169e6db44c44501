import Foundation
import TestSupport
import Testing

/// `pintail migrate` on a real server: what a user sees, and what is in the database then.
@Suite struct MigrateTests {
    private func project() async throws -> PostgresProject {
        let project = try await PostgresProject()
        try project.migration(
            "0001_one",
            "CREATE TABLE one (id int);\r\nINSERT INTO one VALUES (1);\r\n",
            back: "DROP TABLE one"
        )
        try project.migration("0002_two", "CREATE TABLE two AS SELECT * FROM one;", back: "DROP TABLE two;")
        return project
    }

    @Test func `up, down and status tell one story, and the ledger the same`() async throws {
        let project = try await project()
        let up = try await project.pintail("migrate", "up", "1")
        #expect(
            up.exitCode == 0 && up.standardError.contains("pg 0001_one  applied: 2 statements"),
            "\(up.standardError)"
        )
        #expect(try await project.states() == ["0001_one": "applied", "0002_two": "pending"])
        try await project.mustPintail("migrate", "up")
        let ledger =
            "SELECT version, name, state, statements, length(checksum), duration >= '0' FROM pintail.migrations ORDER BY 1"
        #expect(try await project.rows(ledger) == "1|0001_one|applied|2|64|t\n2|0002_two|applied|1|64|t")
        let again = try await project.pintail("migrate", "up")
        #expect(again.exitCode == 0 && again.standardError.contains("nothing is pending"), "\(again.standardError)")
        try await project.mustPintail("migrate", "down", "2")
        #expect(try await project.states() == ["0001_one": "pending", "0002_two": "pending"])
        #expect(try await project.rows("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == "0")
    }

    @Test func `edited history, lost files and latecomers are refused before anything is changed`() async throws {
        let project = try await project()
        try await project.mustPintail("migrate", "up")
        try project.migration("0001_one", "CREATE TABLE one (id bigint);")
        try FileManager.default.removeItem(atPath: project.folder.path + "/migrations/0002_two.up.sql")
        try FileManager.default.removeItem(atPath: project.folder.path + "/migrations/0002_two.down.sql")
        try project.migration("0003_three", "CREATE TABLE three ();")
        #expect(try await project.states() == ["0001_one": "changed", "0002_two": "missing", "0003_three": "pending"])
        #expect(try await project.pintail("migrate", "status").exitCode == 1)
        let refused = try await project.pintail("migrate", "up")
        #expect(refused.exitCode == 2)
        for words in [
            "0001_one was edited after it had been applied", "migrations/0001_one.up.sql:1:1",
            "0002_two.up.sql' is missing",
        ] { #expect(refused.standardError.contains(words), "\(refused.standardError)") }
        #expect(try await project.rows("SELECT to_regclass('three') IS NULL") == "t")

        let late = try await self.project()
        try late.migration("0005_five", "CREATE TABLE five ()")
        try await late.mustPintail("migrate", "up")
        try late.migration("0004_four", "CREATE TABLE four ()")
        let told = try await late.pintail("migrate", "up")
        #expect(told.exitCode == 2 && told.standardError.contains("--out-of-order"), "\(told.standardError)")
        try await late.mustPintail("migrate", "up", "--out-of-order")
        #expect(try await late.states()["0004_four"] == "applied")
    }

    @Test func `wrong SQL in the middle leaves nothing of its file and all of those before`() async throws {
        let project = try await project()
        try project.migration(
            "0002_two",
            """
            CREATE TABLE two (id int);
            -- ö
            SELECT 'ö' AS a, nme
            FROM one;
            """
        )
        let failed = try await project.pintail("migrate", "up")
        #expect(failed.exitCode == 1)
        for words in [
            "0001_one  applied", "0002_two cannot be applied: column \"nme\" does not exist",
            "--> migrations/0002_two.up.sql:3:18", "3 | SELECT 'ö' AS a, nme", "                  ^^^",
            "rolled back; pg is as it was before 0002_two",
        ] { #expect(failed.standardError.contains(words), "\(failed.standardError)") }
        #expect(try await project.states() == ["0001_one": "applied", "0002_two": "pending"])
        #expect(try await project.rows("SELECT to_regclass('two') IS NULL") == "t")
    }

    /// What a file says, and what is said of it.
    struct Mistake: Sendable, CustomTestStringConvertible {
        let text: String
        let said: [String]
        var hidden = "hunter2"
        var testDescription: String { text }
    }

    @Test(arguments: [
        Mistake(
            text: "CREATE TABLE a (id int REFERENCES missing_table)",
            said: [":1:35", "\"missing_table\" does not exist"]
        ),
        Mistake(text: "CREATE INDEX CONCURRENTLY i ON pg_class (oid)", said: ["-- pintail: no transaction"]),
        Mistake(
            text: "DO $$ BEGIN RAISE EXCEPTION 'not now'; END $$",
            said: ["not now", "PL/pgSQL function inline_code_block line 1"]
        ),
        Mistake(text: "\\set x 1\nSELECT 1", said: [":1:1", "syntax error"]),
        Mistake(text: "SELECT 1;\nCREATE ROLE boss PASSWORD 'hunter2' SUPERUSR;", said: [":2:", "PASSWORD '***'"]),
        Mistake(
            text: "CREATE TABLE t (a int UNIQUE); INSERT INTO t VALUES (1), (1)",
            said: ["duplicate key", "(a)=(1)", ":1:32"]
        ),
        Mistake(
            text: "CREATE TABLE t (a int UNIQUE DEFERRABLE INITIALLY DEFERRED); INSERT INTO t VALUES (1), (1)",
            said: ["duplicate key", "rolled back"]
        ),
        Mistake(text: "", said: ["holds no statement"]),
    ])
    func `a mistake is told at its place, with the way out, and nothing is left of it`(_ mistake: Mistake) async throws
    {
        let project = try await PostgresProject()
        try project.migration("0001_x", mistake.text)
        let failed = try await project.pintail("migrate", "up")
        #expect(failed.exitCode == 1 || failed.exitCode == 2)
        for words in mistake.said { #expect(failed.standardError.contains(words), "\(failed.standardError)") }
        #expect(!failed.standardError.contains(mistake.hidden), "\(failed.standardError)")
        #expect(try await project.states() == ["0001_x": "pending"])
        #expect(try await project.rows("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == "0")
    }

    @Test func `what the server remarks is passed on`() async throws {
        let project = try await PostgresProject(tables: "CREATE TABLE one ()")
        try project.migration("0001_a", "CREATE TABLE IF NOT EXISTS one ()")
        let up = try await project.mustPintail("migrate", "up")
        #expect(up.contains("  notice: relation \"one\" already exists, skipping"), "\(up)")
    }

    @Test func `one migration's settings are not the next one's`() async throws {
        let project = try await PostgresProject(tables: "CREATE SCHEMA other")
        try project.migration("0001_a", "SET search_path = other; SET ROLE pg_monitor;")
        try project.migration("0002_b", "CREATE TABLE b ()")
        try await project.mustPintail("migrate", "up")
        #expect(try await project.rows("SELECT to_regclass('public.b') IS NOT NULL") == "t")
    }

    @Test func `new files are numbered and do nothing until something is written`() async throws {
        let project = try await project()
        let made = try await project.pintail("migrate", "new", "add_url")
        #expect(made.standardOutput == "migrations/0003_add_url.up.sql\nmigrations/0003_add_url.down.sql\n")
        #expect(try project.folder.read("migrations/0003_add_url.up.sql").hasPrefix("-- add url: forward, on pg.\n"))
        let empty = try await project.pintail("migrate", "up")
        #expect(empty.exitCode == 2 && empty.standardError.contains("holds no statement"), "\(empty.standardError)")
        #expect(try await project.rows("SELECT to_regclass('one') IS NULL") == "t")
        #expect(try await project.pintail("migrate", "new", "a b").exitCode == 2)
        #expect(try await project.pintail("migrate", "up", "--write", "x").exitCode == 2)
    }

    @Test func `a user without rights is told which are missing, and who can give them`() async throws {
        let server = try await PostgresServer.shared()
        let user = "user_\(UUID().uuidString.prefix(8).lowercased())"
        try await server.createUser(user, password: "hunter2")
        let project = try await PostgresProject(user: user, password: "hunter2")
        try project.migration("0001_one", "CREATE TABLE public.one ()")
        let first = try await project.pintail("migrate", "up")
        #expect(first.exitCode == 1)
        let remedy = "CREATE SCHEMA IF NOT EXISTS \"pintail\" AUTHORIZATION \"\(user)\""
        #expect(first.standardError.contains("may not make pintail.migrations"), "\(first.standardError)")
        #expect(first.standardError.contains(remedy), "\(first.standardError)")
        _ = try await project.rows(remedy)
        let second = try await project.pintail("migrate", "up")
        #expect(second.exitCode == 1)
        #expect(second.standardError.contains("permission denied for schema public"), "\(second.standardError)")
        #expect(second.standardError.contains("migrate as the owner"), "\(second.standardError)")
        _ = try await project.rows("GRANT CREATE ON SCHEMA public TO \"\(user)\"")
        try await project.mustPintail("migrate", "up")
        #expect(try await project.states() == ["0001_one": "applied"])

        let reader = "reader_\(UUID().uuidString.prefix(8).lowercased())"
        try await server.createUser(reader, password: "hunter2")
        let settings = try project.folder.read("pintail.yml").replacing(user, with: reader)
        try project.folder.write(settings, to: "pintail.yml")
        let blind = try await project.pintail("migrate", "status")
        #expect(blind.exitCode == 1)
        #expect(blind.standardError.contains("GRANT SELECT ON \"pintail\".\"migrations\""), "\(blind.standardError)")
        _ = try await project.rows(
            "GRANT USAGE ON SCHEMA pintail TO \(reader); GRANT SELECT ON pintail.migrations TO \(reader)"
        )
        #expect(try await project.states() == ["0001_one": "applied"])
        try project.migration("0002_two", "SELECT 1")
        let unable = try await project.pintail("migrate", "up")
        #expect(
            unable.standardError.contains("lacks INSERT, UPDATE, DELETE on pintail.migrations"),
            "\(unable.standardError)"
        )
    }

    @Test func `a server that cannot be reached is told without its password`() async throws {
        let project = try await PostgresProject(port: 1, password: "hunter2")
        try project.migration("0001_one", "SELECT 1")
        let told = try await project.pintail("migrate", "up")
        #expect(told.exitCode == 1)
        #expect(told.standardError.contains("nothing listens at 127.0.0.1:1"), "\(told.standardError)")
        #expect(!told.standardError.contains("hunter2"))
    }
}
