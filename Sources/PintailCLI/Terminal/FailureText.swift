import PintailOrchestrator

/// A failure as a person reads it: what is wrong, why, what the checks found, the data's state and the way out.
struct FailureText {
    private let failure: NodeFailure

    init(_ failure: NodeFailure) { self.failure = failure }

    /// The failure's lines, the reason first.
    var lines: [StyledLine] {
        var lines = reasons
        // A test's verdict is the failure's reason already.
        for check in failure.checks where check.status != .pass && check.spoken != failure.message {
            let label = check.status == .fail ? "  failed: " : "  warned: "
            lines.append(StyledLine(label, check.status == .fail ? .red : .yellow).adding(check.spoken))
        }
        if let state = failure.dataState { lines.append(StyledLine("  data: ", .cyan).adding(state)) }
        if let hint = failure.hint { lines.append(StyledLine("  hint: ", .cyan).adding(hint)) }
        return lines
    }

    /// The chain, outermost first: on one line while that is short, else a line for each link.
    private var reasons: [StyledLine] {
        var links = failure.causes
        let chain = links.joined(separator: ": ")
        var outermost = failure.message
        if !chain.isEmpty, outermost.hasSuffix(": " + chain) {
            outermost.removeLast(chain.count + 2)
        } else {
            links = []
        }
        if failure.message.displayWidth <= 80, !failure.message.contains("\n") {
            (outermost, links) = (failure.message, [])
        }
        let texts = split(outermost).enumerated().map {
            $0 == 0 ? StyledLine("error: ", .red).adding($1) : StyledLine("  " + $1)
        }
        return texts
            + links.flatMap { link in
                split(link).enumerated().map {
                    $0 == 0 ? StyledLine("  because: ", .dim).adding($1) : StyledLine("    " + $1)
                }
            }
    }

    /// Servers and DuckDB answer in several lines, some of them indented; each stays one.
    private func split(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: true).map { line in
            line.split(separator: "\t", omittingEmptySubsequences: true).joined(separator: " ")
        }
    }
}

extension StyledLine {
    /// The line further to the right.
    func indented(by columns: Int) -> StyledLine {
        var line = StyledLine(String(repeating: " ", count: columns))
        line.add(contentsOf: self)
        return line
    }
}
