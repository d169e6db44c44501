import PintailEngine
import PintailOrchestrator
import PintailProject

/// Runs pipelines: `pintail run`.
struct RunCommand: Command {
    static let select = Option.list(
        "select",
        short: "s",
        "STEP",
        .text,
        "Only these steps; +STEP takes what it needs too, STEP+ what needs it"
    )
    static let fullRefresh = Option.flag(
        "full-refresh",
        short: "f",
        "Forget how far incremental steps have come and take everything"
    )
    static let variables = Option.list(
        "vars",
        "NAME=VALUE",
        .text,
        "Fill in ${NAME} in the project's files; for a dbt project a mapping, as in '{day: 2024-01-01}'"
    )
    static let dryRun = Option.flag("dry-run", "Print what would be run, and change nothing")
    static let migrate = Option.flag(
        "migrate",
        "Apply pending migrations first; without it they keep the run from starting"
    )
    static let explain = Option.flag(
        "explain",
        "Tell for each source how it enters the database, why, and by which numbers"
    )

    static let spec = CommandSpec(
        "run",
        .work,
        "Run pipelines: extract, check, transform and load",
        discussion: [
            "In the folder of a dbt project the models are built, with dbt's flags and selectors.",
            "Without a name every pipeline of the project is run. A file may be a pipeline that stands alone.",
            "Ctrl-C cancels the run within a second and leaves nothing half-written; 'pintail retry' goes on where it stopped.",
        ],
        arguments: [Argument("PIPELINE|FILE", "Pipelines by name, or their files", .any, .file)],
        options: [
            select, fullRefresh, variables, migrate, dryRun, explain,
            .flag("json", "Print every event as a line of JSON"),
        ] + DbtVerb.optionsBesideRun,
        examples: [
            .init("pintail run", "Runs everything in the project."),
            .init("pintail run articles", "Runs one pipeline."),
            .init("pintail run --select +daily_counts", "Runs a step and all that it needs."),
            .init("pintail run config.yml", "Runs a pipeline that has no project."),
        ]
    )

    /// What is run: pipelines, or the models of a dbt project.
    private enum Work {
        case pipelines(RunRequest)
        case models(DbtVerb)
    }

    private let work: Work
    private let isDry: Bool
    private let asJSON: Bool

    init(_ arguments: ParsedArguments) throws(UsageError) {
        work = try DbtVerb.isMeant(arguments) ? .models(DbtVerb(.run, arguments)) : .pipelines(RunRequest(arguments))
        isDry = arguments.has(Self.dryRun)
        asJSON = arguments.has(.json)
    }

    func run(_ console: Console) async throws -> ExitCode {
        switch work {
        case .models(let verb): try await verb.run(console)
        case .pipelines(let request): try await run(request, console)
        }
    }

    private func run(_ request: RunRequest, _ console: Console) async throws -> ExitCode {
        var code = ExitCode.success
        for target in try request.targets(console) {
            if isDry {
                let plan = try await target.project.plan(selecting: target.options.select)
                try PlanText(plan, estimates: try await target.project.estimates(for: plan)).print(
                    to: console,
                    asJSON: asJSON
                )
                continue
            }
            code = try await target.run(console, explains: request.explains, asJSON: asJSON)
            if code != .success { break }
        }
        return code
    }
}

/// What a `run` command line asks for; also what `retry` asks for again.
struct RunRequest: Sendable {
    let words: [String]
    var select: [String]
    let isFullRefresh: Bool
    var variables: [String: String]
    let explains: Bool
    /// Whether pending migrations are applied first.
    let migrates: Bool
    /// How long to wait for another process that has the database; nil for as long as it takes.
    var longestWait: Duration?
    /// The command line, for the history.
    private(set) var command = ""

