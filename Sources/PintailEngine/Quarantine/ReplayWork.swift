package import DuckDB
import PintailOrchestrator
import PintailProject

/// The runs that a replay takes, in their order; most take one.
package enum ReplayPart: Hashable, Sendable, CaseIterable {
    /// The steps that an earlier replay was stopped before.
    case unfinishedSteps
    /// The rows that an earlier replay was giving to a load when it was stopped.
    case unfinishedLoad
    /// Rows that an extract or a check put aside.
    case table
    /// Rows that a load put aside.
    case load
}

/// What one run of a replay does, planned.
package struct ReplayWork: Sendable {
    let plan: ReplayPlan
    /// The load that rows are given to, as the user wrote it.
    let load: Load?
    /// How many open rows are asked for; `nil` when an earlier replay goes on.
    package var rows: Int?

    /// The steps of the run.
    package var steps: Plan { plan.plan }

    /// What is done with which rows, in a sentence without its subject.
    package var words: String {
        let rows = rows.map { $0 == 1 ? "1 open row" : "\($0) open rows" }
        return switch plan.entry {
        case .none: "an earlier replay goes on"
        case .load: (rows ?? "the rows of an earlier replay") + " would be given to load '\(plan.replay.table)'"
        case .table: (rows ?? "") + " would be judged anew"
        }
    }

    /// Everything that a replay would do now, without changing anything.
    package static func all(of replay: Replay, in project: Project) async throws -> [ReplayWork] {
        try await offPool {
            let connection = try Workspace(opening: project, isReadOnly: true).database.connect()
            let existing = try connection.texts(
                "SELECT lower(table_name) FROM information_schema.tables WHERE table_catalog = current_database()"
            )
            let plan = try PlanBuilder(project, existing: Set(existing)).plan()
            return try ReplayPart.allCases.compactMap { try find($0, of: replay, in: plan, connection) }
        }
    }

    /// Looks for what there is to do; `nil` when there is nothing.
    package static func find(
        _ part: ReplayPart,
        of replay: Replay,
        in plan: Plan,
        _ connection: borrowing Connection
    ) throws -> ReplayWork? {
        let load = plan.nodes.flatMap(\.loads).first { $0.name == replay.table }
        switch part {
        case .unfinishedSteps:
            // Rows that wait for a load which was taken out of the project wait on.
            let known = Set(plan.nodes.map(\.id))
            let steps = Set(try ReplayLedger.steps(of: replay.table, connection)).intersection(known)
            guard !steps.isEmpty else { return nil }
            return ReplayWork(plan: try .unfinished(replay, steps: steps, in: plan), load: nil)
        case .unfinishedLoad:
            let given = ReplayLedger.given(to: replay.table)
            guard try StagedTable.kind(of: given, connection) != nil else { return nil }
            return ReplayWork(plan: try .given(replay, in: plan), load: load)
        case .table:
            let rows = try count("NOT \(Quarantine.isOfLoad(replay.table))", replay, connection)
            return rows == 0 ? nil : ReplayWork(plan: try .entering(replay, in: plan), load: nil, rows: rows)
        case .load:
            let rows = try count(Quarantine.isOfLoad(replay.table), replay, connection)
            return rows == 0 ? nil : ReplayWork(plan: try .given(replay, in: plan), load: load, rows: rows)
        }
    }

    /// Does the steps of the run.
    func runner(_ workspace: Workspace, _ run: RunID, _ store: RunStore?, _ steps: StepRunner) -> ReplayRunner {
        // The step where rows enter is no part of what is left to do.
        var rest = plan.plan
        rest.nodes.removeAll { $0.id == plan.entryNode }
        return ReplayRunner(
            plan: plan,
            givenLoad: load,
            workspace: workspace,
            run: run,
            store: store,
            steps: steps,
            progress: ReplayProgress(rest)
        )
    }

    private static func count(
        _ condition: SQL,
        _ replay: Replay,
        _ connection: borrowing Connection
    ) throws(DuckDBError) -> Int {
        guard try StagedTable.kind(of: replay.aside, connection) == .table else { return 0 }
        return try connection.value(
            "SELECT count(*) FROM \(table: replay.aside) WHERE \(replay.asked) AND raw IS NOT NULL AND \(condition)"
        ).integer ?? 0
    }
}
