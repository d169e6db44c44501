import PintailOrchestrator

/// What is told of a run, event by event, in lines that stay; a pure value.
struct RunReport: Sendable {
    /// Long work is heard of this often where nothing moves: often enough that a CI system does not think it hangs.
    private static let patience = Duration.seconds(10)

    let glyphs: Glyphs
    /// Whether beginnings and progress are told too: where no display shows what runs, lines do.
    let tellsProgress: Bool
    /// Whether the choice of every strategy is told with its numbers.
    let explains: Bool
    /// Whether the history keeps the run, so that it can be looked up and retried by its name.
    let isKept: Bool
    private var nameWidth = 0
    private var tests: Set<NodeID> = []
    private var lastTold: [NodeID: Timestamp] = [:]

    init(glyphs: Glyphs, tellsProgress: Bool, explains: Bool = false, isKept: Bool = true) {
        self.glyphs = glyphs
        self.isKept = isKept
        self.tellsProgress = tellsProgress
        self.explains = explains
    }

    /// The lines that an event is worth.
    mutating func lines(for event: RunEvent) -> [StyledLine] {
        switch event.what {
        case .runStarted(let start):
            nameWidth = min(32, start.nodes.map(\.node.name.displayWidth).max() ?? 0)
            tests = Set(start.nodes.lazy.filter { $0.kind == .test }.map(\.node))
            return tellsProgress ? [beginning(of: start, event.run)] : []
        case .nodeStarted(let node, let kind, let attempt):
            lastTold[node] = event.at
            let again = attempt > 1 ? ", attempt \(attempt)" : ""
            // There are more tests than all else, and each is over as soon as it is begun: their ends are enough.
            guard tellsProgress, kind != .test, kind.hasWork else { return [] }
            return [StyledLine("start \(node) (\(kind.rawValue)\(again))")]
        case .nodeProgress(let node, let progress): return told(progress, of: node, at: event.at)
        case .message(let node, let level, let text): return [message(text, level, of: node)]
        case .nodeRetrying(let node, let attempt, let delay, let failure):
            var line = sign(glyphs.warning, .yellow, node)
            line.add(column: "attempt \(attempt) failed, the next one starts in \(delay.spoken): \(failure.message)")
            return [line]
        case .nodeFinished(let outcome): return lines(for: outcome)
        case .nodeSkipped(let node, let reason):
            // Where a model is not built, that its tests are not run goes without saying; the summary counts them.
            if tests.contains(node) { return [] }
            var line = sign(glyphs.skipped, .dim, node)
            line.add(column: "not run: " + reason.spoken, .dim)
            return [line]
        case .runFinished(let summary):
            return RunSummaryText(glyphs: glyphs, tellsStrategies: !explains, isKept: isKept).lines(for: summary)
        }
    }

    private func beginning(of start: RunStart, _ run: RunID) -> StyledLine {
        let what = start.pipeline.map { "\($0), " } ?? ""
        let size = NodeCount(start.nodes.map(\.kind)).text
        return StyledLine((isKept ? "run \(run): " : "") + what + size)
    }

    private mutating func told(_ progress: NodeProgress, of node: NodeID, at time: Timestamp) -> [StyledLine] {
        guard tellsProgress, let last = lastTold[node], time.since(last) >= Self.patience else { return [] }
        lastTold[node] = time
        return [StyledLine("      \(node): \(ProgressText(progress).words.joined(separator: ", "))")]
    }

    private func message(_ text: String, _ level: RunEvent.MessageLevel, of node: NodeID?) -> StyledLine {
        let isWarning = level == .warning
        var line = StyledLine(isWarning ? glyphs.warning : " ", isWarning ? .yellow : .plain)
        line.add(" " + (node.map { "\($0): " } ?? "") + text)
        return line
    }

    private func sign(_ glyph: String, _ ink: Ink, _ node: NodeID) -> StyledLine {
        var line = StyledLine(glyph, ink)
        line.add(" " + node.name.padded(to: nameWidth))
        return line
    }
}

