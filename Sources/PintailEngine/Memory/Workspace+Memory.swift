import DuckDB
import PintailOrchestrator

extension Workspace {
    /// Between two big statements, has DuckDB give back what it keeps of the first, when the process nears its budget.
    ///
    /// Else the second takes its memory beside it: 23 MB more for a moment, with ten million rows in a budget of 200 MB.
    func giveBackMemory(_ connection: borrowing Connection) {
        guard let resident = ProcessUsage.residentMemory, resident.count > budget.safe.count / 10 * 9 else { return }
        // DuckDB empties its allocator whenever its limit is set, be it to what it was. What it cannot give it keeps.
        _ = try? connection.execute("SET GLOBAL memory_limit = \(literal: "\(budget.duckDBLimit.count)B")")
    }
}
