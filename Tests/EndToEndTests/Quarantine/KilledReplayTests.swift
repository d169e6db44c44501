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
        CREATE TABLE kinds (name text PRIMARY KEY);
        INSERT INTO kinds VALUES ('known');
        CREATE TABLE log (id bigint, kind text);
        CREATE TABLE notes (id bigint, kind text REFERENCES kinds);
        CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN PERFORM pg_advisory_xact_lock_shared(TG_ARGV[0]::bigint); RETURN NULL; END';
        CREATE CONSTRAINT TRIGGER waits AFTER INSERT ON log DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION wait(7);
        CREATE CONSTRAINT TRIGGER waits AFTER INSERT ON notes DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION wait(8)
        """

    private static func steps(most: Int) -> String {
        """
        - extract: events
          from: now.csv
        - check: events
          columns: {size: [{range: {max: \(most)}}]}
          on_fail: quarantine
        - load: log
          from: SELECT id, kind FROM events
          into: pg.public.log
          mode: append
        - load: notes
          from: SELECT id, kind FROM events
          into: pg.public.notes
          mode: append
          references:
            kind: {from: kind, table: kinds, match: name, missing: quarantine}
        """
    }

    private static let rows = 100

    private let proxy: CuttingProxy
    private let project: PostgresProject

    init() async throws {
        let server = try await PostgresServer.shared()
        proxy = try CuttingProxy(to: server.port)
        project = try await PostgresProject(on: server, tables: Self.tables, port: proxy.port)
    }

    /// Rows of one round: some are too big, some of a kind that nobody knows yet.
    private func write(round: Int, big: Bool = true, strange: Bool = true) throws {
        let lines = (0..<Self.rows).map { number in
            let size = big && number < 40 ? 500 : 5
            let kind = strange && number % 10 == 9 ? "strange" : "known"
            return "\(round * Self.rows + number),\(kind),\(size)\n"
        }
        try project.folder.write("id,kind,size\n" + lines.joined(), to: "now.csv")
    }

    /// Starts a command, and kills it when the server has committed more rows of a table and cannot tell it.
    private func kill(_ command: [String], afterCommitOf table: String) async throws {
        let before = try await count(table)
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
        try await eventually("the server has committed") { try await count(table) != before }
        child.send(SIGKILL)
        _ = try await child.wait()
        proxy.release()
    }

    private func count(_ table: String) async throws -> String {
        try await project.rows("SELECT count(*), count(DISTINCT id) FROM \(table)")
    }

    @Test func `what a table's rows add to a load comes once, though another run came between`() async throws {
        try write(round: 0)
        try project.pipeline(Self.steps(most: 100))
        try await project.mustPintail("run")
        #expect(try await count("log") == "60|60")
        try project.pipeline(Self.steps(most: 1000))
        try await kill(["replay", "events"], afterCommitOf: "log")
        #expect(try await count("log") == "100|100")

        try write(round: 1)
        try await project.mustPintail("run")
        #expect(try await count("log") == "200|200")
        let said = try await project.mustPintail("replay", "events")
        #expect(said.contains("an earlier run had added all 40 rows when it was stopped"), "\(said)")
        #expect(try await count("log") == "200|200")
        #expect(try await count("notes") == "180|180")
    }

    @Test func `rows that are given to a load come once, though another run came between`() async throws {
        try write(round: 0, big: false)
        try project.pipeline(Self.steps(most: 100))
        try await project.mustPintail("run")
        #expect(try await count("notes") == "90|90")
        _ = try await project.rows("INSERT INTO kinds VALUES ('strange')")
        try await kill(["replay", "notes"], afterCommitOf: "notes")
        #expect(try await count("notes") == "100|100")

        try write(round: 1, big: false)
        try await project.mustPintail("run")
        let said = try await project.mustPintail("replay", "notes")
        #expect(said.contains("quarantine.notes: 10 rows replayed, 0 left as they were"), "\(said)")
        #expect(try await count("notes") == "200|200")
    }

    @Test func `rows of a run come once, though a replay came between`() async throws {
        try write(round: 0, big: false)
        try project.pipeline(Self.steps(most: 100))
        try await project.mustPintail("run")
        try write(round: 1, big: false, strange: false)
        try await kill(["run"], afterCommitOf: "notes")
        _ = try await project.rows("INSERT INTO kinds VALUES ('strange')")
        let said = try await project.mustPintail("replay", "notes")
        #expect(said.contains("quarantine.notes: 10 rows replayed"), "\(said)")
        try await project.mustPintail("run")
        #expect(try await count("notes") == "200|200")
    }

    @Test func `rows that a killed run had put aside are put aside by the next one`() async throws {
        try write(round: 0, big: false)
        try project.pipeline(Self.steps(most: 100))
        try await kill(["run"], afterCommitOf: "notes")
        #expect(try await count("notes") == "90|90")
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
        _ = try await project.rows("INSERT INTO kinds VALUES ('strange')")
        try await project.mustPintail("replay", "notes")
        #expect(try await count("notes") == "100|100")
    }

    @Test func `a replay that is killed when some of its rows went in knows which`() async throws {
        try project.folder.write("id,kind,size\n0,known,1\n1,one,1\n2,two,1\n3,two,1\n", to: "now.csv")
        try project.pipeline(Self.steps(most: 100))
        try await project.mustPintail("run")
        _ = try await project.rows("INSERT INTO kinds VALUES ('two')")
        try await kill(["replay", "notes"], afterCommitOf: "notes")
        #expect(try await count("notes") == "3|3")
        let said = try await project.mustPintail("replay", "notes")
        #expect(said.contains("quarantine.notes: 2 rows replayed, 1 still breaks kind"), "\(said)")
        _ = try await project.rows("INSERT INTO kinds VALUES ('one')")
        try await project.mustPintail("replay", "notes")
        #expect(try await count("notes") == "4|4")
    }

    @Test func `rows of a later replay are not taken for those of one that was killed`() async throws {
        try write(round: 0)
        try project.pipeline(Self.steps(most: 100))
        try await project.mustPintail("run")
        try project.pipeline(Self.steps(most: 1000))
        try await kill(["replay", "events"], afterCommitOf: "log")
        for round in 1...2 {
            try write(round: round)
            try project.pipeline(Self.steps(most: 100))
            try await project.mustPintail("run")
            try project.pipeline(Self.steps(most: 1000))
            try await project.mustPintail("replay", "events")
            #expect(try await count("log") == "\((round + 1) * 100)|\((round + 1) * 100)")
        }
    }
}
