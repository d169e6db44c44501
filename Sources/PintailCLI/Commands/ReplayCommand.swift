import FoundationEssentials
import PintailEngine
import PintailOrchestrator
import PintailProject

/// Takes rows that were put aside through the rest of the pipeline: `pintail replay`.
struct ReplayCommand: Command {
    static let source = Option.value(
        "from",
        "FILE",
        .file,
        "Take the rows of a file that 'pintail quarantine TABLE --output' wrote, with what was mended in it"
    )
    static let dryRun = Option.flag("dry-run", "Print which rows would be given to which steps, and change nothing")

    static let spec = CommandSpec(
        "replay",
        .work,
        "Take rows that were put aside through the rest of the pipeline",
        discussion: [
            "To be used when a rule, a setting, the data, or what a load looks up has been mended. Rows that are good now "
                + "are added to their table and reach the steps after it, each once; the others stay, with what is wrong "
                + "with them now.",
            "A replay that was stopped goes on where it was when it is started again.",
        ],
        arguments: [Argument("TABLE", "The table, or the load, that rows were put aside from")],
        options: [
            QuarantineCommand.rule, QuarantineCommand.run, source, RunCommand.variables, dryRun,
            .flag("json", "Print every event as a line of JSON"),
        ],
        examples: [
            .init("pintail replay articles", "Takes all rows that are good now."),
            .init("pintail replay articles --rule format", "Takes only rows that broke one rule."),
            .init("pintail replay articles --from bad.csv", "Takes rows as they were mended in a file."),
        ]
    )

    private let wish: Replay
    private let variables: [String: String]
    private let isDry: Bool
    private let asJSON: Bool
    /// The command line, for the history.
    private let command: String

    init(_ arguments: ParsedArguments) throws(UsageError) {
        let file = arguments[Self.source].map(ProjectAccess.absolute)
        wish = Replay(
            arguments.words[0],
            run: arguments[QuarantineCommand.run],
            rules: arguments.all(QuarantineCommand.rule),
            mended: file
        )
        for text in arguments.all(RunCommand.variables) where ParsedArguments.pair(text) == nil {
            throw UsageError(.notAPair(text, of: RunCommand.variables.dashed))
        }
        variables = arguments.pairs(RunCommand.variables)
        isDry = arguments.has(Self.dryRun)
        asJSON = arguments.has(.json)
        var words = ["replay", wish.table] + wish.rules.map { "--rule=\($0)" }
        if let run = wish.run { words.append("--run=\(run)") }
        if let file { words.append("--from=\(file)") }
        command = CommandLineText.joined(words)
    }

    func run(_ console: Console) async throws -> ExitCode {
        let project = try ProjectAccess(variables: variables).load(console).project
        let name = try await offPool { [wish] in try QuarantineOverview(of: project).table(wish.table).table }
        let wish = wish.about(name)
        if isDry { return try await preview(wish, project, console) }
        if let file = wish.mended {
            let changes = try await offPool { try MendedRows.take(wish, from: file, in: project) }
            console.note(changes.words(file))
        }
        var isIdle = true
        for part in ReplayPart.allCases {
            guard let code = try await run(part, of: wish, project, console) else { continue }
            isIdle = false
            if code != .success { return code }
        }
        if isIdle { console.note("quarantine.\(name): there is nothing to replay") }
        return .success
    }

    /// Runs a part of the replay and shows how it goes; nil when it has nothing to do.
    private func run(
        _ part: ReplayPart,
        of wish: Replay,
        _ project: Project,
        _ console: Console
    ) async throws -> ExitCode? {
        let view = RunView(console, explains: false, asJSON: asJSON, isKept: true)
        let summary = try await Interruption.cancelling(onSignal: view.cancel) { () -> RunSummary? in
            let run = try await ProjectRun.prepare(
                project,
                replaying: wish,
                part,
                options: RunOptions(command: command)
            )
            return await run?.execute(sinks: [view.sink])
        }
        switch summary?.status {
        case nil: return nil
        case .succeeded: return .success
        case .cancelled, .interrupted: return .interrupted
        case .failed, .running: return .failure
        }
    }

    private func preview(_ wish: Replay, _ project: Project, _ console: Console) async throws -> ExitCode {
        let works = try await ReplayWork.all(of: wish, in: project)
        if asJSON {
            try console.print(jsonText(works.map { ReplayFacts(table: wish.table, work: $0) }))
            return .success
        }
        if works.isEmpty { console.note("quarantine.\(wish.table): there is nothing to replay") }
        for work in works {
            try console.print("quarantine.\(wish.table): \(work.words)")
            try PlanText(work.steps).print(to: console, asJSON: false)
        }
        return .success
    }
}

extension MendedRows.Changes {
    /// `12 of 14 rows in bad.csv were mended`, and how many are not open any more.
    fileprivate func words(_ file: String) -> String {
        let words =
            "\(RowCount(changed)) of \(RowCount(found).spoken) in \(file) \(changed == 1 ? "was" : "were") mended"
        return unknown == 0
            ? words : words + "; \(RowCount(unknown).spoken) of it \(unknown == 1 ? "is" : "are") not open"
    }
}

/// What `replay --dry-run --json` prints of a run.
private struct ReplayFacts: Encodable {
    let table: String
    let rows: Int?
    let steps: [String]

    init(table: String, work: ReplayWork) {
        self.table = table
        rows = work.rows
        steps = work.steps.nodes.map(\.id.name)
    }
}