extension RunReport {
    private func lines(for outcome: NodeOutcome) -> [StyledLine] {
        switch outcome.status {
        case .succeeded: return succeeded(outcome)
        case .failed(let failure):
            var line = sign(glyphs.failure, .red, outcome.node)
            let isVerdict = failure.checks.contains { $0.status == .fail } && outcome.kind == .test
            let words = isVerdict ? "failed in" : "failed after"
            line.add(column: "\(words) \(outcome.elapsed.spoken)" + outcome.tries, .red)
            return [line] + FailureText(failure).lines.map { $0.indented(by: 2) }
        case .skipped(let reason):
            var line = sign(glyphs.skipped, .dim, outcome.node)
            line.add(column: "not run: " + reason.spoken, .dim)
            return [line]
        case .cancelled:
            var line = sign(glyphs.skipped, .yellow, outcome.node)
            line.add(column: outcome.attempts == 0 ? "not begun" : "cancelled; what it had begun is undone", .yellow)
            return [line]
        }
    }

    private func succeeded(_ outcome: NodeOutcome) -> [StyledLine] {
        let told = outcome.result?.warnings ?? []
        let warned = outcome.checks.filter { $0.status != .pass && !told.contains($0.message) }
        let warnings = told + warned.map(\.spoken)
        var line = sign(
            warnings.isEmpty ? glyphs.success : glyphs.warning,
            warnings.isEmpty ? .green : .yellow,
            outcome.node
        )
        line.add(column: outcome.achievement + outcome.tries)
        var lines = [line] + warnings.map { StyledLine("    warning: ", .yellow).adding($0) }
        if let strategy = outcome.strategy, explains {
            lines.append(StyledLine("    strategy: ", .cyan).adding("\(strategy.name): \(strategy.reason)"))
        }
        return lines
    }
}

extension StyledLine {
    /// The line with a text at its end.
    func adding(_ text: String, _ ink: Ink = .plain) -> StyledLine {
        var line = self
        line.add(text, ink)
        return line
    }
}

extension SkipReason {
    /// The reason as the end of "not run: …".
    var spoken: String {
        switch self {
        case .upstreamFailed(let node): "\(node) failed"
        case .otherRefused(let node): "nothing was started, as \(node) cannot be done"
        case .runTimedOut: "the run's time was up"
        }
    }
}

extension CheckOutcome {
    /// What was claimed and found, with a few of the values that break the claim.
    var spoken: String {
        if !message.isEmpty { return message }
        var text = [column, check].compactMap(\.self).joined(separator: " ")
        if let failingRows {
            text += ": \(failingRows)" + (totalRows.map { " of \($0.spoken)" } ?? " rows")
        }
        if !sample.isEmpty {
            text += " (as " + sample.prefix(3).map { $0.isEmpty ? "''" : $0 }.joined(separator: ", ") + ")"
        }
        return text
    }
}

extension NodeKind {
    /// Whether there is anything to do for such a node; others are named in a run because dbt names them.
    fileprivate var hasWork: Bool { self != .exposure && self != .savedQuery }
}

extension NodeOutcome {
    /// Why and how the source's rows entered the database, as the extract has it among its facts.
    var strategy: (name: String, reason: String)? {
        guard case .object(let facts) = result?.facts["strategy"], case .string(let name) = facts["name"] else {
            return nil
        }
        if case .string(let reason) = facts["reason"] { return (name, reason) }
        return (name, "")
    }

    /// What was done in how much time: `336,776 rows in 1.2 s, eager`.
    fileprivate var achievement: String {
        guard kind.hasWork else { return "nothing to do" }
        let time = elapsed.spoken
        if kind == .test { return (checks.contains { $0.status == .warn } ? "warned" : "passed") + " in \(time)" }
        var text = "done in \(time)"
        if kind == .check {
            let passed = checks.count { $0.status == .pass }
            let judged =
                passed == checks.count ? counted(passed, "check") : "\(passed) of \(counted(checks.count, "check"))"
            text = "\(judged) passed in \(time)"
        } else if let rows = result?.rows {
            text = "\(rows.spoken) in \(time)"
        }
        if case .string(let made) = result?.facts["materialized"] {
            text = result?.rows == nil ? "\(made) in \(time)" : "\(made), \(text)"
        }
        // An extract that found nothing to read says what it looked at.
        if case .string(let note) = result?.facts["note"] { text += ", " + note }
        if let quarantined = result?.quarantinedRows, quarantined > 0 { text += ", \(quarantined) quarantined" }
        if let strategy { text += ", " + strategy.name }
        return text
    }

    /// How often it was tried, when that was not once.
    fileprivate var tries: String { attempts > 1 ? " (attempt \(attempts))" : "" }
}
