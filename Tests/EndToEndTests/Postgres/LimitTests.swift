import Foundation
import TestSupport
import Testing

/// Limits of time that the server sets, and waiting for others.
@Suite struct LimitTests {
    private static let tables = """
        CREATE TABLE publications (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE);
        CREATE TABLE articles (url text PRIMARY KEY, publication_id int REFERENCES publications);
        INSERT INTO articles VALUES ('old', NULL);
        CREATE TABLE gate ();
        CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM FROM gate; RETURN NULL; END $$
        """

    /// Where the load stops until the gate opens: whoever inserts articles looks through it first.
    private static let trigger =
        "; CREATE TRIGGER wait BEFORE INSERT ON articles FOR EACH STATEMENT EXECUTE FUNCTION wait()"

    private static let related = """
        mode: upsert
          key: url
          references:
            publication_id: {from: publication, table: publications, match: name, missing: create}
        """

    private func project(
        _ mode: String = related,
        tables: String = tables + trigger,
        settings: String = "",
        port: Int? = nil,
        user: String = "postgres"
    ) async throws -> PostgresProject {
        let project = try await PostgresProject(tables: tables, port: port, user: user)
        if !settings.isEmpty {
            let text = try project.folder.read("pintail.yml")
            try project.folder.write(text + "      settings: \(settings)\n", to: "pintail.yml")
        }
        try project.pipeline(
            """
            - load: articles
              from: SELECT 'a' AS url\(mode.contains("references") ? ", 'Post' AS publication" : ", NULL::INT AS publication_id")
              into: pg.public.articles
              \(mode)
            """
        )
        return project
    }

    private let left = "SELECT (SELECT string_agg(url, ' ') FROM articles), (SELECT count(*) FROM publications)"

