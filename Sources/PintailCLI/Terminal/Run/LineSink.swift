import Dispatch
import PintailOrchestrator
import Synchronization

/// Tells of a run line by line, for logs of CI systems and files.
final class LineSink: RunEventSink {
    let name = "the log"
    private let stream: TextStream
    private let state: Mutex<State>
    private let isQuiet: Bool

    private struct State {
        var report: RunReport
        /// Beginnings that are not told yet.
        var beginnings: [NodeID: [StyledLine]] = [:]
    }

    /// Most models and seeds are done by then: their beginnings would be half of all lines, and tell nothing.
    private static let patience = DispatchTimeInterval.seconds(1)

    /// - Parameter isQuiet: whether only trouble is told.
    init(_ stream: TextStream, report: RunReport, isQuiet: Bool = false) {
        self.stream = stream
        self.isQuiet = isQuiet
        state = Mutex(State(report: report))
    }

    /// Writes the lines that the event is worth; when quiet only those of trouble.
    func receive(_ event: RunEvent) throws {
        try state.withLock { state in
            let lines = state.report.lines(for: event)
            guard !lines.isEmpty, !isQuiet || event.isTrouble else { return }
            switch event.what {
            case .nodeStarted(let node, let kind, _) where [.model, .seed, .snapshot, .analysis].contains(kind):
                state.beginnings[node] = lines
                DispatchQueue.global().asyncAfter(deadline: .now() + Self.patience) { [weak self] in
                    self?.tellBeginning(of: node)
                }
                return
            case .nodeFinished(let outcome): state.beginnings[outcome.node] = nil
            default: break
            }
            try write(lines)
        }
    }

    private func tellBeginning(of node: NodeID) {
        state.withLock { state in
            // The run goes on where nobody reads: what it ends with is told where it can be.
            if let lines = state.beginnings.removeValue(forKey: node) { _ = try? write(lines) }
        }
    }

    private func write(_ lines: [StyledLine]) throws {
        try stream.write(lines.map { $0.text(stream.palette) + "\n" }.joined())
    }
}

extension RunEvent {
    /// Whether even those who want quiet should hear of it.
    fileprivate var isTrouble: Bool {
        switch what {
        case .runStarted, .nodeStarted, .nodeProgress, .nodeSkipped: false
        case .message(_, let level, _): level == .warning
        case .nodeRetrying: true
        case .nodeFinished(let outcome): outcome.status != .succeeded || outcome.result?.warnings.isEmpty == false
        case .runFinished(let summary): summary.status != .succeeded
        }
    }
}
