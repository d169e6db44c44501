import PintailOrchestrator

/// A run as `runs --json` prints it.
struct RunFacts: Encodable {
    let run: RunID
    let pipeline: String?
    let command: String
    let variables: [String: JSONValue]
    let status: RunStatus
    let started: Timestamp
    let finished: Timestamp?
    let seconds: Double?
    let peakMemory: Bytes?
    let cpuSeconds: Double?

    init(_ record: RunRecord) {
        run = record.run
        pipeline = record.pipeline
        command = record.command
        variables = record.variables
        status = record.status
        started = record.started
        finished = record.finished
        seconds = record.elapsed?.seconds
        peakMemory = record.peakMemory
        cpuSeconds = record.cpu?.seconds
    }

    enum CodingKeys: String, CodingKey {
        case run, pipeline, command, variables, status, started, finished, seconds
        case peakMemory = "peak_memory_bytes"
        case cpuSeconds = "cpu_seconds"
    }
}

/// A try of a step as `runs RUN --json` prints it.
private struct AttemptFacts: Encodable {
    let attempt: Int
    let status: String
    let started: Timestamp
    let finished: Timestamp?
    let seconds: Double?
    let peakMemory: Bytes?
    let cpuSeconds: Double?
    let result: NodeResult?
    let error: NodeFailure?

    init(_ record: AttemptRecord) {
        attempt = record.attempt
        status = record.status.rawValue
        started = record.started
        finished = record.finished
        seconds = record.elapsed?.seconds
        peakMemory = record.peakMemory
        cpuSeconds = record.cpu?.seconds
        result = record.result
        error = record.failure
    }

    enum CodingKeys: String, CodingKey {
        case attempt, status, started, finished, seconds, result, error
        case peakMemory = "peak_memory_bytes"
        case cpuSeconds = "cpu_seconds"
    }
}

/// A step of a run as `runs RUN --json` prints it.
private struct NodeFacts: Encodable {
    let node: NodeID
    let kind: NodeKind
    let after: [NodeID]
    let status: String
    let attempts: [AttemptFacts]
}

/// What a check found, with the step that asked.
private struct CheckFacts: Encodable {
    let record: CheckRecord

    func encode(to encoder: any Encoder) throws {
        try record.outcome.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(record.node, forKey: .node)
    }

    enum CodingKeys: String, CodingKey { case node }
}

extension RunStory: Encodable {
    /// Writes the run's own facts with its steps and checks among them.
    func encode(to encoder: any Encoder) throws {
        try RunFacts(run).encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        let steps = nodes.map { node in
            NodeFacts(
                node: node.planned.node,
                kind: node.planned.kind,
                after: node.planned.after,
                status: node.status.rawValue,
                attempts: attempts.filter { $0.node == node.planned.node }.map(AttemptFacts.init)
            )
        }
        try container.encode(steps, forKey: .nodes)
        try container.encode(checks.map { CheckFacts(record: $0) }, forKey: .checks)
    }

    private enum CodingKeys: String, CodingKey { case nodes, checks }
}
