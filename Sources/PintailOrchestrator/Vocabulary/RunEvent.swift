/// Something that happened in a run; terminal, log, run store and browser all read this one vocabulary.
///
/// As JSON an event is one flat object. Every event has `event`, `run` and `at` (RFC 3339, UTC); the rest depends on `event`:
///
/// | `event` | further keys |
/// | --- | --- |
/// | `run_started` | `command`, `pipeline`?, `variables`, `nodes`: [{`node`, `kind`, `after`}] |
/// | `node_started` | `node`, `kind`, `attempt` |
/// | `node_progress` | `node`, `rows`, `total_rows`?, `bytes`?, `total_bytes`?, `phase` |
/// | `message` | `node`?, `level` (`info`, `warning`), `text` |
/// | `node_retrying` | `node`, `attempt` (the one that failed), `after_seconds`, `error` |
/// | `node_finished` | `node`, `kind`, `status`, `attempts`, `seconds`, `peak_memory_bytes`?, `cpu_seconds`?, `result`?, `error`? |
/// | `node_skipped` | `node`, `because` (`upstream_failed`, `other_refused`, `run_timed_out`), `upstream`? |
/// | `run_finished` | `status`, `seconds`, `peak_memory_bytes`?, `cpu_seconds`?, `nodes`: what `node_finished` says of each |
///
/// `error` is {`message`, `hint`?, `data_state`?, `is_transient`, `causes`, `checks`}; `result` is
/// {`rows`?, `rows_read`?, `bytes`?, `quarantined_rows`?, `facts`, `checks`, `warnings`, `schema`?}.
public struct RunEvent: Hashable, Sendable {
    /// The run in which it happened.
    public let run: RunID
    /// When it happened.
    public let at: Timestamp
    /// What happened.
    public let what: What

    /// Describes an event.
    public init(run: RunID, at: Timestamp, _ what: What) {
        self.run = run
        self.at = at
        self.what = what
    }

    /// What can happen in a run.
    public enum What: Hashable, Sendable {
        case runStarted(RunStart)
        case nodeStarted(NodeID, kind: NodeKind, attempt: Int)
        case nodeProgress(NodeID, NodeProgress)
        /// A line for the log; of the whole run when there is no node.
        case message(NodeID?, level: MessageLevel, text: String)
        /// The attempt of that number failed; the next one starts when the time has passed.
        case nodeRetrying(NodeID, attempt: Int, after: Duration, NodeFailure)
        /// A node succeeded, failed for good or was cancelled.
        case nodeFinished(NodeOutcome)
        case nodeSkipped(NodeID, because: SkipReason)
        case runFinished(RunSummary)
    }

    /// How much a message matters.
    public enum MessageLevel: String, Sendable, Codable {
        case info, warning
    }

    /// The node that the event is about; nil when it is about the whole run.
    public var node: NodeID? {
        switch what {
        case .runStarted, .runFinished: nil
        case .nodeStarted(let node, _, _), .nodeProgress(let node, _), .nodeRetrying(let node, _, _, _),
            .nodeSkipped(let node, _):
            node
        case .message(let node, _, _): node
        case .nodeFinished(let outcome): outcome.node
        }
    }

    /// The event's name as JSON and the run store write it.
    public var name: String {
        switch what {
        case .runStarted: "run_started"
        case .nodeStarted: "node_started"
        case .nodeProgress: "node_progress"
        case .message: "message"
        case .nodeRetrying: "node_retrying"
        case .nodeFinished: "node_finished"
        case .nodeSkipped: "node_skipped"
        case .runFinished: "run_finished"
        }
    }
}
