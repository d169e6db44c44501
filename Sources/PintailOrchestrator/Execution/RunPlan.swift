/// Everything that is decided about a run before it starts.
package struct RunPlan: Sendable {
    /// How one node is tried.
    package struct Policy: Hashable, Sendable {
        /// How often it is tried.
        package var retry: RetryPolicy
        /// How long one attempt may take; nil for as long as it likes.
        package var timeout: Duration?

        /// Describes how a node is tried.
        package init(retry: RetryPolicy = .never, timeout: Duration? = nil) {
            self.retry = retry
            self.timeout = timeout
        }
    }

    /// The run's name.
    package let run: RunID
    /// What the first event of the run tells.
    package let start: RunStart
    /// How the nodes wait for each other.
    package let graph: DAG<NodeID>
    /// How long the whole run may take; nil for as long as it likes.
    package let timeout: Duration?
    private let policies: [NodeID: Policy]
    private let fallback: Policy
    private let kinds: [NodeID: NodeKind]

    /// Plans a run.
    ///
    /// - Parameters:
    ///   - policy: how nodes are tried that `policies` does not name.
    ///   - timeout: how long the whole run may take; what runs then fails, what waits is skipped.
    /// - Throws: `DAGError` when the nodes make no DAG.
    package init(
        run: RunID,
        start: RunStart,
        policy: Policy = Policy(),
        policies: [NodeID: Policy] = [:],
        timeout: Duration? = nil
    ) throws(DAGError<NodeID>) {
        self.run = run
        self.start = start
        self.timeout = timeout
        self.policies = policies
        fallback = policy
        graph = try DAG(start.nodes.map { ($0.node, $0.after) })
        kinds = Dictionary(start.nodes.map { ($0.node, $0.kind) }) { first, _ in first }
    }

    /// How `node` is tried.
    package func policy(for node: NodeID) -> Policy { policies[node, default: fallback] }

    /// What `node` does.
    package func kind(of node: NodeID) -> NodeKind {
        guard let kind = kinds[node] else { preconditionFailure("\(node) is not part of run \(run)") }
        return kind
    }
}
