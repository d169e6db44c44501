import DuckDB
package import PintailOrchestrator
package import PintailProject

/// Judges a table before it is published: all claims about its columns in one reading of it.
///
/// The order is: columns against those of the last good run, claims about columns, then rows that break a `quarantine` claim
/// are taken out, then claims about the table as it will be published (row count, freshness, queries). All of it is one
/// transaction: when a `fail` claim fails, nothing was moved.
package struct CheckStep: Sendable {
    let check: Check
    let now: Timestamp

    /// Prepares the judging of a check's claims; `now` is what freshness is measured against.
    package init(_ check: Check, now: Timestamp = .now) {
        self.check = check
        self.now = now
    }

    /// Judges the staged rows of the check's table, or the table itself when nothing is staged.
    ///
    /// Where staged rows are to be added to a table, old and new rows are judged together.
    /// - Parameter lastGood: the table's columns as the last good run left them, against which drift is told.
    /// - Returns: an outcome for every claim, those that hold included; `schema` is the contract for the next run.
    /// - Throws: ``StepError`` with all outcomes when a `fail` claim fails; or naming every claim that cannot be judged.
    package func run(
        on staged: StagedTable?,
        in environment: StepEnvironment,
        lastGood: TableSchema? = nil
    ) async throws -> NodeResult {
        try await withProgress(of: environment, phase: "checking") {
            try await environment.session.run { connection in
                let finder = staged?.origin.map {
                    RowFinder(origin: $0, workspace: environment.workspace, run: environment.run)
                }
                return try judge(staged, lastGood, finder, run: environment.run, connection)
            }
        }
    }

    /// Judges on the session's queue.
    ///
    /// - Parameter finder: tells where rows stand in files; `nil` where they stand in none.
    func judge(
        _ staged: StagedTable?,
        _ lastGood: TableSchema?,
        _ finder: RowFinder? = nil,
        run: RunID,
        _ connection: borrowing Connection
    ) throws -> NodeResult {
        guard let candidate = try Candidate.find(check.table, staged: staged, connection) else {
            throw try missingTable(connection)
        }
        var preparation = CheckPreparation(check, candidate)
        let plan = try preparation.plan(connection)
        let unpublished = try staged.map { try Self.describe($0, connection) }
        do {
            return try connection.transaction { connection in
                let judging = Judging(check: check, plan: plan, now: now, run: run, finder: finder)
                return try judging.run(lastGood, staged: staged != nil, connection)
            }
        } catch let failure as ClaimsFailed {
            throw StepError(
                failure.sentence,
                hint: failure.hint,
                dataState: unpublished ?? "\(check.table) stands as it was published before this check",
                checks: failure.outcomes
            )
        }
    }

    private static func describe(_ staged: StagedTable, _ connection: borrowing Connection) throws(DuckDBError)
        -> String
    {
        try StagedTable.kind(of: TableName(staged.table), connection) == nil
            ? "\(staged.table) was not made; there was none before"
            : "\(staged.table) is unchanged: the table of the last good run stays in place"
    }

    private func missingTable(_ connection: borrowing Connection) throws -> StepError {
        let names = try connection.texts(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'main' AND table_catalog = current_database()"
        )
        let best = nearest(to: check.table, among: names)
        return StepError(
            "there is no table '\(check.table)' to check",
            hint: best.map { "did you mean '\($0)'?" },
            dataState: "nothing was changed"
        )
    }
}
