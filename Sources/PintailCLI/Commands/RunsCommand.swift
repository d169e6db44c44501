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
        let columns = Self.columns.filter { column in
            // A run's name begins with the time of its beginning.
            column.name != "started" || !console.output.isTerminal || console.output.width >= Self.ampleWidth
        }
        try console.print(
            table: columns.map {
                ResultTable.Column(
                    name: $0.name,
                    alignsRight: $0.name == "took" || $0.name == "peak memory",
                    isWhole: $0.name == "run"
                )
            },
            runs.map { run in columns.map { $0.value(run) } }
        )
    }

    /// Narrower than this, a terminal has no room for everything.
    private static let ampleWidth = 110

    private static let columns: [(name: String, value: @Sendable (RunRecord) -> String?)] = [
        ("run", { $0.run.name }), ("pipeline", { $0.pipeline ?? "" }), ("status", { $0.status.rawValue }),
        ("started", { $0.started.brief }), ("took", { $0.elapsed?.spoken ?? "" }),
        ("peak memory", { $0.peakMemory?.description ?? "" }), ("command", { $0.command }),
    ]
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
