/// How a node ended, what it did and what it took.
public struct NodeOutcome: Hashable, Sendable {
    /// The node.
    public let node: NodeID
    /// What the node does.
    public let kind: NodeKind
    /// How it ended.
    public let status: NodeStatus
    /// What it did; there when it succeeded.
    public let result: NodeResult?
    /// How often it was tried; 0 when it never began.
    public let attempts: Int
    /// How long the last attempt took.
    public let elapsed: Duration
    /// The most memory the whole process held while the last attempt ran; nodes that ran beside it count too.
    public let peakMemory: Bytes?
    /// The processor time of the last attempt; nil when other nodes ran beside it, as nobody can tell whose it was.
    public let cpu: Duration?

    /// Describes how a node ended.
    public init(
        node: NodeID,
        kind: NodeKind,
        status: NodeStatus,
        result: NodeResult? = nil,
        attempts: Int = 1,
        elapsed: Duration = .zero,
        peakMemory: Bytes? = nil,
        cpu: Duration? = nil
    ) {
        self.node = node
        self.kind = kind
        self.status = status
        self.result = result
        self.attempts = attempts
        self.elapsed = elapsed
        self.peakMemory = peakMemory
        self.cpu = cpu
    }

    /// What the node's checks found, whether they let it succeed or not.
    public var checks: [CheckOutcome] {
        if case .failed(let failure) = status { return failure.checks }
        return result?.checks ?? []
    }
}

extension NodeOutcome: Codable {
    private enum CodingKeys: String, CodingKey {
        case node, kind, result, attempts, seconds
        case peakMemory = "peak_memory_bytes"
        case cpu = "cpu_seconds"
    }

    /// Reads the keys that `encode` writes.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            node: try container.decode(NodeID.self, forKey: .node),
            kind: try container.decode(NodeKind.self, forKey: .kind),
            status: try NodeStatus(from: decoder),
            result: try container.decodeIfPresent(NodeResult.self, forKey: .result),
            attempts: try container.decode(Int.self, forKey: .attempts),
            elapsed: Duration(roundedSeconds: try container.decode(Double.self, forKey: .seconds)),
            peakMemory: try container.decodeIfPresent(Bytes.self, forKey: .peakMemory),
            cpu: try container.decodeIfPresent(Double.self, forKey: .cpu).map { Duration(roundedSeconds: $0) }
        )
    }

    /// Writes one flat object: the node, the keys of its status, what it took, and `result`.
    public func encode(to encoder: any Encoder) throws {
        try status.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(node, forKey: .node)
        try container.encode(kind, forKey: .kind)
        try container.encodeIfPresent(result, forKey: .result)
        try container.encode(attempts, forKey: .attempts)
        try container.encode(elapsed.seconds, forKey: .seconds)
        try container.encodeIfPresent(peakMemory, forKey: .peakMemory)
        try container.encodeIfPresent(cpu?.seconds, forKey: .cpu)
    }
}
