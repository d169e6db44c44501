import Foundation
import TestSupport
import Testing

/// Loads of one pipeline that depend on each other, and those that are one transaction.
@Suite struct AtomicLoadTests {
    private static let tables = """
        CREATE TABLE publications (id uuid PRIMARY KEY, name text NOT NULL UNIQUE);
        CREATE TABLE articles (url text PRIMARY KEY, title text CHECK (title <> 'bad'), publication_id uuid REFERENCES publications)
        """

    /// Articles stand before publications in the file: their order comes from the reference.
    private static let steps = """
        - extract: raw
          from: raw.csv
        - load: articles
          from: SELECT url, title, publication FROM raw
          into: pg.public.articles
          mode: upsert
          key: url
          references:
            publication_id: {from: publication, table: publications, match: name}
        - load: publications
          from: SELECT DISTINCT publication AS name FROM raw
          into: pg.public.publications
          mode: upsert
          key: name
        """

    private func project(_ title: String, atomic: Bool, tables: String = tables, steps: String = steps) async throws
        -> PostgresProject
    {
        let project = try await PostgresProject(tables: tables)
        try project.folder.write("url,title,publication\na,One,Post\nb,\(title),Times\n", to: "raw.csv")
        try project.pipeline(steps)
        if atomic {
            let text = try project.folder.read("pipelines/load.yml")
            try project.folder.write("atomic: true\n" + text, to: "pipelines/load.yml")
        }
        return project
    }

    private let counts = "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM publications)"

    @Test(arguments: [false, true]) func `what a reference leads to is loaded first`(atomic: Bool) async throws {
        let project = try await project("Two", atomic: atomic)
        let said = try await project.mustPintail("run")
        #expect(try await project.rows(counts) == "2|2")
        #expect(said.contains(atomic ? "load:articles+publications" : "load:articles "), "\(said)")
        if atomic { #expect(said.contains("publications: 2 inserted"), "\(said)") }
        let second = try await project.mustPintail("run")
        #expect(second.contains("0 inserted, 0 updated, 2 unchanged"), "\(second)")
    }

    @Test(arguments: [(false, "0|2"), (true, "0|0")])
    func `all tables of an atomic pipeline change or none`(atomic: Bool, left: String) async throws {
        let project = try await project("bad", atomic: atomic)
        let result = try await project.pintail("run")
        #expect(result.exitCode == 1)
        #expect(try await project.rows(counts) == left)
        if atomic {
            #expect(
                result.standardError.contains("rolled back; no table of this transaction was changed"),
                "\(result.standardError)"
            )
        }
    }

    @Test func `foreign keys order loads that say nothing of each other`() async throws {
        let steps = """
            - load: articles
              from: SELECT 'a' AS url, 'One' AS title, '00000000-0000-0000-0000-000000000001' AS publication_id
              into: pg.public.articles
              mode: append
            - load: publications
              from: SELECT '00000000-0000-0000-0000-000000000001' AS id, 'Post' AS name
              into: pg.public.publications
              mode: append
            """
        for atomic in [false, true] {
            let project = try await project("", atomic: atomic, steps: steps)
            try await project.mustPintail("run")
            #expect(try await project.rows(counts) == "1|1")
        }
    }

    @Test func `every mode takes part`() async throws {
        let project = try await project(
            "",
            atomic: true,
            tables: """
                CREATE TABLE a (id int); INSERT INTO a VALUES (1);
                CREATE TABLE r (id int PRIMARY KEY); INSERT INTO r VALUES (1); CREATE VIEW v AS SELECT * FROM r;
                CREATE TABLE u (id int PRIMARY KEY, n int); INSERT INTO u VALUES (1, 1)
                """,
            steps: """
                - load: a
                  from: SELECT 2 AS id
                  into: pg.public.a
                  mode: append
                - load: r
                  from: SELECT 2 AS id
                  into: pg.public.r
                  mode: replace
                - load: u
                  from: SELECT 1 AS id, 2 AS n
                  into: pg.public.u
                  mode: upsert
                  key: id
                - load: f
                  from: SELECT 2 AS id
                  into: pg.public.f
                  mode: fail
                """
        )
        try await project.mustPintail("run")
        let all =
            "SELECT string_agg(t || id, ' ' ORDER BY t, id) FROM (SELECT 'a' t, id FROM a UNION ALL SELECT 'v', id FROM v UNION ALL SELECT 'u', n FROM u UNION ALL SELECT 'f', id FROM f) s"
        #expect(try await project.rows(all) == "a1 a2 f2 u2 v2")
        // The table is there now: all of it is refused before anything starts.
        let again = try await project.pintail("run")
        #expect(again.standardError.contains("it exists already"), "\(again.standardError)")
        #expect(try await project.rows(all) == "a1 a2 f2 u2 v2")
    }

