/// A node of a run before it runs: what it is and what it waits for.
public struct PlannedNode: Hashable, Sendable, Codable {
    /// The node's name.
    public let node: NodeID
    /// What the node does.
    public let kind: NodeKind
    /// The nodes that must have succeeded before it starts.
    public let after: [NodeID]

    /// Describes a node.
    public init(_ node: NodeID, kind: NodeKind, after: [NodeID] = []) {
        self.node = node
        self.kind = kind
        self.after = after
    }
}

/// What is known of a run when it starts, and all that is needed to resume it.
public struct RunStart: Hashable, Sendable, Codable {
    /// The pipeline; nil when the run is of no single one.
    public let pipeline: String?
    /// The command as the user gave it, without secrets.
    public let command: String
    /// The variables of the run, without secrets: the run store keeps them in the clear.
    public let variables: [String: JSONValue]
    /// The nodes, in the order in which they were declared.
    public let nodes: [PlannedNode]

    /// Describes a run.
    public init(pipeline: String?, command: String, variables: [String: JSONValue], nodes: [PlannedNode]) {
        self.pipeline = pipeline
        self.command = command
        self.variables = variables
        self.nodes = nodes
    }
}
