import DuckDB
import Synchronization

/// DuckDB's second thread in a tight budget, where one is the rule: there while somebody's rows fit into memory.
final class SpareThread: Sendable {
    private let database: Database
    private let isThere: Bool
    private let borrowers = Mutex(0)

    /// - Parameter isThere: whether there is one to lend: DuckDB has one thread, and the machine another core.
    init(of database: Database, isThere: Bool) {
        self.database = database
        self.isThere = isThere
    }

    /// Runs `body`, with two threads if its rows fit into memory.
    ///
    /// The setting is the database's: what else runs meanwhile may have two as well.
    func lend<Result>(if fits: Bool, _ body: () throws -> Result) throws -> Result {
        guard isThere, fits else { return try body() }
        count(1)
        defer { count(-1) }
        return try body()
    }

    private func count(_ change: Int) {
        borrowers.withLock { borrowers in
            let before = borrowers
            borrowers += change
            guard min(before, borrowers) == 0 else { return }
            // On a connection of its own: a transaction that failed takes no more settings, nor does one that is cancelled.
            // Where DuckDB refuses, the rows are read by as many threads as before.
            _ = try? database.connect().execute("SET GLOBAL threads = \(literal: borrowers > 0 ? 2 : 1)")
        }
    }
}
