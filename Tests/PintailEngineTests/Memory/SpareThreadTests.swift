import DuckDB
import PintailProject
import TestSupport
import Testing

@testable import PintailEngine

@Suite struct SpareThreadTests {
    private struct Refused: Error {}

    @Test func `a second thread is there while somebody's rows fit`() throws {
        let database = try Database(options: Database.Options(threads: 1))
        let connection = try database.connect()
        let spare = SpareThread(of: database, isThere: true)
        let unlent = try spare.lend(if: false) { try connection.threads() }
        #expect(unlent == 1)
        try spare.lend(if: true) {
            #expect(try connection.threads() == 2)
            let lentAgain = try spare.lend(if: true) { try connection.threads() }
            #expect(lentAgain == 2)
            #expect(try connection.threads() == 2)
        }
        #expect(try connection.threads() == 1)
        #expect(throws: Refused.self) { try spare.lend(if: true) { throw Refused() } }
        #expect(try connection.threads() == 1)
    }

    @Test func `a transaction that failed or is cancelled gives it back`() throws {
        let database = try Database(options: Database.Options(threads: 1))
        let connection = try database.connect()
        let spare = SpareThread(of: database, isThere: true)
        #expect(throws: DuckDBError.self) {
            try connection.transaction { connection in
                try spare.lend(if: true) {
                    connection.interrupter.interruptUntilReset()
                    _ = try connection.value("SELECT sum(range) FROM range(1000000000)")
                }
            }
        }
        #expect(try database.connect().threads() == 1)
    }

    @Test(arguments: [
        (Resources(memory: 200_000_000), true), (Resources(memory: 100_000_000), false),
        (Resources(memory: 200_000_000, threads: 1), false), (Resources(memory: 2_000_000_000), false),
    ])
    func `there is one where memory is little but enough for two, and nobody said how many`(
        _ resources: Resources,
        _ isThere: Bool
    ) throws {
        let folder = try TemporaryDirectory()
        let database = folder.path + "/test.duckdb"
        let project = Project("test", directory: folder.path, database: database, resources: resources)
        let workspace = try Workspace(opening: project)
        let connection = try workspace.database.connect()
        let threads = try connection.threads()
        let lent = try workspace.spareThread.lend(if: true) { try connection.threads() }
        #expect((threads == 1 && lent == 2) == isThere)
        #expect(isThere || lent == threads)
    }
}
