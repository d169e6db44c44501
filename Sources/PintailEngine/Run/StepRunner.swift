import DuckDB
import PintailOrchestrator
import PintailProject

/// Does the work of a plan's nodes: the one place that knows which step type does what.
struct StepRunner: NodeRunner {
    let plan: Plan
    let workspace: Workspace
    let run: RunID
    let options: RunOptions
    /// Knows the columns a table had when it was last published: the contract that drift is measured against.
    let store: RunStore?
    /// Whether loads that add rows get those that wait for them, and no others.
    var isReplay = false
    /// Builds the nodes of a dbt project; nil where the plan has none.
    var models: BuildRunner?

    func run(_ node: NodeID, attempt: Int, reporting reporter: NodeReporter) async throws -> NodeResult {
        guard let node = plan[node] else { preconditionFailure("node \(node) is not in the plan") }
        if node.model != nil, let models {
            return try await models.run(node.id, attempt: attempt, reporting: reporter)
        }
        do {
            let session = try workspace.session(node.id.name)
            let environment = StepEnvironment(workspace: workspace, session: session, reporter: reporter, run: run)
            for connection in node.connections {
                try await session.run { try workspace.attach(connection, on: $0) }
            }
            try await session.run { connection in
                try workspace.prepare(toRead: node.reads.map(\.name.name), on: connection)
                for step in [node.step] + node.companions.map({ .load($0) }) {
                    if let sql = step.query { try workspace.prepare(toFetchFor: sql, on: connection) }
                }
            }
            return try await run(node, in: environment)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw await PlaceSearch(workspace).locate(NodeFailure(error)).redacted(by: workspace.secrets)
        }
    }

    private func run(_ node: Plan.Node, in environment: StepEnvironment) async throws -> NodeResult {
        switch node.step {
        case .extract(let extract):
            let (staged, result) = try await ExtractStep(extract, fullRefresh: options.fullRefresh).run(in: environment)
            return try await settle(staged, result, of: node, in: environment)
        case .transform(let transform):
            let (staged, result) = try await TransformStep(transform).run(in: environment)
            return try await settle(staged, result, of: node, in: environment)
        case .check(let check):
            return try await judge(check, of: node, in: environment)
        case .load(let load):
            return try await deliver(load, of: node, in: environment)
        case .build(let build): preconditionFailure("'\(build.name)' is planned as the nodes that it selects")
        case .command(let command):
            let step = CommandStep(command: command, pipeline: node.pipeline, directory: workspace.project.directory)
            return try await step.run(run: environment.run, reporter: environment.reporter)
        }
    }

    private func deliver(_ load: Load, of node: Plan.Node, in environment: StepEnvironment) async throws -> NodeResult {
        let sources = node.reads.map(\.name)
        let isStreaming = try await environment.session.run { try StagedTable.isStreaming(anyOf: sources, $0) }
        let step = LoadStep(
            load,
            with: node.companions,
            batching: isStreaming ? .streaming : .whenLarge,
            earlier: try await earlierRuns(of: node.id)
        )
        return try await step.run(in: environment)
    }

    private func earlierRuns(of node: NodeID) async throws -> EarlierRuns? {
        if isReplay { return .replay }
        guard options.isKept else { return nil }
        return .unsettled(try await unsettledRuns(of: node), isRetry: options.isRetry)
    }

    /// The latest runs, this one among them, whose history does not say that the node succeeded.
    private func unsettledRuns(of node: NodeID) async throws -> Set<String> {
        var unsettled: Set = [run.name]
        guard let store else { return unsettled }
        for record in try await store.runs(limit: 100) where record.status != .succeeded {
            let nodes = try await store.nodes(of: record.run)
            let isOpen = nodes.contains { $0.planned.node == node && $0.status != .succeeded }
            if isOpen { unsettled.insert(record.run.name) }
        }
        return unsettled
    }

    /// Publishes what a node built, or keeps it for the checks that will.
    private func settle(
        _ staged: StagedTable,
        _ result: NodeResult,
        of node: Plan.Node,
        in environment: StepEnvironment
    ) async throws -> NodeResult {
        var result = result
        if node.publishes == nil {
            await workspace.staging.keep(staged)
            result.schema = nil
        } else {
            try await publish(staged, in: environment)
        }
        return result
    }

    private func judge(_ check: Check, of node: Plan.Node, in environment: StepEnvironment) async throws -> NodeResult {
        let staged = await workspace.staging.table(check.table)?.judged(by: check.name)
        let lastGood = check.drift == nil ? nil : try await store?.lastGoodSchema(table: check.table)?.schema
        var result = try await CheckStep(check).run(on: staged, in: environment, lastGood: lastGood)
        if node.publishes == nil {
            result.schema = nil
            if let staged { await workspace.staging.keep(staged) }
        } else if let staged {
            try await publish(staged, in: environment)
            // Only now: the next attempt of a publication that failed must find it.
            await workspace.staging.forget(check.table)
        }
        return result
    }

    /// Swaps the staged table in; from here on the run's result is visible and survives the process.
    private func publish(_ staged: StagedTable, in environment: StepEnvironment) async throws {
        try await environment.session.run { connection in
            do {
                try connection.transaction { try staged.publish($0) }
            } catch {
                throw StepError(
                    "could not publish '\(staged.table)'",
                    cause: error,
                    dataState: "\(staged.table) is unchanged"
                )
            }
        }
        workspace.origins.note(staged)
        // Models find the table from here on.
        models?.world.relations.forgetAll()
    }
}

extension Step {
    /// The SQL that the user wrote for the step to read by.
    fileprivate var query: String? {
        switch self {
        case .transform(let transform): return transform.sql
        case .load(let load):
            if case .query(let sql) = load.source { return sql }
            return nil
        case .extract, .check, .build, .command: return nil
        }
    }
}

extension NodeFailure {
    /// The failure without secrets that servers and libraries repeat in their words.
    func redacted(by redactor: Redactor) -> NodeFailure { rewritten(redactor.redact) }

    /// The failure with each of its texts made anew, and a hint unless it has one.
    func rewritten(_ rewrite: (String) -> String, hint other: String? = nil) -> NodeFailure {
        NodeFailure(
            message: rewrite(message),
            hint: hint.map(rewrite) ?? other,
            dataState: dataState.map(rewrite),
            isTransient: isTransient,
            causes: causes.map(rewrite),
            checks: checks
        )
    }
}
