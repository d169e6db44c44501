import DuckDB
import PintailProject
import Postgres

/// One of the loads of a transaction, with what is known of its rows.
struct LinkedMember: Sendable {
    let load: Load
    let name: TableName
    let relation: LoadRelation
    let scan: SourceScan
    let words: PostgresWords

    /// What the server is asked for.
    var request: LoadRequest { load.request(into: name, columns: relation.columns) }

    /// Whether what is kept of each row while keys are counted fits into DuckDB's memory.
    func fits(into budget: MemoryBudget) -> Bool {
        scan.estimatedRows.map { budget.holds(rows: $0, of: LinkedRows.groupBytes) } ?? false
    }

    /// Whether a reference of the load leads to another's table.
    func refers(to other: LinkedMember) -> Bool { load.refers(to: other.load) }
}
