import FoundationEssentials
import PintailOrchestrator
import PintailProject

/// The models of a plan under way: what happens before the first of them, and after the run.
struct PlannedModels: Sendable {
    /// Does the work of their nodes.
    let runner: BuildRunner
    private let stages: BuildStages
    private let ids: [NodeID: String]
    private let started = ContinuousClock.now

    /// The part of a project's models that a plan holds, in the database that is open.
    init(_ models: PipelineModels, _ plan: Plan, _ workspace: Workspace, _ options: RunOptions) {
        let chosen = plan.nodes.compactMap { node in node.model.map { (node.id, $0) } }
        let running = Set(chosen.map(\.1))
        let audit = models.audit.keeping(running)
        var settings = BuildOptions(
            .build,
            targetPath: models.project.root.directory + "/" + models.project.root.targetPath,
            command: options.command,
            environment: models.environment
        )
        settings.isFullRefresh = options.fullRefresh
        settings.arguments = ["which": "build", "invocation_command": .string("pintail " + options.command)]
        let graph = BuildGraph(models.project.manifest, running: running, waitsForTests: true, audit: audit)
        let world = DbtBuild.world(
            of: models.project,
            settings,
            selecting: running,
            audit: audit,
            graph: graph,
            in: workspace.database
        )
        ids = Dictionary(chosen) { first, _ in first }
        runner = BuildRunner(world, ids)
        stages = BuildStages(world: world, order: graph.order)
    }

    /// Makes schemas and runs the project's hooks; what fails there fails every model.
    func begin() async -> Refusals {
        guard !ids.isEmpty else { return .none }
        do {
            let (stages, runner) = (stages, runner)
            try await offPool {
                try DbtDatabase.configure(stages.world.database, as: stages.world.project.profile)
                _ = try stages.prepare(runner.pool)
            }
            return .none
        } catch {
            let failure = BuildFailure(error, nil, compiled: nil, nil).asNodeFailure
            return Refusals(failures: ids.mapValues { _ in failure }, heldBack: [:])
        }
    }

    /// The staged tables of models that failed their tests.
    var heldBack: Set<String> { Set(stages.world.audits.heldBack.compactMap(\.place.staged.identifier)) }

    /// Runs the hooks that come last, and writes what dbt writes.
    ///
    /// - Returns: what went wrong with that.
    func end(_ summary: RunSummary, _ run: RunID) async -> NodeFailure? {
        guard !ids.isEmpty else { return nil }
        let seconds = started.duration(to: .now).inSeconds
        do {
            let (stages, runner, ids) = (stages, runner, ids)
            try await offPool {
                try stages.settle(summary, ids, runner.pool)
                try stages.finish(runner.pool)
                try DbtBuild.writeResults(stages.world, seconds, run)
            }
            return nil
        } catch {
            return NodeFailure(error)
        }
    }
}
