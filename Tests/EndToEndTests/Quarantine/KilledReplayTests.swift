import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Replays and runs that are killed when the server has committed and they have not heard of it.
///
/// The commit waits for a lock of the test; nothing comes back from the server once the lock is let go.
@Suite struct KilledReplayTests {
    private static let tables = """
        CREATE TABLE log (id bigint, kind text);
        CREATE TABLE notes (id bigint, kind text REFERENCES kinds);
        CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN PERFORM pg_advisory_xact_lock_shared(TG_ARGV[0]::bigint); RETURN NULL; END';
        CREATE CONSTRAINT TRIGGER waits AFTER INSERT ON log DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION wait(7);
        CREATE CONSTRAINT TRIGGER waits AFTER INSERT ON notes DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION wait(8)
        """

    private static let loads = """
        \(EventRounds.log(from: "SELECT id, kind FROM events"))
        \(EventRounds.load("notes", from: "SELECT id, kind FROM events", "mode: append"))
        """

    private let proxy: CuttingProxy
    private let events: EventRounds
    private var project: PostgresProject { events.project }

    init() async throws {
        let server = try await PostgresServer.shared()
        proxy = try CuttingProxy(to: server.port)
        events = try await EventRounds(
            of: 100,
            tables: Self.tables,
            loads: Self.loads,
            on: server,
            port: proxy.port
        )
    }

    /// Starts a command, and kills it when the server has committed more rows of a table and cannot tell it.
    private func kill(_ command: [String], afterCommitOf table: String) async throws {
        let before = try await events.count(table)
        let number = table == "log" ? 7 : 8
        let lock = try await project.hold("SELECT pg_advisory_xact_lock(\(number))")
        let child = try ChildProcess(PintailBinary.path, command, currentDirectory: project.folder.path)
        let waiting = """
            SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database
            WHERE locktype = 'advisory' AND objid = \(number) AND NOT granted AND datname = current_database()
            """
        try await eventually("the commit waits, or the command has ended") {
            try await project.rows(waiting) != "0" || child.end != nil
        }
        try #require(child.end == nil, "\(child.standardError)")
        proxy.hold(after: 0, .toClient)
        lock.write("COMMIT;\n")
        try await eventually("the server has committed") { try await events.count(table) != before }
        child.send(SIGKILL)
        _ = try await child.wait()
        proxy.release()
    }

    @Test func `what a table's rows add to a load comes once, though another run came between`() async throws {
        try events.write(0, kind: "strange")
        try events.allow(100)
        try await project.mustPintail("run")
        #expect(try await events.count("log") == "60|60")
        try events.allow(1000)
        try await kill(["replay", "events"], afterCommitOf: "log")
        #expect(try await events.count("log") == "100|100")

        try events.write(1, kind: "strange")
        try await project.mustPintail("run")
        #expect(try await events.count("log") == "200|200")
        let said = try await project.mustPintail("replay", "events")
        #expect(said.contains("an earlier run had added all 40 rows when it was stopped"), "\(said)")
        #expect(try await events.count("log") == "200|200")
        #expect(try await events.count("notes") == "180|180")
    }

    @Test func `rows that are given to a load come once, though another run came between`() async throws {
        try events.write(0, big: 0, kind: "strange")
        try events.allow(100)
        try await project.mustPintail("run")
        #expect(try await events.count("notes") == "90|90")
        try await events.know("strange")
        try await kill(["replay", "notes"], afterCommitOf: "notes")
        #expect(try await events.count("notes") == "100|100")

        try events.write(1, big: 0, kind: "strange")
        try await project.mustPintail("run")
        let said = try await project.mustPintail("replay", "notes")
        #expect(said.contains("quarantine.notes: 10 rows replayed, 0 left as they were"), "\(said)")
        #expect(try await events.count("notes") == "200|200")
    }

    @Test func `rows of a run come once, though a replay came between`() async throws {
        try events.write(0, big: 0, kind: "strange")
        try events.allow(100)
        try await project.mustPintail("run")
        try events.write(1, big: 0)
        try await kill(["run"], afterCommitOf: "notes")
        try await events.know("strange")
        let said = try await project.mustPintail("replay", "notes")
        #expect(said.contains("quarantine.notes: 10 rows replayed"), "\(said)")
        try await project.mustPintail("run")
        #expect(try await events.count("notes") == "200|200")
    }

    @Test func `rows that a killed run had put aside are put aside by the next one`() async throws {
        try events.write(0, big: 0, kind: "strange")
        try events.allow(100)
        try await kill(["run"], afterCommitOf: "notes")
        #expect(try await events.count("notes") == "90|90")
        let said = try await project.mustPintail("run")
        #expect(said.contains("an earlier run had added all 90 rows when it was stopped"), "\(said)")
        let open = try await project.pintail(
            "query",
            "--quiet",
            "--format",
            "csv",
            "SELECT count(*) FROM quarantine.notes"
        )
        #expect(open.standardOutput.hasSuffix("\n10\n"))
        try await events.know("strange")
        try await project.mustPintail("replay", "notes")
        #expect(try await events.count("notes") == "100|100")
    }

    @Test func `a replay that is killed when some of its rows went in knows which`() async throws {
        try project.folder.write("id,kind,size\n0,known,1\n1,one,1\n2,two,1\n3,two,1\n", to: "now.csv")
        try events.allow(100)
        try await project.mustPintail("run")
        try await events.know("two")
        try await kill(["replay", "notes"], afterCommitOf: "notes")
        #expect(try await events.count("notes") == "3|3")
        let said = try await project.mustPintail("replay", "notes")
        #expect(said.contains("quarantine.notes: 2 rows replayed, 1 still breaks kind"), "\(said)")
        try await events.know("one")
        try await project.mustPintail("replay", "notes")
        #expect(try await events.count("notes") == "4|4")
    }

    @Test func `rows of a later replay are not taken for those of one that was killed`() async throws {
        try events.write(0, kind: "strange")
        try events.allow(100)
        try await project.mustPintail("run")
        try events.allow(1000)
        try await kill(["replay", "events"], afterCommitOf: "log")
        for round in 1...2 {
            try events.write(round, kind: "strange")
            try events.allow(100)
            try await project.mustPintail("run")
            try events.allow(1000)
            try await project.mustPintail("replay", "events")
            #expect(try await events.count("log") == "\((round + 1) * 100)|\((round + 1) * 100)")
        }
    }
}
