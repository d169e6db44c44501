/// A file with one line of JSON for every node and every run that ended: what it took.
///
/// A line has `at`, `run`, `node` and `kind` (of nodes), `status`, `attempts` (of nodes),
/// `rows` (written, where counted; of a run the sum), `seconds`, `peak_memory_bytes` and `cpu_seconds` (where known).
/// Files are opened for each line, so that they can be moved away at any time.
package final class MetricsLog: RunEventSink {
    /// How the log is called in warnings.
    package let name = "the metrics log"
    private let path: String

    /// Writes to the end of `path`, which is made by the first line; its folder must exist.
    package init(path: String) { self.path = path }

    /// Adds a line when `event` is the end of a node or a run.
    package func receive(_ event: RunEvent) throws {
        switch event.what {
        case .nodeFinished(let outcome): try append(MetricsLine(outcome, event))
        case .runFinished(let summary): try append(MetricsLine(summary, event))
        default: break
        }
    }

    private func append(_ line: MetricsLine) throws {
        try SmallFile.append(line: try JSONLine.encode(line), to: path)
    }
}

private struct MetricsLine: Encodable {
    let at: Timestamp
    let run: RunID
    let node: NodeID?
    let kind: NodeKind?
    let status: String
    let attempts: Int?
    let rows: RowCount?
    let seconds: Double
    let peakMemory: Bytes?
    let cpu: Double?

    init(_ outcome: NodeOutcome, _ event: RunEvent) {
        at = event.at
        run = event.run
        node = outcome.node
        kind = outcome.kind
        status = outcome.status.word
        attempts = outcome.attempts
        rows = outcome.result?.rows
        seconds = outcome.elapsed.seconds
        peakMemory = outcome.peakMemory
        cpu = outcome.cpu?.seconds
    }

    init(_ summary: RunSummary, _ event: RunEvent) {
        at = event.at
        run = event.run
        node = nil
        kind = nil
        status = summary.status.rawValue
        attempts = nil
        rows = summary.nodes.compactMap { $0.result?.rows }.reduce(nil) { ($0 ?? 0) + $1 }
        seconds = summary.elapsed.seconds
        peakMemory = summary.peakMemory
        cpu = summary.cpu?.seconds
    }

    private enum CodingKeys: String, CodingKey {
        case at, run, node, kind, status, attempts, rows, seconds
        case peakMemory = "peak_memory_bytes"
        case cpu = "cpu_seconds"
    }
}