    @Test func `a step between loads of one transaction is a circle`() async throws {
        let project = try await project(
            "",
            atomic: true,
            steps: """
                - load: publications
                  from: SELECT 'Post' AS name
                  into: pg.public.publications
                  mode: upsert
                  key: name
                - command: echo done
                  name: between
                  after: [publications]
                - load: articles
                  from: SELECT 'a' AS url
                  into: pg.public.articles
                  mode: upsert
                  key: url
                  after: [between]
                """
        )
        let result = try await project.pintail("run")
        #expect(result.exitCode == 2)
        #expect(result.standardError.contains("steps wait for each other"), "\(result.standardError)")
    }

    @Test func `killed anywhere, the tables hold all rows or none`() async throws {
        let steps = """
            - load: publications
              from: SELECT 'p' || i AS name FROM range(2000) t(i)
              into: pg.public.publications
              mode: upsert
              key: name
            - load: articles
              from: SELECT 'u' || i AS url, 'p' || (i % 2000) AS publication FROM range(60000) t(i)
              into: pg.public.articles
              mode: upsert
              key: url
              references:
                publication_id: {from: publication, table: publications, match: name}
            """
        let project = try await project("", atomic: true, steps: steps)
        // The first load has its rows in when the second begins; there it waits for us.
        _ = try await project.rows(
            """
            CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                PERFORM pg_advisory_xact_lock_shared(77); RETURN NULL; END $$;
            CREATE TRIGGER wait BEFORE INSERT ON articles FOR EACH STATEMENT EXECUTE FUNCTION wait()
            """
        )
        async let holding = project.rows("SELECT pg_advisory_lock(77); SELECT pg_sleep(600)")
        try await eventually("the lock is held") {
            try await project.rows(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 77 AND granted"
            ) == "1"
        }
        let killed = try project.start("run")
        try await eventually("the second load waits") {
            try await project.rows(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 77 AND NOT granted"
            ) == "1"
        }
        killed.send(SIGKILL)
        _ = try await killed.wait()
        _ = try await project.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()"
        )
        _ = try? await holding
        try await eventually("the server has noticed") {
            try await project.rows("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == "0"
        }
        #expect(try await project.rows(counts) == "0|0")
        try await project.mustPintail("run")
        #expect(try await project.rows(counts) == "60000|2000")
    }

    @Test(arguments: [CuttingProxy.Direction.toServer, .toClient])
    func `a connection that breaks at any byte leaves all rows or none`(_ direction: CuttingProxy.Direction)
        async throws
    {
        let proxy = try await CuttingProxy(to: PostgresServer.shared().port)
        let project = try await PostgresProject(tables: Self.tables, port: proxy.port)
        try project.pipeline(
            """
            - load: publications
              from: SELECT 'p' || i AS name FROM range(20) t(i)
              into: pg.public.publications
              mode: upsert
              key: name
            - load: articles
              from: SELECT 'u' || i AS url, 'p' || (i % 20) AS publication FROM range(300) t(i)
              into: pg.public.articles
              mode: upsert
              key: url
              references:
                publication_id: {from: publication, table: publications, match: name}
            """
        )
        try project.folder.write("atomic: true\n" + project.folder.read("pipelines/load.yml"), to: "pipelines/load.yml")
        var broken = 0
        for bytes in stride(from: 12_000, through: 60_000, by: 4_000) {
            proxy.cut(after: bytes, direction)
            let result = try await project.pintail("run")
            if result.exitCode != 0 { broken += 1 }
            let left = try await project.rows(counts)
            #expect(left == (result.exitCode == 0 ? "300|20" : "0|0"), "\(bytes): \(result.standardError)")
            _ = try await project.rows("TRUNCATE publications, articles")
        }
        #expect(broken > 0)
        proxy.cut(after: .max, direction)
        try await project.mustPintail("run")
        #expect(try await project.rows(counts) == "300|20")
    }
}
