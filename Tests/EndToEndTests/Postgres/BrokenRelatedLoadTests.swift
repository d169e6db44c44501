import Foundation
import TestSupport
import Testing

/// Related loads that are broken off, and others at work on the same tables.
@Suite struct BrokenRelatedLoadTests {
    private static let tables = """
        CREATE TABLE publications (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE);
        CREATE TABLE articles (url text PRIMARY KEY, title text, publication_id int REFERENCES publications)
        """

    /// Two tables and every step that a related load has: names, parents that are made, rows that are merged.
    private static let steps = """
        - load: publications
          from: SELECT 'p' || i AS name FROM range(20) t(i)
          into: pg.public.publications
          mode: upsert
          key: name
        - load: articles
          from: SELECT 'u' || i AS url, 'T' AS title, 'p' || (i % 30) AS publication FROM range(300) t(i)
          into: pg.public.articles
          mode: upsert
          key: url
          references:
            publication_id: {from: publication, table: publications, match: name, missing: create}
        """

    private let counts = """
        SELECT (SELECT count(*) FROM articles JOIN publications p ON p.id = publication_id), (SELECT count(*) FROM publications)
        """

    private func project(atomic: Bool, port: Int? = nil, retries: String = "{attempts: 1}") async throws
        -> PostgresProject
    {
        let project = try await PostgresProject(tables: Self.tables, port: port)
        try project.pipeline(Self.steps, retries: retries)
        if atomic {
            let text = try project.folder.read("pipelines/load.yml")
            try project.folder.write("atomic: true\n" + text, to: "pipelines/load.yml")
        }
        return project
    }

    /// What may be in both tables: all of it, nothing, or what one load of two has brought.
    private func whole(atomic: Bool) -> Set<String> { atomic ? ["0|0", "300|30"] : ["0|0", "0|20", "300|30"] }

    // MARK: The line

