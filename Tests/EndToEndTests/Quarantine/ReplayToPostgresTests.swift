import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Replays whose rows end in Postgres: the right rows, once, whenever the replay is killed.
@Suite struct ReplayToPostgresTests {
    private static let tables = """
        CREATE TABLE log (id bigint, kind text);
        CREATE TABLE items (id bigint PRIMARY KEY, kind text REFERENCES kinds);
        CREATE TABLE notes (id bigint, kind text REFERENCES kinds)
        """

    private static let loads = """
        - transform: sized
          sql: SELECT id, kind FROM events WHERE size > 0
        \(EventRounds.log(from: "sized"))
        \(EventRounds.load("items", from: "sized", "mode: upsert\n  key: id"))
        \(EventRounds.load("notes", from: "sized", "mode: append"))
        """

    private static func events(on server: PostgresServer? = nil, port: Int? = nil) async throws -> EventRounds {
        try await EventRounds(of: 300, tables: tables, loads: loads, on: server, port: port)
    }

    private func settle(_ project: PostgresProject) async throws {
        for table in ["events", "items", "notes"] {
            let result = try await project.pintail("replay", table)
            try #require(result.exitCode == 0, "\(table): \(result.standardError)")
        }
    }

    /// That every row of all rounds stands in each table once.
    private func expectAll(_ rounds: Int, of events: EventRounds, _ what: String) async throws {
        let all = rounds * events.rows
        for table in ["log", "items", "notes"] {
            try #require(try await events.count(table) == "\(all)|\(all)", "\(what): \(table)")
        }
        let told = try await events.project.pintail("quarantine", "--json")
        let open = try #require(try json(told.standardOutput) as? [[String: Any]]).map { $0["open"] as? Int }
        #expect(open.allSatisfy { $0 == 0 }, "\(what): \(told.standardOutput)")
    }

    // MARK: What a load put aside

    @Test func `rows go in when what they name is there`() async throws {
        let events = try await Self.events()
        let project = events.project
        try events.allow(1000)
        try events.write(0, kind: "ж0")
        try await project.mustPintail("run")
        #expect(try await project.rows("SELECT count(*) FROM items") == "270")
        let early = try await project.mustPintail("replay", "items")
        #expect(
            early.contains(
                "quarantine.items: 0 rows replayed, 30 still break kind (references name of public.kinds), 0 left as they were"
            ),
            "\(early)"
        )
        #expect(try await project.rows("SELECT count(*) FROM items") == "270")
        let shown = try await project.mustPintail("quarantine", "items")
        #expect(shown.contains("kind (references name of public.kinds): 30 rows, put aside by load:items"), "\(shown)")

