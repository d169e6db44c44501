import PintailOrchestrator
import TestSupport
import Testing

@testable import PintailEngine
@testable import PintailProject

/// What may be done next, decided from the files and the ledger alone.
@Suite struct MigrationHistoryTests {
    private static let noTransaction = "-- pintail: no transaction\nSELECT 1;\nSELECT 2;"

    private func history(_ files: [String: String], _ ledger: [LedgerEntry]) throws -> MigrationHistory {
        let folder = try TemporaryDirectory()
        for (name, text) in files { try folder.write(text, to: "migrations/\(name).sql") }
        let project = Project(
            "test",
            directory: folder.path,
            database: folder.path + "/test.duckdb",
            connections: ["pg": .postgres(PostgresSettings())]
        )
        return MigrationHistory(try MigrationFolders(of: project).folder(of: .connection("pg")), ledger: ledger)
    }

    private func entry(_ name: String, _ text: String, _ state: LedgerEntry.State = .applied, run: Int = 1) throws
        -> LedgerEntry
    {
        let file = try MigrationFile(Array(text.utf8), path: "x")
        return LedgerEntry(
            version: Int64(name.prefix { $0.isNumber }) ?? 0,
            name: name,
            checksum: state == .applied ? file.checksum : file.checksum(ofFirst: run),
            state: state,
            statements: run,
            appliedAt: Timestamp(millisecondsSince1970: 0),
            duration: state == .applied ? .milliseconds(1) : nil
        )
    }

    private func refusals(_ body: () throws -> [Migration]) -> [String] {
        do {
            return try body().map(\.name)
        } catch {
            return (error as? Diagnostics)?.all.map { $0.message + ($0.hint.map { " (\($0))" } ?? "") } ?? ["\(error)"]
        }
    }

    @Test func `every state has its name`() throws {
        let history = try history(
            ["1_a.up": "SELECT 1", "2_b.up": "SELECT 2", "4_d.up": Self.noTransaction, "5_e.up": "SELECT 5"],
            [
                entry("1_a", "SELECT 1"), entry("2_b", "SELECT 0"), entry("3_c", "SELECT 3"),
                entry("4_d", Self.noTransaction, .started),
            ]
        )
        #expect(
            history.records.map { "\($0.name) \($0.state)" } == [
                "1_a applied", "2_b changed", "3_c missing", "4_d unfinished", "5_e pending",
            ]
        )
        #expect(history.complaint?.message == "migration 2_b of 'pg' is changed, and 2 more are not as they should be")
        let said = refusals { try history.steps(up: .init()) }
        #expect(said.count == 3, "\(said)")
        for words in [
            "2_b was edited after it had been applied", "'migrations/3_c.up.sql' is missing", "put the file back",
            "4_d was stopped: 1 of its 2 statements are known to have been run", "pintail migrate up --resume",
        ] { #expect(said.contains { $0.contains(words) }, "\(said)") }
    }

    @Test func `what is pending goes up in order, and no more than asked`() throws {
        let history = try history(
            ["2_b.up": "SELECT 2", "10_c.up": "SELECT 3", "1_a.up": "SELECT 1"],
            [entry("1_a", "SELECT 1")]
        )
        #expect(refusals { try history.steps(up: .init()) } == ["2_b", "10_c"])
        #expect(refusals { try history.steps(up: .init(limit: 1)) } == ["2_b"])
    }

    @Test func `what is older than the last one goes up only when that is said`() throws {
        let history = try history(["1_a.up": "SELECT 1", "2_b.up": "SELECT 2"], [entry("2_b", "SELECT 2")])
        let said = refusals { try history.steps(up: .init()) }
        #expect(
            said == [
                "1_a is pending, and 2_b, which comes after it, has been applied (--out-of-order applies it now; or give it a number after 2_b)"
            ]
        )
        #expect(refusals { try history.steps(up: .init(outOfOrder: true)) } == ["1_a"])
    }

    @Test func `a stopped one goes on where it was, if what was run is still the same`() throws {
        let started = try entry("1_a", Self.noTransaction, .started)
        let same = try history(["1_a.up": Self.noTransaction + " SELECT 3", "2_b.up": "SELECT 2"], [started])
        #expect(refusals { try same.steps(up: .init(resumes: true)) } == ["1_a", "2_b"])
        let edited = try history(["1_a.up": "-- pintail: no transaction\nSELECT 0; SELECT 2"], [started])
        #expect(
            refusals { try edited.steps(up: .init(resumes: true)) }.first?.contains("what has been run was edited")
                == true
        )
        let back = try history(["1_a.up": Self.noTransaction], [entry("1_a", Self.noTransaction, .reverting)])
        #expect(
            refusals { try back.steps(up: .init(resumes: true)) }.first?.contains("while it was taken back") == true
        )
    }

    @Test func `the way back is the last one first, and only where it is written`() throws {
        let files = [
            "1_a.up": "SELECT 1", "2_b.up": "SELECT 2", "2_b.down": "SELECT 0", "3_c.up": "SELECT 3",
            "3_c.down": "SELECT 0",
        ]
        let applied = try [entry("1_a", "SELECT 1"), entry("2_b", "SELECT 2"), entry("3_c", "SELECT 9")]
        let history = try history(files, applied)
        #expect(refusals { try history.steps(down: 1) } == ["3_c"])
        #expect(refusals { try history.steps(down: 2) } == ["3_c", "2_b"])
        #expect(
            refusals { try history.steps(down: 3) } == [
                "1_a cannot be taken back: there is no 'migrations/1_a.down.sql' (write it)"
            ]
        )
        #expect(refusals { try self.history(files, []).steps(down: 1) } == [])
    }

    @Test func `a file without statements is refused, up and down`() throws {
        let files = ["1_a.up": "SELECT 1", "1_a.down": "-- nothing yet\n", "2_b.up": " \n/* nothing */"]
        let history = try history(files, [entry("1_a", "SELECT 1")])
        #expect(refusals { try history.steps(up: .init()) }.first?.contains("2_b.up.sql' holds no statement") == true)
        #expect(refusals { try history.steps(down: 1) }.first?.contains("1_a.down.sql' holds no statement") == true)
    }
}
