import Foundation
import TestSupport
import Testing

/// Loads, extracts and migrations when PgBouncer lies between: in transaction mode no session of the server is ours.
@Suite struct PoolerTests {
    private static let tables = """
        CREATE TABLE publications (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE);
        CREATE TABLE articles (url text PRIMARY KEY, title text, publication_id int REFERENCES publications);
        CREATE TABLE log (n int); CREATE TABLE swapped (n int); INSERT INTO swapped VALUES (0)
        """

    private static let steps = """
        - extract: raw
          from: raw.csv
        - load: articles
          from: SELECT url, title, publication FROM raw
          into: pg.public.articles
          mode: upsert
          key: url
          references:
            publication_id: {from: publication, table: publications, match: name, missing: create}
        - load: log
          from: SELECT 1 AS n FROM range(20000)
          into: pg.public.log
          mode: append
        - load: swapped
          from: SELECT 1 AS n
          into: pg.public.swapped
          mode: replace
        - load: fresh
          from: SELECT 1 AS n
          into: pg.public.fresh
          mode: replace
        """

    private func project(_ mode: PgBouncer.Mode, steps: String = steps) async throws -> (PostgresProject, PgBouncer) {
        let bouncer = try await PgBouncer(before: .shared(), mode: mode)
        let project = try await PostgresProject(tables: Self.tables, port: bouncer.port)
        try project.folder.write("url,title,publication\na,One,Post\nb,Two,Times\n", to: "raw.csv")
        try project.pipeline(steps)
        return (project, bouncer)
    }

    /// Locks that belong to sessions of the pool, and would keep everybody away for good.
    private let forgotten = """
        SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        """

    @Test(arguments: PgBouncer.Mode.allCases, [false, true])
    func `every mode arrives, whole and once`(_ mode: PgBouncer.Mode, atomic: Bool) async throws {
        let (project, bouncer) = try await project(mode)
        if atomic {
            let text = try project.folder.read("pipelines/load.yml")
            try project.folder.write("atomic: true\n" + text, to: "pipelines/load.yml")
        }
        let first = try await project.mustPintail("run")
        if !atomic { #expect(first.contains("a pooler lies between: all rows are one transaction"), "\(first)") }
        let second = try await project.mustPintail("run")
        #expect(second.contains("0 inserted, 0 updated, 2 unchanged"), "\(second)")
        let counts = """
            SELECT (SELECT count(*) FROM articles JOIN publications p ON p.id = publication_id), (SELECT count(*) FROM log),
                (SELECT sum(n) FROM swapped), (SELECT sum(n) FROM fresh)
            """
        #expect(try await project.rows(counts) == "2|40000|1|1")
        #expect(try await project.rows(forgotten) == "0")
        withExtendedLifetime(bouncer) {}
    }

    @Test func `many loads at once through few sessions take turns`() async throws {
        let bouncer = try await PgBouncer(before: .shared(), mode: .transaction, poolSize: 3)
        let first = try await PostgresProject(tables: Self.tables, port: bouncer.port)
        let rows = (1...500).map { "u\($0),t,Paper \($0 % 50)" }.joined(separator: "\n")
        try first.folder.write("url,title,publication\n\(rows)\n", to: "raw.csv")
        try first.pipeline(Self.steps.components(separatedBy: "- load: log")[0])
        var folders = [first.folder]
        for _ in 1...3 {
            let copy = try TemporaryDirectory()
            try await mustRun("cp", ["-R", first.folder.path + "/.", copy.path])
            folders.append(copy)
        }
        let ends = try await withThrowingTaskGroup(of: RunResult.self) { group in
            for folder in folders {
                group.addTask { try await run(PintailBinary.path, ["run"], currentDirectory: folder.path) }
            }
            return try await group.reduce(into: [RunResult]()) { $0.append($1) }
        }
        for end in ends { #expect(end.exitCode == 0, "\(end.standardError)") }
        let counts = "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM publications)"
        #expect(try await first.rows(counts) == "500|50")
        #expect(try await first.rows(forgotten) == "0")
        withExtendedLifetime(bouncer) {}
    }

    @Test func `tables and queries are read through it`() async throws {
        let (project, bouncer) = try await project(
            .transaction,
            steps: """
                - extract: log
                  from: pg.public.log
                - extract: asked
                  connection: pg
                  from: SELECT sum(n)::numeric AS total FROM log
                """
        )
        _ = try await project.rows("INSERT INTO log SELECT generate_series(1, 1000)")
        try await project.mustPintail("run")
        let read = try await project.pintail(
            "query",
            "--format",
            "csv",
            "SELECT count(*), any_value(total) FROM log, asked"
        )
        #expect(read.standardOutput.contains("1000,500500"), "\(read.standardOutput)\(read.standardError)")
        withExtendedLifetime(bouncer) {}
    }

    @Test(arguments: PgBouncer.Mode.allCases)
    func `migrations need a session of their own, and are refused without`(_ mode: PgBouncer.Mode) async throws {
        let (project, bouncer) = try await project(mode)
        try project.migration("0001_one", "CREATE TABLE one ()")
        let result = try await project.pintail("migrate", "up")
        if mode == .session {
            #expect(result.exitCode == 0, "\(result.standardError)")
            #expect(try await project.rows("SELECT count(*) FROM pintail.migrations") == "1")
        } else {
            #expect(result.exitCode == 1)
            #expect(
                result.standardError.contains("a pooler in transaction mode lies between"),
                "\(result.standardError)"
            )
            #expect(result.standardError.contains("migrate over a connection to the server itself"))
            #expect(result.standardError.contains("nothing was changed"))
            #expect(
                try await project.rows("SELECT to_regclass('one') IS NULL AND to_regnamespace('pintail') IS NULL")
                    == "t"
            )
        }
        #expect(try await project.rows(forgotten) == "0")
        withExtendedLifetime(bouncer) {}
    }

    @Test func `settings that a pooler does not pass on are told`() async throws {
        let (project, bouncer) = try await project(.transaction)
        let text = try project.folder.read("pintail.yml")
        try project.folder.write(text + "      settings: {lock_timeout: 5s}\n", to: "pintail.yml")
        let result = try await project.pintail("run")
        #expect(result.exitCode == 1)
        #expect(result.standardError.contains("unsupported startup parameter"), "\(result.standardError)")
        #expect(result.standardError.contains("ALTER ROLE postgres SET"), "\(result.standardError)")
        withExtendedLifetime(bouncer) {}
    }
}