    @Test(arguments: [CuttingProxy.Direction.toServer, .toClient], [false, true])
    func `a line that breaks at any byte leaves each table whole or as it was`(
        _ direction: CuttingProxy.Direction,
        atomic: Bool
    ) async throws {
        let proxy = try await CuttingProxy(to: PostgresServer.shared().port)
        let project = try await project(atomic: atomic, port: proxy.port)
        try await project.mustPintail("run")
        let all = proxy.passed(direction)
        // Evenly all the way, and closely where the commits are.
        let points = (1...10).map { all * $0 / 11 } + [90, 40, 20, 12, 6, 2].map { all - $0 }
        var broken = 0
        for bytes in points {
            _ = try await project.rows("TRUNCATE publications, articles")
            proxy.cut(after: bytes, direction)
            let result = try await project.pintail("run")
            try await project.serverHasNoticed()
            let left = try await project.rows(counts)
            if result.exitCode == 0 {
                #expect(left == "300|30", "\(bytes)")
            } else {
                broken += 1
                #expect(whole(atomic: atomic).contains(left), "\(bytes): \(left) \(result.standardError)")
                #expect(!result.standardError.contains("either the old rows or the new"), "\(result.standardError)")
            }
            proxy.cut(after: .max, direction)
            let next = try await project.mustPintail("run")
            #expect(try await project.rows(counts) == "300|30")
            if left == "300|30" { #expect(next.contains("0 inserted, 0 updated, 300 unchanged"), "\(next)") }
        }
        #expect(broken > 5)
    }

    @Test(arguments: [false, true]) func `a server that is gone for good at the commit is told so`(isCommitted: Bool)
        async throws
    {
        let server = try await PostgresServer.shared()
        let proxy = try CuttingProxy(to: server.port)
        let project = try await project(atomic: true, port: proxy.port)
        // It waits while it commits; then the line is cut, before or after the server is done.
        _ = try await project.rows(
            """
            CREATE TABLE gate ();
            CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM FROM gate; RETURN NULL; END $$;
            CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON articles DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION wait()
            """
        )
        let gate = try await project.closeGate()
        let load = try project.start("run")
        try await project.somebodyWaitsAtGate(doing: "COMMIT")
        if isCommitted { proxy.hold(after: 0, .toClient) } else { proxy.close() }
        gate.write("COMMIT;\n")
        if isCommitted {
            try await eventually("the server has committed") { try await project.rows(counts) == "300|30" }
            proxy.close()
        }
        #expect(try await load.wait() == .exited(1))
        #expect(load.standardError.contains("has either the old rows or the new"), "\(load.standardError)")
        try await project.serverHasNoticed()
        #expect(whole(atomic: true).contains(try await project.rows(counts)))
        let text = try project.folder.read("pintail.yml")
        try project.folder.write(text.replacing("port: \(proxy.port)", with: "port: \(server.port)"), to: "pintail.yml")
        let next = try await project.mustPintail("run")
        #expect(try await project.rows(counts) == "300|30")
        if isCommitted { #expect(next.contains("0 inserted, 0 updated, 300 unchanged"), "\(next)") }
    }

    @Test(arguments: [1, 3]) func `a session that the server ends is told, or tried again`(attempts: Int) async throws {
        let project = try await project(atomic: true, retries: "{attempts: \(attempts), backoff: 10ms}")
        _ = try await project.rows(Self.gate)
        let gate = try await project.closeGate()
        let load = try project.start("run")
        try await project.somebodyWaitsAtGate()
        _ = try await project.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        if attempts > 1 {
            try await eventually("it is tried again") { load.standardError.contains("attempt 1 failed") }
        }
        gate.write("COMMIT;\n")
        #expect(try await load.wait() == .exited(attempts > 1 ? 0 : 1), "\(load.standardError)")
        #expect(load.standardError.contains("terminating connection due to administrator command"))
        #expect(try await project.rows(counts) == (attempts > 1 ? "300|30" : "0|0"))
        if attempts == 1 {
            #expect(load.standardError.contains("no table of this transaction was changed"), "\(load.standardError)")
        }
    }

    /// Whoever inserts articles looks through the gate first.
    private static let gate = """
        CREATE TABLE gate ();
        CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM FROM gate; RETURN NULL; END $$;
        CREATE TRIGGER wait BEFORE INSERT ON articles FOR EACH STATEMENT EXECUTE FUNCTION wait()
        """

    // MARK: Killed between two tables

    enum Death: String, Sendable, CaseIterable { case process, session }

    @Test(arguments: Death.allCases, [false, true])
    func `the example that dies between its two tables has the right rows after the next run`(
        _ death: Death,
        atomic: Bool
    ) async throws {
        let server = try await PostgresServer.shared()
        let database = try await server.createDatabase()
        let example = try await TestProject(example: "articles")
        try example.write("DB_HOST=127.0.0.1\nDB_PORT=\(server.port)\nDB_NAME=\(database)\n", to: ".env")
        if !atomic {
            let text = try example.read("pipelines/articles.yml")
            try example.write(text.replacing("atomic: true", with: "atomic: false"), to: "pipelines/articles.yml")
        }
        func must(_ words: [String]) async throws {
            let result = try await TestSupport.run(PintailBinary.path, words, currentDirectory: example.path)
            try #require(result.exitCode == 0, "\(words): \(result.standardError)")
        }
        func rows(_ sql: String) async throws -> String { try await server.psql(sql, database: database) }
        try await must(["run", "inputs", "--vars", "ARTICLES=3000", "PUBLICATIONS=100"])
        try await must(["migrate", "up"])
        // What it comes to when nobody disturbs it.
        try await must(["run", "articles"])
        let all = "SELECT count(*), count(DISTINCT url), (SELECT count(*) FROM publications), sum(words) FROM articles"
        let wanted = try await rows(all)
        _ = try await rows("TRUNCATE articles, publications; \(Self.gate)")

        let project = PostgresProject(folder: example.folder, server: server, database: database)
        let gate = try await project.closeGate()
        let killed = try example.start("run", "articles")
        try await project.somebodyWaitsAtGate()
        switch death {
        case .process: killed.send(SIGKILL)
        case .session:
            _ = try await rows(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
        }
        gate.write("COMMIT;\n")
        let end = try await killed.wait()
        // Tried again, as the example's retries say: by then it is whole.
        let isDone = end == .exited(0)
        #expect(isDone == (death == .session), "\(killed.standardError)")
        try await project.serverHasNoticed()
        if !isDone {
            #expect(try await rows("SELECT count(*) FROM articles") == "0")
            #expect(try await rows("SELECT count(*) FROM publications") == (atomic ? "0" : "100"))
        }
        try await must(["run", "articles"])
        #expect(try await rows(all) == wanted)
    }

    // MARK: Others at work

    private func copies(_ count: Int, _ steps: [String]) async throws -> (PostgresProject, [TemporaryDirectory]) {
        let first = try await project(atomic: false)
        var folders: [TemporaryDirectory] = []
        for number in 0..<count {
            let folder = try TemporaryDirectory()
            try await mustRun("cp", ["-R", first.folder.path + "/.", folder.path])
            let lines = steps[number % steps.count].split(separator: "\n").map { "  " + $0 }.joined(separator: "\n")
            try folder.write(
                "pipeline: load\natomic: \(number % 2 == 0)\nretries: {attempts: 1}\nsteps:\n\(lines)\n",
                to: "pipelines/load.yml"
            )
            folders.append(folder)
        }
        return (first, folders)
    }

    private func runAll(_ folders: [TemporaryDirectory]) async throws -> [RunResult] {
        try await withThrowingTaskGroup(of: RunResult.self) { group in
            for folder in folders {
                group.addTask { try await run(PintailBinary.path, ["run"], currentDirectory: folder.path) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test func `the same file loaded by several at once is there once, whatever their order`() async throws {
        let other = """
            - load: articles
              from: SELECT 'u' || i AS url, 'T' AS title, 'p' || (i % 30) AS publication FROM range(299, -1, -1) t(i)
              into: pg.public.articles
              mode: upsert
              key: url
              references:
                publication_id: {from: publication, table: publications, match: name, missing: create}
            - load: publications
              from: SELECT 'p' || i AS name FROM range(29, -1, -1) t(i)
              into: pg.public.publications
              mode: upsert
              key: name
            """
        let (project, folders) = try await copies(4, [Self.steps, Self.steps, other])
        let ends = try await runAll(folders)
        for end in ends {
            #expect(end.exitCode == 0, "\(end.standardError)")
            #expect(!end.standardError.contains("error:"), "\(end.standardError)")
        }
        #expect(try await project.rows(counts) == "300|30")
        #expect(try await project.rows("SELECT count(*) FROM articles") == "300")
    }

    @Test func `of those that append the same file to a table with a key one arrives, and the others are told`()
        async throws
    {
        let steps = Self.steps.replacing("mode: upsert\n  key: url", with: "mode: append")
        let (project, folders) = try await copies(3, [steps])
        let ends = try await runAll(folders)
        #expect(ends.filter { $0.exitCode == 0 }.count == 1, "\(ends.map(\.standardError))")
        for end in ends where end.exitCode != 0 {
            #expect(
                end.standardError.contains("duplicate key value violates unique constraint \"articles_pkey\""),
                "\(end.standardError)"
            )
            #expect(end.standardError.contains("mode: upsert"), "\(end.standardError)")
            #expect(!end.standardError.contains("deadlock"), "\(end.standardError)")
        }
        #expect(try await project.rows(counts) == "300|30")
    }

    /// When somebody deletes a row that is referred to: before it is looked for, and after.
    enum Moment: String, Sendable, CaseIterable { case before, after }

    @Test(arguments: Moment.allCases, ["create", "fail", "null"])
    func `a parent that another session deletes in the middle`(_ moment: Moment, _ missing: String) async throws {
        let project = try await project(atomic: false)
        try project.pipeline(
            """
            - load: articles
              from: SELECT 'a' AS url, 'T' AS title, 'Post' AS publication
              into: pg.public.articles
              mode: append
              references:
                publication_id: {from: publication, table: publications, match: name, missing: \(missing)}
            """
        )
        _ = try await project.rows("INSERT INTO publications (name) VALUES ('Post'); \(Self.gate)")
        if moment == .before {
            // The deletion is under way when the load looks: it finds the row, and waits to keep it.
            let deleting = try await project.hold("DELETE FROM publications")
            let load = try project.start("run")
            try await project.somebodyWaits()
            deleting.write("COMMIT;\n")
            let end = try await load.wait()
            #expect(end == .exited(missing == "fail" ? 1 : 0), "\(load.standardError)")
            if missing == "fail" {
                #expect(
                    load.standardError.contains("is not in name of public.publications: 'Post'"),
                    "\(load.standardError)"
                )
            }
            let left = missing == "create" ? "1|1" : missing == "null" ? "0|0" : "0|0"
            #expect(try await project.rows(counts) == left)
            #expect(try await project.rows("SELECT count(*) FROM articles") == (missing == "fail" ? "0" : "1"))
            return
        }
        let gate = try await project.closeGate()
        let load = try project.start("run")
        try await project.somebodyWaitsAtGate()
        // The row is kept: who deletes it waits for the load, and is refused by the foreign key.
        async let deletion = run(
            project.rows("SELECT setting || '/psql' FROM pg_config WHERE name = 'BINDIR'"),
            [
                "-X", "-q", "-d", project.server.connectionString(database: project.database), "-c",
                "DELETE FROM publications",
            ]
        )
        try await eventually("the deletion waits") {
            try await project.rows(
                "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'DELETE FROM publications%' AND wait_event_type = 'Lock' AND datname = current_database()"
            ) == "1"
        }
        gate.write("COMMIT;\n")
        #expect(try await load.wait() == .exited(0), "\(load.standardError)")
        #expect(try await deletion.standardError.contains("violates foreign key constraint"))
        #expect(try await project.rows(counts) == "1|1")
    }
}

extension PostgresProject {

    /// A project that lies elsewhere.
    fileprivate init(folder: TemporaryDirectory, server: PostgresServer, database: String) {
        self.folder = folder
        self.server = server
        self.database = database
    }
}
