import DuckDB
import PintailOrchestrator
import PintailProject

/// Does the steps of a replay: where rows enter by itself, the steps after it as in any run.
struct ReplayRunner: NodeRunner {
    let plan: ReplayPlan
    /// The load that rows are given to, as the user wrote it.
    let givenLoad: Load?
    let workspace: Workspace
    let run: RunID
    let store: RunStore?
    let steps: StepRunner
    let progress: ReplayProgress

    func run(_ node: NodeID, attempt: Int, reporting reporter: NodeReporter) async throws -> NodeResult {
        guard node == plan.entryNode, let planned = plan.plan[node] else {
            guard try await isOpen(node) else {
                return NodeResult(facts: ["note": "no row was replayed that it has to see"])
            }
            let result = try await steps.run(node, attempt: attempt, reporting: reporter)
            try await settle(node)
            return result
        }
        do {
            switch plan.entry {
            case .table: return try await enter(planned, reporter)
            case .load: return try await give(planned, attempt, reporter)
            case .none: preconditionFailure("nothing enters a replay that goes on")
            }
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw NodeFailure(error).redacted(by: workspace.secrets)
        }
    }

    /// Whether a step is still to be done: rows that enter the pipeline put it down with themselves.
    private func isOpen(_ node: NodeID) async throws -> Bool {
        let table = plan.replay.table
        return try await workspace.session("replay").run { try ReplayLedger.steps(of: table, $0).contains(node) }
    }

    /// Forgets steps that are done, with what waited for them, in one transaction.
    private func settle(_ node: NodeID) async throws {
        let done = progress.finish(node)
        guard !done.isEmpty else { return }
        let waiting = plan.additions.filter { done.contains($0.node) }
        let table = plan.replay.table
        try await workspace.session("replay").run { connection in
            try connection.transaction { connection in
                for node in done {
                    let loads = waiting.filter { $0.node == node }.map(\.load.name)
                    try ReplayLedger.settle(node, of: table, waiting: loads, connection)
                }
            }
        }
    }

    private func enter(_ node: Plan.Node, _ reporter: NodeReporter) async throws -> NodeResult {
        let session = try workspace.session(node.id.name)
        let connections = Set(node.connections + plan.plan.nodes.flatMap(\.connections)).sorted()
        let reads = (node.reads + plan.transforms.flatMap(\.reads)).map(\.name.name)
        let last = try await store?.lastGoodSchema(table: plan.replay.table)?.run
        let spool = Spool(in: workspace.state, run: run, step: node.id.name)
        defer { spool.remove() }
        let replay = TableReplay(plan: plan, workspace: workspace, run: run, lastRun: last, spool: spool)
        let environment = StepEnvironment(workspace: workspace, session: session, reporter: reporter, run: run)
        let outcome = try await withProgress(of: environment, phase: "replaying") {
            try await session.run { connection in
                for name in connections { try workspace.attach(name, on: connection) }
                try workspace.prepare(toRead: reads, on: connection)
                return try replay.perform(connection)
            }
        }
        return told(outcome.counts, NodeResult(checks: outcome.checks, warnings: outcome.warnings), reporter)
    }

    private func give(_ node: Plan.Node, _ attempt: Int, _ reporter: NodeReporter) async throws -> NodeResult {
        guard let givenLoad else { preconditionFailure("rows are given to a load") }
        let session = try workspace.session("replay")
        let replay = LoadReplay(plan: plan, run: run)
        try await session.run { connection in
            for name in node.connections { try workspace.attach(name, on: connection) }
            try replay.give(givenLoad, connection)
        }
        let result = try await steps.run(node.id, attempt: attempt, reporting: reporter)
        let counts = try await session.run { try replay.finish(result, $0) }
        return told(counts, result, reporter)
    }

    private func told(_ counts: ReplayCounts, _ result: NodeResult, _ reporter: NodeReporter) -> NodeResult {
        reporter.message("\(plan.replay.aside): \(counts.words)")
        var result = result
        result.rows = RowCount(counts.replayed - counts.taken)
        result.rowsRead = RowCount(counts.replayed + counts.broken.reduce(0) { $0 + $1.rows })
        result.quarantinedRows = nil
        result.schema = nil
        result.facts.merge(counts.facts) { $1 }
        return result
    }
}
