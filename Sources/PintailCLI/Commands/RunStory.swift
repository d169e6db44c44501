import PintailOrchestrator

/// What the history knows of one run.
struct RunStory {
    let run: RunRecord
    let nodes: [NodeRecord]
    let attempts: [AttemptRecord]
    let checks: [CheckRecord]

    /// Prints the run, its steps, what failed and what the checks found.
    func print(to console: Console) throws {
        for line in header { try console.print(line.text(console.output.palette)) }
        try console.print(table: Self.columns, nodes.map(row))
        for line in failures + findings { try console.print(line.text(console.output.palette)) }
    }

    private var header: [StyledLine] {
        var line = StyledLine("run \(run.run)  ", .bold)
        line.add(run.status.rawValue, run.status.ink)
        if let elapsed = run.elapsed { line.add(" in \(elapsed.spoken)") }
        if let peak = run.peakMemory { line.add(", peak memory \(peak)") }
        if let cpu = run.cpu { line.add(", CPU \(cpu.spoken)") }
        return [line, StyledLine("pintail \(run.command), started \(run.started.brief)", .dim)]
    }

    private static let columns = ["step", "kind", "status", "tries", "rows", "took", "peak memory", "strategy"]
        .map { ResultTable.Column(name: $0, alignsRight: ["tries", "rows", "took", "peak memory"].contains($0)) }

    private func row(_ node: NodeRecord) -> [String?] {
        let tries = attempts.filter { $0.node == node.planned.node }
        let last = tries.last
        return [
            node.planned.node.name, node.planned.kind.rawValue, node.status.rawValue, String(tries.count),
            last?.result?.rows?.description ?? "", last?.elapsed?.spoken ?? "", last?.peakMemory?.description ?? "",
            last?.result?.strategy ?? "",
        ]
    }

    /// The last failure of each step that has not succeeded since.
    private var failures: [StyledLine] {
        nodes.filter { $0.status == .failed }.flatMap { node -> [StyledLine] in
            let last = attempts.last { $0.node == node.planned.node }
            guard let failure = last?.failure else { return [] }
            return [StyledLine(), StyledLine(node.planned.node.name, .bold)] + FailureText(failure).lines
        }
    }

    private var findings: [StyledLine] {
        guard !checks.isEmpty else { return [] }
        return [StyledLine(), StyledLine("checks", .bold)]
            + checks.map { check in
                var line = StyledLine("  \(check.outcome.status.rawValue)  ", check.outcome.status.ink)
                line.add("\(check.outcome.table): \(check.outcome.spoken)")
                return line
            }
    }
}

extension NodeResult {
    /// The name of the strategy by which rows entered the database.
    fileprivate var strategy: String? {
        guard case .object(let facts) = facts["strategy"], case .string(let name) = facts["name"] else { return nil }
        return name
    }
}

extension RunStatus {
    fileprivate var ink: Ink {
        switch self {
        case .succeeded: .green
        case .failed, .interrupted: .red
        case .running, .cancelled: .yellow
        }
    }
}

extension CheckOutcome.Status {
    fileprivate var ink: Ink {
        switch self {
        case .pass: .green
        case .warn: .yellow
        case .fail: .red
        }
    }
}
