import Foundation
import TestSupport
import Testing

/// What a server would refuse is said before anything is read, all of it at once.
@Suite struct PreflightTests {
    private func status(_ project: PostgresProject) async throws -> [String: String] {
        let answer = try await project.pintail("runs", "last", "--json")
        let run = try JSONSerialization.jsonObject(with: Data(answer.standardOutput.utf8)) as? [String: Any]
        let steps = run?["steps"] as? [[String: Any]] ?? run?["nodes"] as? [[String: Any]] ?? []
        return Dictionary(
            steps.map { ($0["step"] as? String ?? $0["node"] as? String ?? "", $0["status"] as? String ?? "") }
        ) { first, _ in first }
    }

    @Test func `every refusal is told before a step runs, and other pipelines go on`() async throws {
        let project = try await PostgresProject(
            tables: """
                CREATE TABLE there (id int);
                CREATE TABLE keyless (id bigint, name text);
                CREATE TABLE narrow (id bigint);
                CREATE TABLE dated (id date, name text)
                """
        )
        try await project.parquet("t.parquet", "SELECT 1::BIGINT AS id, 'a' AS name")
        try project.pipeline(
            """
            - extract: t
              from: t.parquet
            - load: there
              from: t
              into: pg.public.there
              mode: fail
            - load: keyless
              from: t
              into: pg.public.keyless
              mode: upsert
              key: id
            - load: narrow
              from: t
              into: pg.public.narrow
              mode: append
            - load: dated
              from: t
              into: pg.public.dated
              mode: append
            - load: fine
              from: t
              into: pg.public.fine
            - load: file
              from: t
              into: out.csv
            """
        )
        try project.folder.write(
            "pipeline: other\nsteps:\n  - transform: u\n    sql: SELECT 1 AS one\n",
            to: "pipelines/other.yml"
        )
        let result = try await project.pintail("run")
        #expect(result.exitCode == 1)
        for words in [
            "public.there cannot be loaded: it exists already", "no unique index has exactly the key's columns (id)",
            "public.narrow cannot be loaded: it has no column 'name'",
            "the column 'id' is BIGINT, and the table's is date", "nothing was started",
        ] { #expect(result.standardError.contains(words), "\(result.standardError)") }
        #expect(try !project.folder.names().contains("out.csv"))
        #expect(try await project.rows("SELECT to_regclass('fine') IS NULL") == "t")
        let status = try await status(project)
        #expect(status["t"] == "skipped", "\(status)")
        #expect(status["u"] == "succeeded", "\(status)")
        #expect(status["load:narrow"] == "failed", "\(status)")
    }

    @Test func `a guessed type refuses nothing, and a name does`() async throws {
        let project = try await PostgresProject(tables: "CREATE TABLE t (id int, name int)")
        try project.folder.write("id,name\n1,\n", to: "t.csv")
        try project.pipeline("- extract: t\n  from: t.csv\n- load: t\n  into: pg.public.t\n  mode: append")
        let typed = try await project.pintail("run")
        #expect(!typed.standardError.contains("nothing was started"), "\(typed.standardError)")
        try project.folder.write("id,nam\n1,\n", to: "t.csv")
        let named = try await project.pintail("run")
        #expect(named.exitCode == 1)
        #expect(named.standardError.contains("nothing was started"), "\(named.standardError)")
        #expect(named.standardError.contains("it has no column 'nam'"), "\(named.standardError)")
    }

    @Test func `what a command may yet change is not judged before it`() async throws {
        let project = try await PostgresProject(tables: "CREATE TABLE t (id bigint)")
        let address = project.server.url(database: project.database)
        let psql = try await project.rows("SELECT setting || '/psql' FROM pg_config WHERE name = 'BINDIR'")
        try project.pipeline(
            """
            - command: \(psql) -qc 'DROP TABLE t' \(address)
              name: clear
            - transform: t
              sql: SELECT 1::BIGINT AS id
            - load: t
              into: pg.public.t
              mode: fail
              after: clear
            """
        )
        try await project.mustPintail("run")
        #expect(try await project.rows("SELECT id FROM t") == "1")
    }

    @Test func `a server that is not there is waited for, and then nothing is started`() async throws {
        let project = try await PostgresProject(tables: "SELECT", port: 1)
        try await project.parquet("t.parquet", "SELECT 1::BIGINT AS id")
        try project.pipeline(
            "- extract: t\n  from: t.parquet\n- load: t\n  into: pg.public.t",
            retries: "{attempts: 3, backoff: 10ms}"
        )
        let result = try await project.pintail("run")
        #expect(result.exitCode == 1)
        #expect(result.standardError.components(separatedBy: "a server is waited for").count == 3)
        #expect(result.standardError.contains("nothing was started"), "\(result.standardError)")
    }
}