    @Test(arguments: ["mode: append", "mode: replace", related], ["statement_timeout", "lock_timeout"])
    func `a limit that is reached is named, and the table is as it was`(_ mode: String, _ setting: String) async throws
    {
        let project = try await project(mode, settings: "{\(setting): 300ms}")
        if mode == "mode: replace" {
            // It is swapped, which no trigger hears of: who reads it holds it up.
            _ = try await project.rows("CREATE MATERIALIZED VIEW m AS SELECT * FROM articles")
        }
        let gate = try await project.closeGate()
        let result = try await project.pintail("run")
        gate.write("COMMIT;\n")
        #expect(result.exitCode == 1)
        let said = result.standardError
        let words =
            setting == "lock_timeout"
            ? "canceling statement due to lock timeout" : "canceling statement due to statement timeout"
        #expect(said.contains(words), "\(said)")
        #expect(said.contains("`settings: {\(setting): 0}` of the connection"), "\(said)")
        // On a slow machine the time may be up before the load has begun.
        #expect(
            said.contains("rolled back; public.articles is unchanged") || said.contains("nothing was written"),
            "\(said)"
        )
        #expect(try await project.rows(left) == "old|0")
    }

    @Test func `a transaction that the server finds idle for too long is ended, and told so`() async throws {
        let server = try await PostgresServer.shared()
        let user = "idle_\(UUID().uuidString.prefix(8).lowercased())"
        try await server.psql(
            """
            CREATE ROLE \(user) LOGIN SUPERUSER; ALTER ROLE \(user) SET idle_in_transaction_session_timeout = '5s'
            """
        )
        let proxy = try CuttingProxy(to: server.port)
        let project = try await project(port: proxy.port, user: user)
        let gate = try await project.closeGate()
        let load = try project.start("run")
        try await project.somebodyWaitsAtGate()
        // What the load says next does not reach the server, whose patience is at an end.
        proxy.hold(after: 0, .toServer)
        gate.write("COMMIT;\n")
        try await eventually("the server has ended the transaction") {
            try await project.rows(
                """
                SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'pintail'
                    AND xact_start IS NOT NULL
                """
            ) == "0"
        }
        proxy.release()
        #expect(try await load.wait() == .exited(1))
        let said = load.standardError
        #expect(said.contains("terminating connection due to idle-in-transaction timeout"), "\(said)")
        #expect(said.contains("`settings: {idle_in_transaction_session_timeout: 0}`"), "\(said)")
        #expect(said.contains("rolled back; public.articles is unchanged"), "\(said)")
        #expect(try await project.rows(left) == "old|0")
    }

    @Test func `settings of a connection reach the server, for extracts as for loads`() async throws {
        let project = try await project(
            "mode: append",
            tables: Self.tables
                + "; CREATE VIEW told AS SELECT current_setting('search_path') AS path, current_setting('my.own') AS own",
            settings: #"{search_path: "other, public", my.own: "it's a \\ \"b\" c", statement_timeout: 0}"#
        )
        try project.pipeline("- extract: told\n  from: pg.public.told")
        try await project.mustPintail("run")
        let read = try await project.pintail("query", "--format", "csv", "SELECT * FROM told")
        #expect(
            read.standardOutput == "path,own\n\"other, public\",\"it's a \\ \"\"b\"\" c\"\n",
            "\(read.standardOutput)"
        )
        let bad = try project.folder.read("pintail.yml")
        try project.folder.write(bad.replacing("my.own:", with: "\"a b\":"), to: "pintail.yml")
        let refused = try await project.pintail("validate")
        #expect(
            refused.standardError.contains("'a b' cannot be the name of a server's setting"),
            "\(refused.standardError)"
        )
    }

    // MARK: Waiting

    private static let waits = [
        ("LOCK TABLE articles", related, "a lock on public.articles"),
        ("LOCK TABLE articles", "mode: append", "a lock on public.articles"),
        ("LOCK TABLE publications", related, "a lock on public.publications"),
        ("INSERT INTO publications (name) VALUES ('Post')", related, "rows"),
        ("INSERT INTO articles VALUES ('a')", related, "rows"),
    ]

    @Test(arguments: waits) func `a load that waits says for what, and who has it`(
        _ held: String,
        _ mode: String,
        _ said: String
    ) async throws {
        let project = try await project(mode, tables: Self.tables)
        let holder = try await project.hold(held)
        let load = try project.start("run")
        try await eventually("it tells") { load.standardError.contains("waits for \(said)") || load.end != nil }
        let words = load.standardError
        #expect(words.contains("of user postgres holds (psql, idle in transaction)"), "\(words)")
        holder.write("ROLLBACK;\n")
        #expect(try await load.wait() == .exited(0), "\(load.standardError)")
        #expect(try await project.rows(left).hasPrefix("old a|"))
    }

    @Test func `a run that is interrupted while it waits ends at once`() async throws {
        let project = try await project(tables: Self.tables)
        let holder = try await project.hold("LOCK TABLE articles")
        let load = try project.start("run")
        try await eventually("it tells") { load.standardError.contains("waits for a lock on") }
        load.send(SIGINT)
        #expect(try await load.wait() == .exited(130), "\(load.standardError)")
        holder.write("COMMIT;\n")
        #expect(try await project.rows(left) == "old|0")
    }

    @Test func `a server that is not there is told once, however many loads need it`() async throws {
        let project = try await PostgresProject(port: 1)
        for name in ["first", "second"] {
            try project.pipeline(
                """
                - load: \(name)_a
                  from: SELECT 1 AS id
                  into: pg.public.a
                  mode: append
                - load: \(name)_b
                  from: SELECT 1 AS id
                  into: pg.public.b
                  mode: append
                """,
                name: name,
                retries: "{attempts: 2, backoff: 10ms}"
            )
        }
        let result = try await project.pintail("run")
        #expect(result.exitCode == 1)
        let said = result.standardError
        // Once while it is waited for, once as what ended the run.
        #expect(said.components(separatedBy: "a server is waited for").count == 2, "\(said)")
        #expect(said.components(separatedBy: "error:").count == 2, "\(said)")
        #expect(said.contains("nothing was started"), "\(said)")
    }
}
