/// Where a run stands, or how it ended.
public enum RunStatus: String, Sendable, Codable, CaseIterable {
    case running, succeeded, failed, cancelled
    /// Its process died; found out by whoever opened the run store next.
    case interrupted
}

/// How a run ended, node by node, and what it took.
public struct RunSummary: Hashable, Sendable {
    /// The run.
    public let run: RunID
    /// How it ended: succeeded when every node did.
    public let status: RunStatus
    /// Every node of the run, in the order in which they could run.
    public let nodes: [NodeOutcome]
    /// How long the run took.
    public let elapsed: Duration
    /// The most memory the process held while the run went on.
    public let peakMemory: Bytes?
    /// The processor time that the process used while the run went on.
    public let cpu: Duration?

    /// Describes how a run ended.
    public init(
        run: RunID,
        status: RunStatus,
        nodes: [NodeOutcome],
        elapsed: Duration,
        peakMemory: Bytes? = nil,
        cpu: Duration? = nil
    ) {
        self.run = run
        self.status = status
        self.nodes = nodes
        self.elapsed = elapsed
        self.peakMemory = peakMemory
        self.cpu = cpu
    }

    /// The outcome of one node of the run.
    public subscript(node: NodeID) -> NodeOutcome? { nodes.first { $0.node == node } }
}

extension RunSummary: Codable {
    private enum CodingKeys: String, CodingKey {
        case run, status, nodes, seconds
        case peakMemory = "peak_memory_bytes"
        case cpu = "cpu_seconds"
    }

    /// Reads the keys that `encode` writes.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            run: try container.decode(RunID.self, forKey: .run),
            status: try container.decode(RunStatus.self, forKey: .status),
            nodes: try container.decode([NodeOutcome].self, forKey: .nodes),
            elapsed: Duration(roundedSeconds: try container.decode(Double.self, forKey: .seconds)),
            peakMemory: try container.decodeIfPresent(Bytes.self, forKey: .peakMemory),
            cpu: try container.decodeIfPresent(Double.self, forKey: .cpu).map { Duration(roundedSeconds: $0) }
        )
    }

    /// Writes one object, its nodes as a list of outcomes.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(run, forKey: .run)
        try container.encode(status, forKey: .status)
        try container.encode(nodes, forKey: .nodes)
        try container.encode(elapsed.seconds, forKey: .seconds)
        try container.encodeIfPresent(peakMemory, forKey: .peakMemory)
        try container.encodeIfPresent(cpu?.seconds, forKey: .cpu)
    }
}
