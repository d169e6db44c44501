import PintailEngine
import PintailOrchestrator
import PintailProject

/// Runs what a run has left undone: `pintail retry`.
struct RetryCommand: Command {
    static let spec = CommandSpec(
        "retry",
        .work,
        "Run the steps of an earlier run that did not succeed, with that run's options",
        arguments: [Argument("RUN", "The run, by its name or the start of it; the latest one by itself", .optional)],
        options: [RunCommand.variables, .flag("json", "Print every event as a line of JSON")]
            + DbtVerb.options.filter { !["vars", "json"].contains($0.name) },
        examples: [.init("pintail retry last", "Goes on where the latest run stopped.")]
    )

    private let name: String
    private let variables: [String: String]
    private let asJSON: Bool
    /// What is left of a dbt project's last run is known once it has ended.
    private let retriesBuild: Bool
    private let arguments: ParsedArguments
    private let longestWait: Duration?

    init(_ arguments: ParsedArguments) throws(UsageError) {
        self.arguments = arguments
        retriesBuild = DbtVerb.isMeant(arguments, withWords: true)
        longestWait = try DbtOptions.longestWait(arguments)
        name = arguments.words.first ?? "last"
        variables = arguments.pairs(RunCommand.variables)
        asJSON = arguments.has(.json)
    }

    func run(_ console: Console) async throws -> ExitCode {
        if retriesBuild {
            try await DbtVerb.waitForTurn(arguments, console)
            return try await DbtVerb.retrying(arguments).run(console)
        }
        let (store, run) = try await RunHistory.run(name)
        guard run.status != .running else {
            throw UsageError(.other("run \(run.run) is still going on", hint: "see 'pintail runs \(run.run)'"))
        }
        if let replay = try replay(run) { return try await replay.run(console) }
        let missing = try await store.nodes(of: run.run).filter { $0.status != .succeeded }.map(\.planned.node.name)
        guard !missing.isEmpty else {
            console.note("every step of run \(run.run) succeeded; nothing is left to do")
            return .success
        }
        let request = try again(run)
        for target in try request.targets(console) {
            // Tables that wait for a later check are not published: what makes them has to run again with it.
            let select = try await target.withUnpublished(missing)
            var options = target.options
            options.select = select
            options.isRetry = true
            let code = try await RunRequest.Target(project: target.project, options: options, longestWait: longestWait)
                .run(console, explains: false, asJSON: asJSON)
            if code != .success { return code }
        }
        return .success
    }

    /// The replay that the run was a part of: it knows by itself how far it has come.
    private func replay(_ run: RunRecord) throws -> ReplayCommand? {
        let words = CommandLineText.split(run.command)
        guard words.first == ReplayCommand.spec.name,
            case .run(_, let arguments) = try ArgumentParser([ReplayCommand.spec]).parse(words)
        else { return nil }
        return try ReplayCommand(arguments)
    }

    /// The command line of the run that is to be retried, understood once more.
    private func again(_ run: RunRecord) throws -> RunRequest {
        let parser = ArgumentParser([RunCommand.spec])
        guard case .run(_, let arguments) = try parser.parse(CommandLineText.split(run.command)) else {
            throw UsageError(.other("run \(run.run) was not started by 'pintail run'", hint: "start it anew"))
        }
        return try RunRequest(arguments, filling: try remembered(of: run).merging(variables) { $1 })
    }

    /// The variables that the run had; a secret is not in the history and has to be given again.
    private func remembered(of run: RunRecord) throws(UsageError) -> [String: String] {
        var remembered: [String: String] = [:]
        for case (let name, .string(let value)) in run.variables.sorted(by: { $0.key < $1.key }) {
            if value != RunRequest.withheld {
                remembered[name] = value
            } else if variables[name] == nil, let given = environment(name) {
                remembered[name] = given
            } else if variables[name] == nil {
                throw UsageError(
                    .other(
                        "run \(run.run) had a secret in ${\(name)}, which the history does not keep",
                        hint: "give it again: \(RunCommand.variables.dashed) \(name)=..., or in the environment"
                    )
                )
            }
        }
        return remembered
    }
}

extension RunRequest.Target {
    /// The steps that must run for `missing` to be made good: those, and the steps whose tables they have not published.
    fileprivate func withUnpublished(_ missing: [String]) async throws -> [String] {
        let plan = try await project.plan()
        var wanted = Set(missing)
        let unpublished = Set(plan.nodes.filter { wanted.contains($0.id.name) }.compactMap(\.publishes))
        for node in plan.nodes where node.step.table.map(unpublished.contains) == true { wanted.insert(node.id.name) }
        if let models = plan.models {
            let again = models.unpublished(Set(plan.nodes.filter { wanted.contains($0.id.name) }.compactMap(\.model)))
            for node in plan.nodes where node.model.map(again.contains) == true { wanted.insert(node.id.name) }
        }
        return plan.nodes.map(\.id.name).filter(wanted.contains)
    }
}

extension Step {
    /// The table that the step makes or judges.
    fileprivate var table: String? {
        if case .check(let check) = self { check.table } else { makes }
    }
}