    /// - Parameter remembered: variables that an earlier run had; they win over those of the command line.
    init(_ arguments: ParsedArguments, filling remembered: [String: String] = [:]) throws(UsageError) {
        words = arguments.words
        select = arguments.all(RunCommand.select).flatMap { $0.split(separator: " ").map(String.init) }
        isFullRefresh = arguments.has(RunCommand.fullRefresh)
        for text in arguments.all(RunCommand.variables) where ParsedArguments.pair(text) == nil {
            throw UsageError(.notAPair(text, of: RunCommand.variables.dashed))
        }
        variables = arguments.pairs(RunCommand.variables).merging(remembered) { $1 }
        explains = arguments.has(RunCommand.explain)
        migrates = arguments.has(RunCommand.migrate)
        longestWait = try DbtOptions.longestWait(arguments)
        guard words.isEmpty || select.isEmpty || words.allSatisfy(Self.isFile) else {
            throw UsageError(
                .other(
                    "--select and a pipeline's name both say what to run",
                    hint: "--select takes pipelines' names as well"
                )
            )
        }
        command = CommandLineText.joined(["run"] + words + options)
    }

    /// The options in the form in which each value is its own word.
    private var options: [String] {
        var options = select.map { RunCommand.select.dashed + "=" + $0 }
        if isFullRefresh { options.append(RunCommand.fullRefresh.dashed) }
        for (name, value) in variables.sorted(by: { $0.key < $1.key }) where recorded[name] == value {
            options.append("\(RunCommand.variables.dashed)=\(name)=\(value)")
        }
        return options
    }

    /// The variables as the history keeps them.
    private var recorded: [String: String] {
        Dictionary(
            uniqueKeysWithValues: variables.map { name, value in
                (name, Secret.isSecret(variable: name, value: value) ? Self.withheld : value)
            }
        )
    }

    /// What the history has in place of a secret.
    static let withheld = "***"

    /// A project, and what of it is to be run.
    struct Target: Sendable {
        let project: Project
        let options: RunOptions
        /// Whether pending migrations are applied first.
        var migrates = false
        /// How long to wait for another process that has the database; nil for as long as it takes.
        var longestWait: Duration?
    }

    /// Reads what is to be run: the project once, and each file that stands alone.
    func targets(_ console: Console) throws -> [Target] {
        let access = ProjectAccess(variables: variables)
        var targets = try words.filter(Self.isFile).map { file in
            let loaded = try access.load(file: file, console)
            return target(loaded.project, select.isEmpty ? loaded.pipeline.map { [$0] } ?? [] : select)
        }
        let names = words.filter { !Self.isFile($0) }
        if targets.isEmpty || !names.isEmpty {
            let project = try access.load(console).project
            guard !project.pipelines.isEmpty else {
                throw UsageError(.other("\(project.name) has no pipelines", hint: "write one: pipelines/NAME.yml"))
            }
            targets.append(target(project, names.isEmpty ? select : names))
        }
        return targets
    }

    private func target(_ project: Project, _ select: [String]) -> Target {
        var options = RunOptions(fullRefresh: isFullRefresh, select: select, command: command)
        options.variables = recorded
        return Target(project: project, options: options, migrates: migrates, longestWait: longestWait)
    }

    /// Pipelines have plain names, so an ending or a slash means a file.
    private static func isFile(_ word: String) -> Bool {
        word.contains("/") || [".yml", ".yaml", ".toml"].contains { word.hasSuffix($0) }
    }
}

extension RunRequest.Target {
    /// Runs the target and shows how it goes.
    ///
    /// - Parameter isKept: whether the history keeps the run.
    func run(_ console: Console, explains: Bool, asJSON: Bool, isKept: Bool = true) async throws -> ExitCode {
        let view = RunView(console, explains: explains, asJSON: asJSON, isKept: isKept)
        let summary = try await Interruption.cancelling(onSignal: view.cancel) {
            let patience = DbtOptions.patience(for: longestWait, console)
            let gate = MigrationGate(project: project, applies: migrates, patience: patience)
            try await gate.pass(options.select, console)
            let run = try await ProjectRun.prepare(project, options: options, patience: patience)
            console.warn(run.plan.models?.warnings ?? [], in: project.directory)
            return await run.execute(sinks: [view.sink])
        }
        switch summary.status {
        case .succeeded: return .success
        case .cancelled, .interrupted: return .interrupted
        case .failed, .running: return .failure
        }
    }
}