        try await events.know("ж0")
        let said = try await project.mustPintail("replay", "items")
        #expect(said.contains("quarantine.items: 30 rows replayed, 0 left as they were"), "\(said)")
        #expect(try await project.rows("SELECT count(*), count(DISTINCT id) FROM items") == "300|300")
        let idle = try await project.mustPintail("replay", "items")
        #expect(idle.contains("there is nothing to replay"), "\(idle)")
        let added = try await project.mustPintail("replay", "notes")
        #expect(added.contains("quarantine.notes: 30 rows replayed"), "\(added)")
        #expect(try await project.rows("SELECT count(*), count(DISTINCT id) FROM notes") == "300|300")
    }

    @Test func `only some of them go in when only some of what they name is there`() async throws {
        let events = try await Self.events()
        let project = events.project
        try events.allow(1000)
        try events.write(0, kind: "ж0")
        try await project.mustPintail("run")
        try events.write(1, kind: "ж1")
        try await project.mustPintail("run")
        try await events.know("ж1")
        for table in ["items", "notes"] {
            let said = try await project.mustPintail("replay", table)
            #expect(said.contains("quarantine.\(table): 30 rows replayed, 30 still break"), "\(said)")
            #expect(try await project.rows("SELECT count(*), count(DISTINCT id) FROM \(table)") == "570|570")
        }
    }

    @Test func `rows that a load puts aside again keep their place, and stand once`() async throws {
        let project = try await Self.events().project
        try project.pipeline(
            """
            - extract: items
              from: now.csv
            - load: items
              from: items
              into: pg.public.notes
              mode: append
              references:
                kind: {from: kind, table: kinds, match: name, missing: quarantine}
            """
        )
        try project.folder.write("id,kind\n1,known\n2,a\n3,a\n3,a\n4,b\n", to: "now.csv")
        try await project.mustPintail("run")
        let open = """
            SELECT raw->>'id' AS id, file, line FROM quarantine.items
            WHERE replayed_at IS NULL ORDER BY line
            """
        func places() async throws -> String {
            try await project.pintail("query", "--quiet", "--format", "csv", open).standardOutput
        }
        let before = try await places()
        #expect(before == "id,file,line\n2,now.csv,3\n3,now.csv,4\n3,now.csv,5\n4,now.csv,6\n")
        let idle = try await project.mustPintail("replay", "items")
        #expect(idle.contains("0 rows replayed, 4 still break kind"), "\(idle)")
        #expect(try await places() == before)
        _ = try await project.rows("INSERT INTO kinds VALUES ('a')")
        let said = try await project.mustPintail("replay", "items")
        #expect(said.contains("3 rows replayed, 1 still breaks kind"), "\(said)")
        #expect(try await places() == "id,file,line\n4,now.csv,6\n")
        #expect(try await project.rows("SELECT string_agg(id::text, ',' ORDER BY id) FROM notes") == "1,2,3,3")
    }

    // MARK: Killed replays

    /// How far a line to the server lets pass before the replay is killed.
    private static let shares = 6

    @Test(arguments: [CuttingProxy.Direction.toServer, .toClient])
    func `killed with its line held at any byte, it adds each row once`(direction: CuttingProxy.Direction) async throws
    {
        let server = try await PostgresServer.shared()
        let proxy = try CuttingProxy(to: server.port)
        let events = try await Self.events(on: server, port: proxy.port)
        let project = events.project
        var length: [String: Int] = [:]
        for round in 0..<Self.shares {
            try await putAside(round: round, of: events)
            for table in ["events", "items", "notes"] {
                let before = proxy.passed(direction)
                guard let whole = length[table] else {
                    try await project.mustPintail("replay", table)
                    length[table] = proxy.passed(direction) - before
                    continue
                }
                // The last share is the very end: what the server says to COMMIT.
                proxy.hold(after: max(1, whole * round / (Self.shares - 1) - 1), direction)
                let child = try project.start("replay", table, "--quiet")
                try await eventually("the line is held, or the replay has ended") {
                    proxy.isHolding || child.end != nil
                }
                child.send(SIGKILL)
                _ = try await child.wait()
                proxy.release()
                let again = try await project.pintail("replay", table)
                try #require(again.exitCode == 0, "round \(round), \(table): \(again.standardError)")
            }
            try await settle(project)
            try await expectAll(round + 1, of: events, "round \(round)")
        }
    }

    /// Has rows put aside, and mends the rule and the server's table that they broke.
    private func putAside(round: Int, of events: EventRounds) async throws {
        try events.write(round, kind: "ж\(round)")
        try events.allow(100)
        try await events.project.mustPintail("run")
        try events.allow(1000)
        try await events.know("ж\(round)")
    }

    @Test func `killed at any moment, it adds each row once`() async throws {
        let events = try await Self.events()
        let project = events.project
        for round in 0..<8 {
            try await putAside(round: round, of: events)
            for table in ["events", "items", "notes"] {
                let child = try project.start("replay", table, "--quiet")
                try await Task.sleep(for: .milliseconds(round * 80))
                child.send(SIGKILL)
                _ = try await child.wait()
            }
            try await settle(project)
            try await expectAll(round + 1, of: events, "round \(round)")
        }
    }

    @Test func `two at once add each row once`() async throws {
        let events = try await Self.events()
        let project = events.project
        try events.write(0, kind: "ж0")
        try events.allow(100)
        try await project.mustPintail("run")
        try events.allow(1000)
        try await events.know("ж0")
        async let first = project.pintail("replay", "events")
        async let second = project.pintail("replay", "events")
        let results = try await [first, second]
        #expect(results.contains { $0.exitCode == 0 })
        for result in results where result.exitCode != 0 {
            #expect(result.standardError.contains("another process has it open"), "\(result.standardError)")
        }
        try await settle(project)
        try await expectAll(1, of: events, "two at once")
    }
}
