import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `pintail migrate` on the project's own database.
@Suite struct MigrateDuckDBTests {
    private func project() throws -> TestProject {
        // DuckDB names its database by the file: a schema 'pintail' in it could not be told from that.
        let project = try TestProject(settings: "database: pintail.duckdb")
        try project.write(
            "CREATE TABLE one (id int);\nINSERT INTO one VALUES (1);",
            to: "migrations/duckdb/0001_one.up.sql"
        )
        try project.write("DROP TABLE one", to: "migrations/duckdb/0001_one.down.sql")
        return project
    }

    private func states(_ project: TestProject) async throws -> [String] {
        let printed = try await project.pintail("migrate", "status", "--json").standardOutput
        let databases = try json(printed) as? [[String: Any]] ?? []
        return databases.flatMap { $0["migrations"] as? [[String: Any]] ?? [] }.map {
            "\($0["name"] ?? "") \($0["state"] ?? "")"
        }
    }

    @Test func `up, status and down work as on a server`() async throws {
        let project = try project()
        #expect(try await states(project) == ["0001_one pending"])
        #expect(!project.exists("pintail.duckdb"))
        let up = try await project.pintail("migrate", "up")
        #expect(
            up.exitCode == 0 && up.standardError.contains("duckdb 0001_one  applied: 2 statements"),
            "\(up.standardError)"
        )
        #expect(try await states(project) == ["0001_one applied"])
        #expect(try await project.rows("SELECT id FROM one") == ["1"])
        #expect(
            try await project.rows("SELECT version, state, statements, length(checksum) FROM _pintail.migrations") == [
                "1,applied,2,64"
            ]
        )
        #expect(try await project.pintail("migrate", "up").exitCode == 0)
        #expect(try await project.pintail("migrate", "down").exitCode == 0)
        #expect(try await project.tables() == [])
    }

    @Test func `wrong SQL in the middle leaves nothing, and is told at its place`() async throws {
        let project = try project()
        try project.write(
            "CREATE TABLE two (id int);\nSELECT 'ö',\n  idd FROM one;",
            to: "migrations/duckdb/0002_two.up.sql"
        )
        let failed = try await project.pintail("migrate", "up")
        #expect(failed.exitCode == 1)
        for words in [
            "0002_two cannot be applied", "migrations/duckdb/0002_two.up.sql:3:3", "rolled back; duckdb is as it was",
        ] {
            #expect(failed.standardError.contains(words), "\(failed.standardError)")
        }
        #expect(try await states(project) == ["0001_one applied", "0002_two pending"])
        #expect(try await project.tables() == ["main.one"])
    }

    @Test func `killed at any moment, each is there with its line in the ledger or not at all`() async throws {
        let project = try TestProject()
        for number in 1...30 {
            let name = (number < 10 ? "000" : "00") + "\(number)_t"
            let text = "CREATE TABLE a\(number) AS FROM range(20000); CREATE TABLE b\(number) AS FROM a\(number);"
            try project.write(text, to: "migrations/duckdb/\(name).up.sql")
        }
        var moment = 20
        var finished = false
        while !finished {
            let child = try project.start("migrate", "up")
            for _ in 0..<moment where child.end == nil { try await Task.sleep(for: .milliseconds(1)) }
            child.send(SIGKILL)
            finished = try await child.wait() == .exited(0)
            moment += 10 + moment / 4
            guard project.exists("test.duckdb") else { continue }
            let applied = try await states(project).count { $0.hasSuffix(" applied") }
            let tables = try await project.tables().count { $0.hasPrefix("main.a") || $0.hasPrefix("main.b") }
            #expect(tables == 2 * applied)
        }
        #expect(try await states(project).allSatisfy { $0.hasSuffix(" applied") })
    }

    @Test func `where another process has the file it is said who`() async throws {
        let project = try project()
        #expect(try await project.pintail("migrate", "up").exitCode == 0)
        try project.write(steps: "- command: touch started && sleep 600\n  name: hold")
        let holder = try project.start("run")
        try await eventually("the run has the database") { project.exists("started") }
        let told = try await project.pintail("migrate", "up")
        #expect(told.exitCode == 1)
        #expect(told.standardError.contains("another process has it open"), "\(told.standardError)")
        holder.send(SIGINT)
        _ = try await holder.wait()
    }

    @Test func `a project without migrations is told how to begin`() async throws {
        let project = try TestProject()
        let told = try await project.pintail("migrate", "up")
        #expect(told.exitCode == 0 && told.standardError.contains("'pintail migrate new NAME' writes the first"))
        let made = try await project.pintail("migrate", "new", "first")
        #expect(made.standardOutput == "migrations/duckdb/0001_first.up.sql\nmigrations/duckdb/0001_first.down.sql\n")
    }
}
