/// A run as the run store remembers it.
package struct RunRecord: Hashable, Sendable {
    /// The run.
    package let run: RunID
    /// The pipeline; nil when the run was of no single one.
    package let pipeline: String?
    /// The command as the user gave it.
    package let command: String
    /// The variables it ran with.
    package let variables: [String: JSONValue]
    /// Where it stands.
    package let status: RunStatus
    /// When it began.
    package let started: Timestamp
    /// When it ended; of an interrupted run, when it was last heard of.
    package let finished: Timestamp?
    /// How long it took; nil until it has ended by itself.
    package let elapsed: Duration?
    /// The most memory the process held meanwhile.
    package let peakMemory: Bytes?
    /// The processor time that the process used meanwhile.
    package let cpu: Duration?
    /// The process that runs it, or ran it.
    package let process: ProcessIdentity
}

/// A node of a run as the run store remembers it.
package struct NodeRecord: Hashable, Sendable {
    /// What it is and what it waits for.
    package let planned: PlannedNode
    /// Where it stands.
    package let status: AttemptStatus
}

/// One try of one node as the run store remembers it.
package struct AttemptRecord: Hashable, Sendable {
    /// The node.
    package let node: NodeID
    /// What the node does.
    package let kind: NodeKind
    /// The number of the try, from 1.
    package let attempt: Int
    /// Where it stands.
    package let status: AttemptStatus
    /// When it began.
    package let started: Timestamp
    /// When it ended; nil while it runs.
    package let finished: Timestamp?
    /// How long it took; nil while it runs.
    package let elapsed: Duration?
    /// The most memory the process held meanwhile.
    package let peakMemory: Bytes?
    /// The processor time it used, when it ran alone.
    package let cpu: Duration?
    /// What it did, when it succeeded.
    package let result: NodeResult?
    /// Why it failed, when it did.
    package let failure: NodeFailure?
}

/// Where a node, or one try of it, stands.
package enum AttemptStatus: String, Sendable {
    case waiting, running, succeeded, failed, skipped, cancelled, interrupted
}

/// What a check found in some run.
package struct CheckRecord: Hashable, Sendable {
    /// The node that ran the check.
    package let node: NodeID
    /// What it found.
    package let outcome: CheckOutcome
}

/// The schema of a table as a run left it.
package struct SchemaRecord: Hashable, Sendable {
    /// The columns.
    package let schema: TableSchema
    /// The run that made them.
    package let run: RunID
    /// When it did.
    package let recorded: Timestamp
}
