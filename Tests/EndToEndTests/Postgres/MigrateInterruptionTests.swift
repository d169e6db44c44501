import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Two at once, killed, cut off: all of a migration or nothing.
@Suite struct MigrateInterruptionTests {
    @Test func `of two that start at once one waits, is told for whom, and finds nothing left to do`() async throws {
        let project = try await PostgresProject()
        try project.migration("0001_one", "CREATE TABLE one (); SELECT count(*) FROM gate;")
        let gate = try await project.closeGate()
        let first = try project.start("migrate", "up")
        try await project.somebodyWaitsAtGate()
        let second = try project.start("migrate", "up")
        try await eventually("the second says for whom it waits") {
            second.standardError.contains("waits for other migrations of pg: server process ")
        }
        #expect(second.standardError.contains(" of postgres from 127.0.0.1"), "\(second.standardError)")
        let status = try await project.pintail("migrate", "status")
        #expect(status.standardOutput.contains("under way: server process "), "\(status.standardOutput)")
        gate.write("COMMIT;\n")
        #expect(try await first.wait() == .exited(0), "\(first.standardError)")
        #expect(try await second.wait() == .exited(0), "\(second.standardError)")
        #expect(second.standardError.contains("nothing is pending"), "\(second.standardError)")
        #expect(try await project.rows("SELECT count(*) FROM pintail.migrations") == "1")
    }

