import PintailOrchestrator

/// What is told of a run when it is over.
struct RunSummaryText {
    let glyphs: Glyphs
    /// Whether strategies are told here; not when each extract has told its own.
    let tellsStrategies: Bool
    /// Whether the history keeps the run.
    let isKept: Bool

    func lines(for summary: RunSummary) -> [StyledLine] {
        [StyledLine(), verdict(summary)] + failed(summary) + strategies(summary) + checks(summary) + closing(summary)
    }

    private func verdict(_ summary: RunSummary) -> StyledLine {
        let (glyph, ink, word): (String, Ink, String) =
            switch summary.status {
            case .succeeded: (glyphs.success, .green, "succeeded")
            case .cancelled: (glyphs.skipped, .yellow, "cancelled")
            default: (glyphs.failure, .red, "failed")
            }
        var line = StyledLine(glyph, ink)
        line.add(" " + word, ink)
        line.add(" in \(summary.elapsed.spoken): " + ([steps(summary)] + rows(summary)).joined(separator: ", "))
        if let peak = summary.peakMemory { line.add(", peak memory \(peak)") }
        return line
    }

    private func steps(_ summary: RunSummary) -> String {
        let done = summary.nodes.count { $0.status == .succeeded }
        if done == summary.nodes.count { return count(summary).text }
        return "\(done) of \(counted(summary.nodes.count, count(summary).noun))"
    }

    private func count(_ summary: RunSummary) -> NodeCount { NodeCount(summary.nodes.map(\.kind)) }

    /// Rows that came in and rows that went out; what moves between tables is no traffic.
    private func rows(_ summary: RunSummary) -> [String] {
        func sum(_ kind: NodeKind, _ rows: (NodeResult) -> RowCount?) -> RowCount? {
            summary.nodes.filter { $0.kind == kind }.compactMap { $0.result.flatMap(rows) }
                .reduce(nil) { ($0 ?? 0) + $1 }
        }
        return [
            sum(.extract, \.rows).map { "\($0.spoken) in" }, sum(.load, \.writtenRows).map { "\($0.spoken) out" },
        ].compactMap(\.self)
    }

    private func failed(_ summary: RunSummary) -> [StyledLine] {
        let names = summary.nodes.filter { if case .failed = $0.status { true } else { false } }.map(\.node.name)
        let skipped = summary.nodes.count { if case .skipped = $0.status { true } else { false } }
        var lines: [StyledLine] = []
        if !names.isEmpty { lines.append(row("failed", names.joined(separator: ", "), .red)) }
        if skipped > 0 {
            lines.append(
                row("not run", "\(counted(skipped, count(summary).noun)) after \(names.count == 1 ? "it" : "them")")
            )
        }
        return lines
    }

    private func strategies(_ summary: RunSummary) -> [StyledLine] {
        guard tellsStrategies else { return [] }
        return summary.nodes.compactMap { outcome in
            outcome.strategy.map { strategy in
                let reason = strategy.reason.isEmpty ? "" : ": " + strategy.reason
                return row("strategy", "\(outcome.node) \(strategy.name)\(reason)")
            }
        }
    }

    private func checks(_ summary: RunSummary) -> [StyledLine] {
        let all = summary.nodes.flatMap(\.checks)
        guard !all.isEmpty else { return [] }
        let words = [("passed", CheckOutcome.Status.pass), ("warned", .warn), ("failed", .fail)].compactMap {
            word,
            status in
            let number = all.count { $0.status == status }
            return number > 0 ? "\(number) \(word)" : nil
        }
        let quarantined = summary.nodes.compactMap { $0.result?.quarantinedRows }.reduce(0, +)
        return [
            row(
                count(summary).isOfModels ? "tests" : "checks",
                (words + (quarantined > 0 ? ["\(quarantined.spoken) quarantined"] : [])).joined(separator: ", ")
            )
        ]
    }

    private func closing(_ summary: RunSummary) -> [StyledLine] {
        let warnings = summary.nodes.compactMap { $0.result?.warnings.count }.reduce(0, +)
        var lines = warnings > 0 ? [row("warnings", "\(warnings), above")] : []
        guard isKept else { return lines }
        lines.append(row("run", summary.run.name))
        if summary.status == .failed || summary.status == .cancelled {
            lines.append(row("again", "pintail retry \(summary.run)  runs what is missing"))
        }
        return lines
    }

    private func row(_ title: String, _ text: String, _ ink: Ink = .plain) -> StyledLine {
        StyledLine("  " + title.padded(to: 9) + " ", .dim).adding(text, ink)
    }
}

extension NodeResult {
    /// The rows of a load that its target has from it: not those that were there just so, or that others outdid.
    fileprivate var writtenRows: RowCount? {
        let idle = facts.filter { name, _ in
            ["unchanged", "superseded"].contains { name == $0 || name.hasSuffix("_\($0)") }
        }
        return rows.map { rows in
            idle.values.reduce(rows) { rest, count in
                if case .integer(let count) = count { rest - RowCount(count) } else { rest }
            }
        }
    }
}
