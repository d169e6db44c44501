import PintailOrchestrator

/// Lists runs, or tells all of one: `pintail runs`.
struct RunsCommand: Command {
    static let limit = Option.value("limit", short: "n", "RUNS", .count, "List no more runs than this; 20 unless given")

    static let spec = CommandSpec(
        "runs",
        .look,
        "List the latest runs, or tell what each step of one run did",
        arguments: [Argument("RUN", "A run's name, the beginning of it, or 'last'", .optional)],
        options: [limit, .json],
        examples: [
            .init("pintail runs", "Lists the latest runs, the newest first."),
            .init("pintail runs last", "Tells of each step of the latest run: rows, time, memory, checks."),
        ]
    )

    private let name: String?
    private let limit: Int
    private let asJSON: Bool

    init(_ arguments: ParsedArguments) {
        name = arguments.words.first
        limit = arguments.count(Self.limit) ?? 20
        asJSON = arguments.has(.json)
    }

    func run(_ console: Console) async throws -> ExitCode {
        if let name {
            let (store, run) = try await RunHistory.run(name)
            let story = RunStory(
                run: run,
                nodes: try await store.nodes(of: run.run),
                attempts: try await store.attempts(of: run.run),
                checks: try await store.checks(of: run.run)
            )
            try asJSON ? console.print(jsonText(story)) : story.print(to: console)
        } else {
            let runs = try await RunHistory.open()?.runs(limit: limit) ?? []
            try asJSON ? console.print(jsonText(runs.map(RunFacts.init))) : list(runs, console)
        }
        return .success
    }

    private func list(_ runs: [RunRecord], _ console: Console) throws {
        if runs.isEmpty { return console.note("no runs yet; 'pintail run' makes one") }
        let columns = ["run", "pipeline", "status", "started", "took", "peak memory", "command"]
            .map { ResultTable.Column(name: $0, alignsRight: $0 == "took" || $0 == "peak memory") }
        let rows: [[String?]] = runs.map { run in
            [
                run.run.name, run.pipeline ?? "", run.status.rawValue, run.started.brief, run.elapsed?.spoken ?? "",
                run.peakMemory?.description ?? "", run.command,
            ]
        }
        try console.print(table: columns, rows)
    }
}

extension Console {
    /// Prints a small table.
    func print(table columns: [ResultTable.Column], _ rows: [[String?]]) throws {
        let table = ResultTable(
            columns,
            rows: rows,
            limit: output.isTerminal ? output.width : nil,
            glyphs: glyphs,
            palette: output.palette
        )
        try output.write(table.head + rows.map(table.line).joined() + table.foot)
    }
}

extension Timestamp {
    /// The time to the second, in UTC: `2026-11-21 09:05:12 UTC`.
    var brief: String {
        let text = description
        return text.prefix(10) + " " + text.dropFirst(11).prefix(8) + " UTC"
    }
}