    @Test func `many that start at once apply everything once`() async throws {
        let project = try await PostgresProject()
        for number in 1...5 {
            try project.migration("000\(number)_t", "CREATE TABLE t\(number) (); SELECT pg_sleep(0.02)")
        }
        let children = try (0..<4).map { _ in try project.start("migrate", "up") }
        for child in children { #expect(try await child.wait() == .exited(0), "\(child.standardError)") }
        #expect(try await project.rows("SELECT count(*), count(DISTINCT version) FROM pintail.migrations") == "5|5")
    }

    @Test func `killed in the middle, nothing of it is there, and the next one does it`() async throws {
        let project = try await PostgresProject()
        try project.migration("0001_one", "CREATE TABLE one (); SELECT count(*) FROM gate; CREATE TABLE two ();")
        try await project.killAtGate("migrate", "up")
        #expect(try await project.rows("SELECT to_regclass('one') IS NULL") == "t")
        #expect(try await project.states() == ["0001_one": "pending"])
        try await project.mustPintail("migrate", "up")
        #expect(try await project.rows("SELECT to_regclass('two') IS NOT NULL") == "t")
    }

    @Test func `killed at any moment, each migration is there with its line in the ledger or not at all`() async throws
    {
        let project = try await PostgresProject()
        let count = 40
        for number in 1...count {
            let name = String(repeating: "0", count: 4 - String(number).count) + String(number)
            try project.migration(
                "\(name)_t",
                "CREATE TABLE a\(number) (); SELECT pg_sleep(0.01); CREATE TABLE b\(number) ();"
            )
        }
        var moment = 40
        var finished = false
        while !finished {
            let child = try project.start("migrate", "up")
            for _ in 0..<moment where child.end == nil { try await Task.sleep(for: .milliseconds(1)) }
            child.send(SIGKILL)
            finished = try await child.wait() == .exited(0)
            moment += 10 + moment / 4
            try await project.serverHasNoticed()
            let ledger =
                try await project.rows("SELECT to_regclass('pintail.migrations') IS NULL") == "t"
                ? "" : try await project.rows("SELECT version FROM pintail.migrations ORDER BY 1")
            let applied = ledger.split(separator: "\n").map(String.init)
            for kind in ["a", "b"] {
                let tables = try await project.rows(
                    "SELECT substr(tablename, 2)::int FROM pg_tables WHERE tablename ~ '^\(kind)[0-9]+$' ORDER BY 1"
                )
                #expect(tables.split(separator: "\n").map(String.init) == applied)
            }
        }
        #expect(try await project.rows("SELECT count(*) FROM pintail.migrations") == "\(count)")
    }

    @Test func `a line that is cut in the middle of a statement is told, and the server asked`() async throws {
        let server = try await PostgresServer.shared()
        let proxy = try CuttingProxy(to: server.port)
        let project = try await PostgresProject(port: proxy.port)
        try project.migration("0001_one", "CREATE TABLE one (); SELECT count(*) FROM gate;")
        let gate = try await project.closeGate()
        let child = try project.start("migrate", "up")
        try await project.somebodyWaitsAtGate()
        proxy.cut()
        gate.write("COMMIT;\n")
        #expect(try await child.wait() == .exited(1))
        let told = child.standardError
        #expect(told.contains("the connection to 'pg' broke while 0001_one was applied"), "\(told)")
        #expect(told.contains("rolled back") || told.contains("the server is still at work on it"), "\(told)")
        try await project.serverHasNoticed()
        #expect(try await project.states() == ["0001_one": "pending"])
    }

    @Test func `a commit whose answer is lost is found to be one`() async throws {
        let server = try await PostgresServer.shared()
        let proxy = try CuttingProxy(to: server.port)
        let project = try await PostgresProject(port: proxy.port)
        try project.migration(
            "0001_one",
            """
            CREATE TABLE one (id int);
            CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM FROM gate; RETURN NULL; END $$;
            CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON one DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION wait();
            INSERT INTO one VALUES (1);
            """
        )
        let gate = try await project.closeGate()
        let child = try project.start("migrate", "up")
        try await project.somebodyWaitsAtGate(doing: "COMMIT")
        proxy.hold(after: 0, .toClient)
        gate.write("COMMIT;\n")
        try await eventually("the server has committed") {
            try await project.rows("SELECT to_regclass('one') IS NOT NULL") == "t"
        }
        proxy.cut()
        proxy.release()
        #expect(try await child.wait() == .exited(1))
        #expect(child.standardError.contains("the server had committed it"), "\(child.standardError)")
        #expect(try await project.states() == ["0001_one": "applied"])
    }

    @Test func `without transaction it goes on where it was, or all the way back`() async throws {
        let project = try await PostgresProject(tables: "CREATE TABLE t (id int); INSERT INTO t VALUES (1), (1)")
        try project.migration(
            "0001_index",
            """
            -- pintail: no transaction
            CREATE INDEX CONCURRENTLY i ON t (id);
            CREATE UNIQUE INDEX CONCURRENTLY u ON t (id);
            CREATE TABLE after ();
            """,
            back: "DROP TABLE IF EXISTS after; DROP INDEX IF EXISTS i; DROP INDEX IF EXISTS u;"
        )
        let failed = try await project.pintail("migrate", "up")
        #expect(failed.exitCode == 1)
        for words in [
            "could not create unique index", "migrations/0001_index.up.sql:3:",
            "1 of its 3 statements took effect, and stay", "invalid index", "pintail migrate up --resume",
        ] { #expect(failed.standardError.contains(words), "\(failed.standardError)") }
        #expect(try await project.states() == ["0001_index": "unfinished"])
        let refused = try await project.pintail("migrate", "up")
        #expect(refused.exitCode == 2)
        #expect(
            refused.standardError.contains("1 of its 3 statements are known to have been run"),
            "\(refused.standardError)"
        )
        _ = try await project.rows("DROP INDEX u; DELETE FROM t")
        try await project.mustPintail("migrate", "up", "--resume")
        #expect(try await project.states() == ["0001_index": "applied"])
        try await project.mustPintail("migrate", "down")
        #expect(try await project.states() == ["0001_index": "pending"])
        _ = try await project.rows("INSERT INTO t VALUES (1), (1)")
        #expect(try await project.pintail("migrate", "up").exitCode == 1)
        try await project.mustPintail("migrate", "down")
        #expect(try await project.rows("SELECT count(*) FROM pg_indexes WHERE tablename = 't'") == "0")
    }

    @Test func `killed without transaction, what was run is known`() async throws {
        let project = try await PostgresProject()
        try project.migration(
            "0001_one",
            "-- pintail: no transaction\nCREATE TABLE one ();\nSELECT count(*) FROM gate;\nCREATE TABLE two ();"
        )
        try await project.killAtGate("migrate", "up")
        let told = try await project.pintail("migrate", "up")
        #expect(told.exitCode == 2)
        #expect(told.standardError.contains("migrations/0001_one.up.sql:3:1"), "\(told.standardError)")
        try await project.mustPintail("migrate", "up", "--resume")
        #expect(try await project.rows("SELECT to_regclass('two') IS NOT NULL") == "t")
    }

    @Test func `an index made concurrently does not wait for those who wait for it`() async throws {
        let project = try await PostgresProject(tables: "CREATE TABLE t (id int)")
        try project.migration(
            "0001_index",
            "-- pintail: no transaction\nSELECT count(*) FROM gate;\nCREATE INDEX CONCURRENTLY i ON t (id);"
        )
        let gate = try await project.closeGate()
        let first = try project.start("migrate", "up")
        try await project.somebodyWaitsAtGate()
        let second = try project.start("migrate", "up")
        try await eventually("the second waits") { second.standardError.contains("waits for") }
        gate.write("COMMIT;\n")
        #expect(try await first.wait() == .exited(0), "\(first.standardError)")
        #expect(try await second.wait() == .exited(0), "\(second.standardError)")
    }

    @Test func `Ctrl-C leaves nothing of it`() async throws {
        let project = try await PostgresProject()
        try project.migration("0001_one", "CREATE TABLE one (); SELECT count(*) FROM gate;")
        let gate = try await project.closeGate()
        let child = try project.start("migrate", "up")
        try await project.somebodyWaitsAtGate()
        child.send(SIGINT)
        #expect(try await child.wait() == .exited(130), "\(child.standardError)")
        gate.write("COMMIT;\n")
        #expect(try await project.states() == ["0001_one": "pending"])
        #expect(try await project.rows("SELECT to_regclass('one') IS NULL") == "t")
    }
}
