import PintailOrchestrator
import Synchronization

/// Tells of a run line by line, for logs of CI systems and files.
final class LineSink: RunEventSink {
    let name = "the log"
    private let stream: TextStream
    private let report: Mutex<RunReport>
    private let isQuiet: Bool

    /// - Parameter isQuiet: whether only trouble is told.
    init(_ stream: TextStream, report: RunReport, isQuiet: Bool = false) {
        self.stream = stream
        self.isQuiet = isQuiet
        self.report = Mutex(report)
    }

    /// Writes the lines that the event is worth; when quiet only those of trouble.
    func receive(_ event: RunEvent) throws {
        let lines = report.withLock { $0.lines(for: event) }
        guard !lines.isEmpty, !isQuiet || event.isTrouble else { return }
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
