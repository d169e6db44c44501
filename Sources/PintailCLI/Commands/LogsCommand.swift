import PintailOrchestrator

/// Prints the log of a run: `pintail logs`.
struct LogsCommand: Command {
    static let node = Option.value("step", short: "s", "STEP", .text, "Only what this step had to tell")

    static let spec = CommandSpec(
        "logs",
        .look,
        "Print what a run told while it went on",
        arguments: [RunHistory.argument],
        options: [node, .flag("json", "Print every event as a line of JSON")],
        examples: [.init("pintail logs last --step raw_articles", "Prints the log of one step of the latest run.")]
    )

    private let name: String
    private let node: NodeID?
    private let asJSON: Bool

    init(_ arguments: ParsedArguments) {
        name = arguments.words.first ?? "last"
        node = arguments[Self.node].map { NodeID($0) }
        asJSON = arguments.has(.json)
    }

    func run(_ console: Console) async throws -> ExitCode {
        let (store, run) = try await RunHistory.run(name)
        if let node {
            let known = try await store.nodes(of: run.run).map(\.planned.node.name)
            guard known.contains(node.name) else {
                let steps = known.joined(separator: ", ")
                throw UsageError(.other("run \(run.run) has no step '\(node)'", hint: "its steps are \(steps)"))
            }
        }
        var report = RunReport(glyphs: .current, tellsProgress: true, explains: true)
        for event in try await store.logs(of: run.run, node: node) {
            if asJSON { try console.print(event.jsonLine) } else { try tell(event, &report, console) }
        }
        return .success
    }

    private func tell(_ event: RunEvent, _ report: inout RunReport, _ console: Console) throws {
        // The time of day, in UTC.
        let time = event.at.description.dropFirst(11).prefix(12)
        for line in report.lines(for: event) {
            try console.print(
                console.output.palette.paint(String(time), .dim) + " " + line.text(console.output.palette)
            )
        }
    }
}
