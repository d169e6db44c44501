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
        let (graph, world) = try await offPool { () throws -> (BuildGraph, BuildWorld) in
            let running = selected.filter { Self.runs($0, in: project.manifest, options.verb) }
            let graph = BuildGraph(project.manifest, running: running, waitsForTests: options.verb == .build)
            let world = try Self.world(
                of: project,
                options,
                selecting: selected,
                started,
                deferringTo: deferred
            )
            return (graph, world)
        }
        let folder = project.root.directory + "/.pintail"
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let store = try await RunStore.open(folder + "/state.db")
            return DbtBuild(world: world, graph: graph, store: store, storeProblem: nil, started: started)
        } catch {
            // History is not data: the run goes on without it, and says so.
            return DbtBuild(world: world, graph: graph, store: nil, storeProblem: NodeFailure(error), started: started)
        }
    }

    /// How many nodes run.
    package var count: Int { graph.order.count }

    private static func runs(_ id: String, in manifest: Manifest, _ verb: BuildVerb) -> Bool {
        guard let node = manifest.nodes[id] else { return manifest.unitTests[id] != nil || verb == .build }
        return verb == .compile || !(node.kind == .model && node.isEphemeral)
    }

    /// Opens the database, and gathers what nodes share.
    static func world(
        of project: DbtProject,
        _ options: BuildOptions,
        selecting selected: Set<String>,
        _ started: Timestamp = .now,
        deferringTo deferred: [String: String] = [:]
    ) throws -> BuildWorld {
        let database = try DbtDatabase.open(project.profile)
        let world = runWorld(of: project, options, started, selected: selected)
        let relations = deferred.mapValues { Relation(written: $0) }
        return BuildWorld(project, world, database, options, selected: selected, deferred: relations)
    }

    private static func runWorld(
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
        let runner = BuildRunner(world, names.ids)
        var randomness = SystemRandomNumberGenerator()
        let run = RunID(startingAt: .now, using: &randomness)
        var all = sinks
        if let store { all.append(store) }
        if let storeProblem { announce("this run will not be in the history: \(storeProblem.message)", run, sinks) }
        try await offPool { try self.prepareDatabase(runner.pool) }
        announceFailedHooks(run, sinks)
        let plan = try runPlan(run, names)
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let executor = RunExecutor(clock: ContinuousClock(), limit: max(1, world.options.threads ?? cores), sinks: all)
        let summary = await executor.execute(plan, with: runner)
        noteSkipped(summary, names)
        let known = world.results.count
        try await offPool { try self.finish(runner.pool) }
        if world.results.dropFirst(known).contains(where: { $0.status == .error }) { announceFailedHooks(run, sinks, from: known) }
        let results = world.results
        let seconds = start.duration(to: .now).inSeconds
        try await offPool { [world] in try Self.writeResults(world, seconds) }
        return Outcome(summary: summary, results: results)
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

    /// Schemas that nodes are built in, and hooks that come first.
    private func prepareDatabase(_ pool: WarehousePool) throws {
        guard world.options.verb != .compile else { return }
        let warehouse = try pool.take()
        defer { pool.give(warehouse) }
        var known: Set<String> = []
        for id in graph.order {
            guard let node = world.manifest.nodes[id], node.kind != .test || storesFailures(node) else { continue }
            let database = node.database ?? world.project.profile.database
            guard known.insert("\(database).\(node.schema)".lowercased()).inserted else { continue }
            try createSchema(node.schema, in: database, warehouse)
            // Asked before anything is made, so that no node takes an answer from the middle of another's work.
            _ = try warehouse.relations(in: node.schema, of: database)
        }
        if world.options.verb.runsHooks { _ = ProjectHooks(world: world, warehouse: warehouse).run("on-run-start") }
    }

    private func storesFailures(_ node: Node) -> Bool {
        node.config["store_failures"]?.bool ?? world.options.storesFailures
    }

    private func createSchema(_ schema: String, in database: String, _ warehouse: Warehouse) throws {
        let exists = try warehouse.texts(
            """
            SELECT schema_name FROM duckdb_schemas() WHERE lower(database_name) = \(literal: database.lowercased())
            AND lower(schema_name) = \(literal: schema.lowercased())
            """
        )
        guard exists.isEmpty else { return }
        let statement: SQL = "CREATE SCHEMA IF NOT EXISTS \(identifier: database).\(identifier: schema)"
        _ = try warehouse.run(statement.text, fetching: false, begins: false)
    }

    private func finish(_ pool: WarehousePool) throws {
        guard world.options.verb.runsHooks else { return }
        let warehouse = try pool.take()
        defer { pool.give(warehouse) }
        let built = graph.order.compactMap { world.manifest.nodes[$0] }.filter { $0.kind != .test }
        var pairs: [(String, String)] = []
        for node in built {
            let pair = (node.database ?? "", node.schema)
            if !pairs.contains(where: { $0 == pair }) { pairs.append(pair) }
        }
        var schemas: [String] = []
        for pair in pairs where !schemas.contains(pair.1) { schemas.append(pair.1) }
        let extra: [String: Jinja.Value] = [
            "schemas": .list(of: schemas.map { .string($0) }),
            "database_schemas": .list(of: pairs.map { .tuple([.string($0.0), .string($0.1)]) }),
            "results": .list(of: world.results.map { ResultsForHooks.value(of: $0, world.manifest) }),
        ]
        _ = ProjectHooks(world: world, warehouse: warehouse).run("on-run-end", extra: extra)
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

    private func noteSkipped(_ summary: RunSummary, _ names: NodeTitles) {
        let known = Set(world.results.map(\.uniqueID))
        for outcome in summary.nodes {
            guard let id = names.ids[outcome.node], !known.contains(id) else { continue }
            var result = DbtResult(id, .skipped)
            if case .skipped(.upstreamFailed(let culprit)) = outcome.status {
                result.message = "Skipped: \(culprit.name) failed"
            }
            world.note(result)
        }
    }

    /// Writes `run_results.json` and `manifest.json`.
    static func writeResults(_ world: BuildWorld, _ seconds: Double) throws {
        let metadata = ManifestArtifact.Metadata(
            generatedAt: Timestamp.now.description,
            invocationID: world.world.invocationID
        )
        let artifact = RunResultsArtifact(world.results, metadata, seconds: seconds, arguments: world.options.arguments)
        try world.artifacts.write(artifact.bytes(), named: "run_results.json")
        var project = world.project
        for result in world.results where result.compiled != nil || result.buildPath != nil {
            project.manifest.nodes[result.uniqueID]?.compilation = Node.Compilation(
                code: result.compiled,
                path: result.compiledPath,
                buildPath: result.buildPath,
                expressions: result.expressions.map { (id: $0.id, sql: " \($0.name) as (\n\($0.sql)\n)") }
            )
        }
        try world.artifacts.write(ManifestArtifact(project, metadata).bytes(), named: "manifest.json")
    }
}

/// What `on-run-end` hooks see of results.
enum ResultsForHooks {
    static func value(of result: DbtResult, _ manifest: Manifest) -> Jinja.Value {
        let node = manifest.nodes[result.uniqueID].map { GraphValue.value(of: ArtifactEntry.bytes(of: $0)) }
        let dict = DictObject()
        dict["status"] = .string(result.status.rawValue)
        dict["message"] = result.message.map { .string($0) } ?? Jinja.Value.none
        dict["failures"] = result.failures.map { .integer($0) } ?? Jinja.Value.none
        dict["execution_time"] = .double(result.seconds)
        dict["thread_id"] = "Thread-1 (worker)"
        dict["adapter_response"] = .dict(result.response.templateDict)
        dict["timing"] = .list(
            of: result.timings.map { timing in
                .dict(of: [
                    "name": .string(timing.name), "started_at": .string(timing.started.description),
                    "completed_at": .string(timing.completed.description),
                ])
            }
        )
        dict["unique_id"] = .string(result.uniqueID)
        dict["node"] = node ?? Jinja.Value.none
        let plain = DictObject(copying: dict)
        dict["to_dict"] = .function("to_dict") { _, _ in .dict(plain) }
        return .dict(dict)
    }
}
