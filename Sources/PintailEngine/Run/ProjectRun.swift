import DuckDB
import FoundationEssentials
package import PintailOrchestrator
package import PintailProject

/// What a run may be told beyond its plan.
public struct RunOptions: Hashable, Sendable {
    /// Forget positions and take everything anew.
    public var fullRefresh: Bool
    /// Steps or pipelines to run, as `+articles` or `articles+`; empty runs all.
    public var select: [String]
    /// The command as the user gave it, for the history.
    public var command: String
    /// What `${NAME}` was filled in with beside the environment, for the history; secrets do not belong here.
    package var variables: [String: String] = [:]
    /// Whether the run does again what an earlier one left undone.
    package var isRetry = false
    /// Whether the history of the run outlives it.
    package var isKept = true

    /// Everything, continuing where the last run stopped, unless told otherwise.
    public init(fullRefresh: Bool = false, select: [String] = [], command: String = "run") {
        self.fullRefresh = fullRefresh
        self.select = select
        self.command = command
    }
}

/// One run of a project: planned, then executed once, with its history recorded.
package struct ProjectRun: Sendable {
    /// The project that is run.
    package let project: Project
    /// What the run will do.
    package let plan: Plan
    /// What the run was told beyond its plan.
    package let options: RunOptions
    private let workspace: Workspace
    private let store: RunStore?
    private let storeProblem: NodeFailure?
    /// What is replayed; `nil` in a run like any other.
    private let replay: ReplayWork?

    /// Opens the project's database and its history, and plans the run; nothing else is changed yet.
    ///
    /// - Parameter patience: how long to wait for another process that has the database open.
    /// - Throws: `Diagnostics` for what is wrong in the project; ``StepError`` when the database cannot be opened.
    package static func prepare(
        _ project: Project,
        options: RunOptions = RunOptions(),
        patience: Patience? = nil
    ) async throws -> ProjectRun {
        let run = try await prepare(project, options: options, patience: patience) { plan, _ in
            (try plan.selecting(Selection(options.select)), nil)
        }
        guard let run else { preconditionFailure("a run has a plan") }
        return run
    }

    /// The same for one of the runs that a replay takes; `nil` when there is nothing for it to do.
    package static func prepare(
        _ project: Project,
        replaying replay: Replay,
        _ part: ReplayPart,
        options: RunOptions,
        patience: Patience? = nil
    ) async throws -> ProjectRun? {
        try await prepare(project, options: options, patience: patience) { plan, workspace in
            let work = try ReplayWork.find(part, of: replay, in: plan, workspace.database.connect())
            return work.map { ($0.plan.plan, $0) }
        }
    }

    /// - Parameter choosing: takes what is to be run out of the plan of the whole project.
    private static func prepare(
        _ project: Project,
        options: RunOptions,
        patience: Patience?,
        choosing: @escaping @Sendable (Plan, Workspace) throws -> (Plan, ReplayWork?)?
    ) async throws -> ProjectRun? {
        let opening: @Sendable () throws -> Workspace = { try Workspace(opening: project) }
        let workspace =
            if let patience { try await patience.open(opening) } else { try await offPool(opening) }
        let chosen = try await offPool { () -> (Plan, ReplayWork?)? in
            LoadStep.removeLeftovers(of: project)
            SpoolLeftovers.remove(project)
            let existing = try workspace.database.connect().texts(
                "SELECT lower(table_name) FROM information_schema.tables WHERE table_catalog = current_database()"
            )
            let whole = try PlanBuilder(project, existing: Set(existing)).plan()
            guard let (plan, replay) = try choosing(whole, workspace) else { return nil }
            let objections = plan.objections(in: project)
            guard objections.isEmpty else { throw Diagnostics(objections, in: project.directory) }
            return (plan, replay)
        }
        guard let (plan, replay) = chosen else { return nil }
        let ordered = await ForeignKeyOrder.applied(to: plan, project)
        do {
            let store = try await RunStore.open(project.stateDirectory + "/state.db")
            return ProjectRun(
                project: project,
                plan: ordered,
                options: options,
                workspace: workspace,
                store: store,
                replay: replay
            )
        } catch {
            // History is not data: the run goes on without it, and says so.
            return ProjectRun(
                project: project,
                plan: ordered,
                options: options,
                workspace: workspace,
                store: nil,
                storeProblem: NodeFailure(error),
                replay: replay
            )
        }
    }

    private init(
        project: Project,
        plan: Plan,
        options: RunOptions,
        workspace: Workspace,
        store: RunStore?,
        storeProblem: NodeFailure? = nil,
        replay: ReplayWork?
    ) {
        self.project = project
        self.plan = plan
        self.options = options
        self.workspace = workspace
        self.store = store
        self.storeProblem = storeProblem
        self.replay = replay
    }

    /// Runs the plan; cancelling the task stops it within a second and leaves nothing half-done.
    package func execute(sinks: [any RunEventSink] = []) async -> RunSummary {
        let run = newRunID()
        let models = plan.models.map { PlannedModels($0, plan, workspace, options) }
        let runner = StepRunner(
            plan: plan,
            workspace: workspace,
            run: run,
            options: options,
            store: store,
            isReplay: replay != nil,
            models: models?.runner
        )
        var all = sinks
        if let store { all.append(store) }
        all.append(MetricsLog(path: project.stateDirectory + "/metrics.jsonl"))
        if let storeProblem { announce("this run will not be in the history", storeProblem, of: run, to: sinks) }
        var refusals = await preflight(run, sinks)
        if let models { refusals = refusals.merging(await models.begin()) }
        let executor = RunExecutor(clock: ContinuousClock(), limit: concurrency, sinks: all)
        do {
            let runPlan = try plan.runPlan(run, options)
            let summary =
                if let replay {
                    await executor.execute(
                        runPlan,
                        with: replay.runner(workspace, run, store, runner),
                        refusals: refusals
                    )
                } else {
                    await executor.execute(runPlan, with: runner, refusals: refusals)
                }
            if let problem = await models?.end(summary, run) { announce("of the models", problem, of: run, to: sinks) }
            await dropUnpublished(keeping: models?.heldBack ?? [])
            return summary
        } catch {
            preconditionFailure("a plan that was built has no cycle: \(error)")
        }
    }

    private func newRunID() -> RunID {
        var randomness = SystemRandomNumberGenerator()
        return RunID(startingAt: .now, using: &randomness)
    }

    /// What servers would refuse; nothing when the run is cancelled meanwhile, which then ends at once.
    private func preflight(_ run: RunID, _ sinks: [any RunEventSink]) async -> Refusals {
        let preflight = Preflight(plan: plan, project: project, secrets: workspace.secrets) { failure in
            announce("a server is waited for", failure, of: run, to: sinks)
        } announceWait: { wait in
            tell("waits for \(wait)", of: run, to: sinks)
        }
        do {
            return try await preflight.refusals()
        } catch {
            return .none
        }
    }

    private func announce(_ what: String, _ problem: NodeFailure, of run: RunID, to sinks: [any RunEventSink]) {
        let text = [problem.message, problem.hint].compactMap(\.self).joined(separator: "; ")
        tell("\(what): \(text)", of: run, to: sinks)
    }

    private func tell(_ text: String, of run: RunID, to sinks: [any RunEventSink]) {
        let event = RunEvent(
            run: run,
            at: .now,
            .message(nil, level: .warning, text: text)
        )
        for sink in sinks { try? sink.receive(event) }
    }

    /// Nodes at once: one per core, as long as each has memory worth working with.
    private var concurrency: Int {
        let cores = project.resources.threads ?? ProcessInfo.processInfo.activeProcessorCount
        let fitting = Int(workspace.budget.safe.count / 200_000_000)
        return max(1, min(max(2, cores), fitting))
    }

    /// Drops what was built and not published, because a check failed or the run was cancelled.
    ///
    /// - Parameter kept: what failed its tests and is there to be looked at until the next run.
    private func dropUnpublished(keeping kept: Set<String>) async {
        do {
            let session = try workspace.session("cleaning")
            try await session.run { try StagedTable.dropLeftovers($0, keeping: kept) }
        } catch {
            // The next start drops them: readers never see them.
        }
    }
}

extension Plan {
    /// The plan in the orchestrator's words.
    func runPlan(_ run: RunID, _ options: RunOptions) throws(DAGError<NodeID>) -> RunPlan {
        let policies = nodes.map { node in
            let retries = retries[node.pipeline] ?? Retries()
            return (node.id, RunPlan.Policy(retry: RetryPolicy(attempts: retries.attempts, initial: retries.backoff)))
        }
        let pipelines = Set(nodes.map(\.pipeline))
        return try RunPlan(
            run: run,
            start: RunStart(
                pipeline: pipelines.count == 1 ? pipelines.first : nil,
                command: options.command,
                variables: options.variables.mapValues { .string($0) },
                nodes: nodes.map { PlannedNode($0.id, kind: $0.kind, after: $0.after) }
            ),
            policies: Dictionary(policies) { first, _ in first },
            timeout: timeouts.values.max()
        )
    }
}
