extension RunEvent: Codable {
    private enum CodingKeys: String, CodingKey {
        case event, run, at, node, kind, attempt, level, text, error
        case afterSeconds = "after_seconds"
    }

    /// Writes the flat object that the type describes.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .event)
        try container.encode(run, forKey: .run)
        try container.encode(at, forKey: .at)
        try container.encodeIfPresent(node, forKey: .node)
        switch what {
        case .runStarted(let start): try start.encode(to: encoder)
        case .nodeStarted(_, let kind, let attempt):
            try container.encode(kind, forKey: .kind)
            try container.encode(attempt, forKey: .attempt)
        case .nodeProgress(_, let progress): try progress.encode(to: encoder)
        case .message(_, let level, let text):
            try container.encode(level, forKey: .level)
            try container.encode(text, forKey: .text)
        case .nodeRetrying(_, let attempt, let delay, let failure):
            try container.encode(attempt, forKey: .attempt)
            try container.encode(delay.seconds, forKey: .afterSeconds)
            try container.encode(failure, forKey: .error)
        case .nodeFinished(let outcome): try outcome.encode(to: encoder)
        case .nodeSkipped(_, let reason): try reason.encode(to: encoder)
        case .runFinished(let summary): try summary.encode(to: encoder)
        }
    }

    /// Reads the flat object that the type describes.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            run: try container.decode(RunID.self, forKey: .run),
            at: try container.decode(Timestamp.self, forKey: .at),
            try Self.readWhat(of: container, from: decoder)
        )
    }

    private static func readWhat(
        of container: KeyedDecodingContainer<CodingKeys>,
        from decoder: any Decoder
    ) throws -> What {
        func node() throws -> NodeID { try container.decode(NodeID.self, forKey: .node) }
        switch try container.decode(String.self, forKey: .event) {
        case "run_started": return .runStarted(try RunStart(from: decoder))
        case "node_started":
            return .nodeStarted(
                try node(),
                kind: try container.decode(NodeKind.self, forKey: .kind),
                attempt: try container.decode(Int.self, forKey: .attempt)
            )
        case "node_progress": return .nodeProgress(try node(), try NodeProgress(from: decoder))
        case "message":
            return .message(
                try container.decodeIfPresent(NodeID.self, forKey: .node),
                level: try container.decode(MessageLevel.self, forKey: .level),
                text: try container.decode(String.self, forKey: .text)
            )
        case "node_retrying":
            return .nodeRetrying(
                try node(),
                attempt: try container.decode(Int.self, forKey: .attempt),
                after: Duration(roundedSeconds: try container.decode(Double.self, forKey: .afterSeconds)),
                try container.decode(NodeFailure.self, forKey: .error)
            )
        case "node_finished": return .nodeFinished(try NodeOutcome(from: decoder))
        case "node_skipped": return .nodeSkipped(try node(), because: try SkipReason(from: decoder))
        case "run_finished": return .runFinished(try RunSummary(from: decoder))
        case let name:
            throw DecodingError.dataCorruptedError(
                forKey: .event,
                in: container,
                debugDescription: "no event '\(name)'"
            )
        }
    }
}
