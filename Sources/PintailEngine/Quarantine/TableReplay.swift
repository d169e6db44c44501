import DuckDB
import PintailOrchestrator
import PintailProject

/// Takes rows that were put aside from a table back into it, those that are good now.
///
/// They are staged as if an extract added them: the table's checks judge old and new rows together, and one transaction
/// publishes rows, marks, what loads are to add, and the steps that are still to be done. Blocks: it runs on the step's
/// session.
struct TableReplay {
    let plan: ReplayPlan
    let workspace: Workspace
    let run: RunID
    /// The run that published the table last, as the history knows; rows that others put aside may have been taken since.
    let lastRun: RunID?
    let spool: Spool

    /// What became of the rows.
    struct Outcome {
        var counts: ReplayCounts
        var checks: [CheckOutcome] = []
        var warnings: [String] = []
    }

    private var replay: Replay { plan.replay }
    private var table: TableName { TableName(replay.table) }
    private var staging: TableName { StagedTable.staging(for: replay.table) }

    /// Takes the rows that are good now; the others stay with what is wrong with them now.
    func perform(_ connection: borrowing Connection) throws -> Outcome {
        guard case .table(let checks, let extract) = plan.entry else {
            preconditionFailure("rows enter a table here")
        }
        try requireTable(connection)
        try Quarantine.withdraw(table: replay.table, connection)
        var rows = try AsideRows(replay, connection)
        defer { rows.forget(connection) }
        if rows.count == 0 { return Outcome(counts: ReplayCounts(left: try left(connection))) }
        if let extract { try rows.read(by: extract, workspace, spool, connection) }
        try rows.readJSON(connection)
        try rows.findTaken(lastRun, connection)
        try StagedTable.drop(staging, connection)
        try connection.execute("CREATE TABLE \(table: staging) AS \(rows.good)")
        do {
            let staged = StagedTable(replay.table, publication: .append)
            let outcomes = try checks.flatMap { try judge($0, staged, connection) }
            try rows.takeVerdicts(of: replay.table, staging, connection)
            let added = try AddedRows(plan).prepare(connection)
            let counts = try connection.transaction { connection in
                try publish(staged, rows, added, connection)
            }
            added.forget(connection)
            return Outcome(counts: counts, checks: outcomes, warnings: rows.warnings)
        } catch {
            // The first error is the one to tell.
            try? StagedTable.drop(staging, connection)
            try? Quarantine.withdraw(table: replay.table, connection)
            throw error
        }
    }

    private func judge(_ check: Check, _ staged: StagedTable, _ connection: borrowing Connection) throws
        -> [CheckOutcome]
    {
        var check = check
        // Its columns are those that it has: nothing of the source is looked at.
        check.drift = nil
        return try CheckStep(check).judge(staged, nil, run: run, connection).checks
    }

    private func publish(
        _ staged: StagedTable,
        _ rows: AsideRows,
        _ added: AddedRows.Prepared,
        _ connection: borrowing Connection
    ) throws -> ReplayCounts {
        try Quarantine.withdraw(table: replay.table, connection)
        try staged.publish(connection)
        var counts = try rows.mark(run, connection)
        if counts.replayed > counts.taken {
            try added.store(run, connection)
            let rest = plan.plan.nodes.map(\.id).filter { $0 != plan.entryNode }
            try ReplayLedger.note(rest, of: replay.table, run: run, connection)
        }
        counts.left = try left(connection) - counts.broken.reduce(0) { $0 + $1.rows }
        return counts
    }

    /// How many rows are open that no load put aside.
    private func left(_ connection: borrowing Connection) throws(DuckDBError) -> Int {
        try connection.value(
            """
            SELECT count(*) FROM \(table: replay.aside)
            WHERE \(Quarantine.isOpen) AND NOT \(Quarantine.isOfLoad(replay.table))
            """
        ).integer ?? 0
    }

    private func requireTable(_ connection: borrowing Connection) throws {
        switch try StagedTable.kind(of: table, connection) {
        case .table: return
        case .view:
            throw StepError(
                "\(replay.table) is read from its source each time, so that no row can be added to it",
                hint: "'pintail run' reads it by the rules of today; 'strategy: eager' stores it",
                dataState: "nothing was changed"
            )
        case nil:
            throw StepError(
                "there is no table '\(replay.table)' to replay rows into",
                hint: "'pintail run' makes it",
                dataState: "nothing was changed"
            )
        }
    }
}
