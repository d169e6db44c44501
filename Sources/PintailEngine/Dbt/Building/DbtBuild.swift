import DuckDB
import FoundationEssentials
import Jinja
package import PintailOrchestrator
package import PintailProject

/// One run of a verb over the selected nodes of a dbt project.
package struct DbtBuild: Sendable {
    private let world: BuildWorld
    private let graph: BuildGraph
    private let store: RunStore?
    private let storeProblem: NodeFailure?
    private let started: Timestamp

    /// How a run ended.
    package struct Outcome: Sendable {
        /// In the orchestrator's words.
        package let summary: RunSummary
        /// In dbt's.
        package let results: [DbtResult]
        /// Whether everything went well.
        package var isSuccess: Bool {
            !results.contains { [.error, .fail, .skipped, .partialSuccess].contains($0.status) }
        }
    }

    /// Opens the project's database and its history, and plans the run; nothing else is changed yet.
    ///
    /// - Parameters:
    ///   - selected: unique ids of what is to run.
    ///   - deferred: names of relations by unique id, which stand in for what is not there.
    package static func prepare(
        _ project: DbtProject,
        selecting selected: Set<String>,
        options: BuildOptions,
        deferringTo deferred: [String: String] = [:]
    ) async throws -> DbtBuild {
        let started = Timestamp.now
        async let history = history(in: project.root.directory + "/.pintail")
        let database = try await options.patience.open(project.profile)
        let (graph, world) = try await offPool { () throws -> (BuildGraph, BuildWorld) in
            let running = selected.filter { Self.runs($0, in: project.manifest, options.verb, among: selected) }
            let audit = Self.audit(of: project.manifest, running, options)
            let graph = BuildGraph(
                project.manifest,
                running: running,
                waitsForTests: options.verb == .build,
                audit: audit
            )
            let world = Self.world(
                of: project,
                options,
                selecting: selected,
                started,
                deferringTo: deferred,
                audit: audit,
                graph: graph,
                in: database
            )
            return (graph, world)
        }
        switch await history {
        case .success(let store):
            return DbtBuild(world: world, graph: graph, store: store, storeProblem: nil, started: started)
        case .failure(let error):
            // History is not data: the run goes on without it, and says so.
            return DbtBuild(world: world, graph: graph, store: nil, storeProblem: NodeFailure(error), started: started)
        }
    }

    private static func history(in folder: String) async -> Result<RunStore, any Error> {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            return .success(try await RunStore.open(folder + "/state.db", pace: .gathered))
        } catch {
            return .failure(error)
        }
    }

    /// How many nodes run.
    package var count: Int { graph.order.count }

    /// Whether there is anything to do for a node.
    ///
    /// A build does unit tests along with their models, and without those not at all, as dbt's does. Files without a
    /// word in them are passed over.
    static func runs(_ id: String, in manifest: Manifest, _ verb: BuildVerb, among selected: Set<String>) -> Bool {
        if let test = manifest.unitTests[id] {
            return verb != .build || test.dependsOnNodes.contains { selected.contains($0) }
        }
        guard let node = manifest.nodes[id] else { return verb == .build }
        guard !node.isEmpty else { return false }
        return verb == .compile || !(node.kind == .model && node.isEphemeral)
    }

    /// What is judged before it replaces what was there; nothing where tests do not run along with models.
    static func audit(of manifest: Manifest, _ running: Set<String>, _ options: BuildOptions) -> AuditPlan {
        guard options.verb == .build else { return .none }
        return AuditPlan(manifest, running: running) { node in
            node.config["audit"]?.bool ?? node.meta["audit"]?.bool ?? options.audits
        }
    }

    /// Gathers what nodes share.
    static func world(
        of project: DbtProject,
        _ options: BuildOptions,
        selecting selected: Set<String>,
        _ started: Timestamp = .now,
        deferringTo deferred: [String: String] = [:],
        audit: AuditPlan = .none,
        graph: BuildGraph? = nil,
        in database: Database
    ) -> BuildWorld {
        let world = runWorld(of: project, options, started, selected: selected)
        let relations = deferred.mapValues { Relation(written: $0) }
        return BuildWorld(
            project,
            world,
            database,
            options,
            selected: selected,
            deferred: relations,
            audit: audit,
            graph: graph
        )
    }

    /// Opens the database, and gathers what is shared where no nodes run.
    static func world(
        of project: DbtProject,
        _ options: BuildOptions,
        selecting selected: Set<String>
    ) async throws -> BuildWorld {
        world(of: project, options, selecting: selected, in: try await options.patience.open(project.profile))
    }

    /// What all templates of a run find.
    static func runWorld(
        of project: DbtProject,
        _ options: BuildOptions,
        _ started: Timestamp,
        selected: Set<String>
    ) -> RunWorld {
        let environment = options.environment
        var world = RunWorld(
            macros: project.macros,
            projectName: project.root.name,
            target: project.profile.targetValue,
            flags: options.flags,
            invocationID: UUID().uuidString.lowercased(),
            startedAt: started.millisecondsSince1970 * 1000,
            environment: { environment[$0] },
            log: { text, isPrinted in
                guard isPrinted else { return }
                options.print(text)
            }
        )
        world.selected = selected.sorted()
        world.invocation = options.arguments
        world.quoting = project.root.quoting
        world.vars = project.root.vars
        world.packages = ConfigObject(
            project.packages.map { ($0.name, $0.version.map { .string($0) } ?? .null) }
        )
        world.metadata = ConfigObject(metadataVariables(environment))
        world.externalRoot = project.profile.settings["external_root"]?.plainText ?? "."
        world.directory = project.root.directory
        return world
    }

    /// Variables that are told to templates and artifacts by the rest of their names.
    private static func metadataVariables(_ environment: [String: String]) -> [(String, ConfigValue)] {
        let prefix = "DBT_ENV_CUSTOM_ENV_"
        return environment.filter { $0.key.hasPrefix(prefix) }.sorted { $0.key < $1.key }
            .map { (String($0.key.dropFirst(prefix.count)), .string($0.value)) }
    }

    /// Runs everything; cancelling the task stops it within a second.
    package func execute(sinks: [any RunEventSink] = []) async throws -> Outcome {
        let start = ContinuousClock.now
        let names = NodeTitles(graph.order, world.manifest)
        var runner = BuildRunner(world, names.ids)
        var randomness = SystemRandomNumberGenerator()
        let run = RunID(startingAt: .now, using: &randomness)
        var all = sinks
        if let store { all.append(store) }
        if let storeProblem { announce("this run will not be in the history: \(storeProblem.message)", run, sinks) }
        world.begin(RunJournal(of: world.project, nodes: graph.order, arguments: arguments(of: run)))
        let stages = BuildStages(world: world, order: graph.order)
        let pool = runner.pool
        let isPrepared = try await offPool { try stages.prepare(pool) }
        announceFailedHooks(run, sinks)
        if !isPrepared, world.project.root.flags["skip_nodes_if_on_run_start_fails"]?.bool ?? false {
            runner.obstacle = "an on-run-start hook failed"
        }
        let plan = try runPlan(run, names)
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let executor = RunExecutor(clock: ContinuousClock(), limit: max(1, world.options.threads ?? cores), sinks: all)
        let summary = await executor.execute(plan, with: runner)
        try await offPool { try stages.settle(summary, names.ids, pool) }
        let known = world.results.count
        try await offPool { try stages.finish(pool) }
        if world.results.dropFirst(known).contains(where: { $0.status == .error }) {
            announceFailedHooks(run, sinks, from: known)
        }
        let results = world.results
        let seconds = start.duration(to: .now).inSeconds
        try await offPool { [world] in
            try Self.writeResults(world, seconds, run)
            DbtDatabase.checkpoint(world.database)
        }
        world.end()
        return Outcome(summary: summary, results: results)
    }

    private func arguments(of run: RunID) -> ConfigObject {
        world.options.arguments.merging(["pintail_run": .string(run.name)])
    }

    private func runPlan(_ run: RunID, _ names: NodeTitles) throws -> RunPlan {
        let nodes = graph.order.map { id in
            PlannedNode(
                names.title(of: id),
                kind: names.kind(of: id),
                after: (graph.after[id] ?? []).map { names.title(of: $0) }
            )
        }
        let start = RunStart(pipeline: nil, command: world.options.command, variables: [:], nodes: nodes)
        return try RunPlan(run: run, start: start)
    }

    private func announceFailedHooks(_ run: RunID, _ sinks: [any RunEventSink], from place: Int = 0) {
        for result in world.results.dropFirst(place) where result.status == .error {
            announce(result.message ?? "a hook failed", run, sinks)
        }
    }

    private func announce(_ text: String, _ run: RunID, _ sinks: [any RunEventSink]) {
        let event = RunEvent(run: run, at: .now, .message(nil, level: .warning, text: text))
        for sink in sinks { try? sink.receive(event) }
    }

    /// Writes the artifacts of a run that had nothing to do.
    package static func writeNothing(_ project: DbtProject, _ options: BuildOptions) throws {
        let folder = ArtifactFolder(options.targetPath, root: project.root.directory)
        let metadata = ManifestArtifact.Metadata(
            generatedAt: Timestamp.now.description,
            invocationID: UUID().uuidString.lowercased()
        )
        let results = RunResultsArtifact([], metadata, seconds: 0, arguments: options.arguments)
        try folder.write(results.bytes(), named: "run_results.json")
        try folder.write(ManifestArtifact(project, metadata).bytes(), named: "manifest.json")
    }

    /// Writes `run_results.json` and `manifest.json`.
    static func writeResults(_ world: BuildWorld, _ seconds: Double, _ run: RunID? = nil) throws {
        var arguments = world.options.arguments
        if let run { arguments["pintail_run"] = .string(run.name) }
        let metadata = ManifestArtifact.Metadata(
            generatedAt: Timestamp.now.description,
            invocationID: world.world.invocationID
        )
        // Ephemeral models are compiled with those that read them, and have no results of their own.
        let told = world.results.filter { result in
            guard let node = world.manifest.nodes[result.uniqueID] else { return true }
            return !(node.kind == .model && node.isEphemeral)
        }
        let artifact = RunResultsArtifact(told, metadata, seconds: seconds, arguments: arguments)
        try world.artifacts.write(artifact.bytes(), named: "run_results.json")
        var project = world.project
        number(hooks: world.results, in: &project.manifest)
        for (id, compilation) in world.ephemeralCompilations {
            project.manifest.nodes[id]?.compilation = compilation
        }
        for result in world.results where result.compiled != nil || result.buildPath != nil {
            project.manifest.nodes[result.uniqueID]?.compilation = Node.Compilation(of: result)
            // Whether a test keeps the rows that it finds may be the command line's word.
            if let name = result.relationName { project.manifest.nodes[result.uniqueID]?.relationName = name }
        }
        try world.artifacts.write(ManifestArtifact(project, metadata).bytes(), named: "manifest.json")
    }

    /// Hooks that ran, or were skipped, are counted from one, those of all packages together.
    private static func number(hooks results: [DbtResult], in manifest: inout Manifest) {
        for moment in ["on-run-start", "on-run-end"] {
            let ran = results.map(\.uniqueID).filter { id in
                id.hasPrefix("operation.") && manifest.nodes[id]?.tags.contains(moment) == true
            }
            for (place, id) in ran.enumerated() { manifest.nodes[id]?.hookIndex = place + 1 }
        }
    }
}
