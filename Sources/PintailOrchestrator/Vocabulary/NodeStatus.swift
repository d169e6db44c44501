/// How a node ended.
public enum NodeStatus: Hashable, Sendable {
    case succeeded
    case failed(NodeFailure)
    case skipped(SkipReason)
    /// The run was cancelled before the node was done; what it had begun is undone.
    case cancelled

    /// The status in one word, as JSON and the run store write it.
    public var word: String {
        switch self {
        case .succeeded: "succeeded"
        case .failed: "failed"
        case .skipped: "skipped"
        case .cancelled: "cancelled"
        }
    }
}

/// Why a node was not tried.
public enum SkipReason: Hashable, Sendable {
    /// A node that it depends on, directly or through others, failed.
    case upstreamFailed(NodeID)
    /// A node of the same pipeline was known to fail before anything had started.
    case otherRefused(NodeID)
    /// The time of the whole run was up.
    case runTimedOut
}

extension NodeStatus: Codable {
    private enum CodingKeys: String, CodingKey {
        case status, error
    }

    /// Reads the keys that `encode` writes.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try container.decode(String.self, forKey: .status) {
        case "succeeded": self = .succeeded
        case "failed": self = .failed(try container.decode(NodeFailure.self, forKey: .error))
        case "skipped": self = .skipped(try SkipReason(from: decoder))
        case "cancelled": self = .cancelled
        case let word:
            throw DecodingError.dataCorruptedError(
                forKey: .status,
                in: container,
                debugDescription: "no status '\(word)'"
            )
        }
    }

    /// Writes `status`, with `error` when it failed, with `because` (and `upstream`) when it was skipped.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(word, forKey: .status)
        switch self {
        case .failed(let failure): try container.encode(failure, forKey: .error)
        case .skipped(let reason): try reason.encode(to: encoder)
        case .succeeded, .cancelled: break
        }
    }
}

extension SkipReason: Codable {
    private enum CodingKeys: String, CodingKey {
        case because, upstream
    }

    /// Reads the keys that `encode` writes.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try container.decode(String.self, forKey: .because) {
        case "upstream_failed": self = .upstreamFailed(try container.decode(NodeID.self, forKey: .upstream))
        case "other_refused": self = .otherRefused(try container.decode(NodeID.self, forKey: .upstream))
        case "run_timed_out": self = .runTimedOut
        case let word:
            throw DecodingError.dataCorruptedError(
                forKey: .because,
                in: container,
                debugDescription: "no reason '\(word)'"
            )
        }
    }

    /// Writes `because`, and `upstream` when a node is to blame.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .upstreamFailed(let node):
            try container.encode("upstream_failed", forKey: .because)
            try container.encode(node, forKey: .upstream)
        case .otherRefused(let node):
            try container.encode("other_refused", forKey: .because)
            try container.encode(node, forKey: .upstream)
        case .runTimedOut:
            try container.encode("run_timed_out", forKey: .because)
        }
    }
}
