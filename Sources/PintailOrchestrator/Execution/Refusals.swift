/// What is known against a run before anything has started.
package struct Refusals: Hashable, Sendable {
    /// Nodes that would fail, each with the reason.
    package let failures: [NodeID: NodeFailure]
    /// Nodes that are not to start, each with the one of ``failures`` that it is held back for.
    package let heldBack: [NodeID: NodeID]

    /// Nothing is known against the run.
    package static let none = Refusals(failures: [:], heldBack: [:])

    /// All that two know; where both speak of a node, the first.
    package func merging(_ other: Refusals) -> Refusals {
        Refusals(
            failures: failures.merging(other.failures) { first, _ in first },
            heldBack: heldBack.merging(other.heldBack) { first, _ in first }
        )
    }

    /// States what is known.
    package init(failures: [NodeID: NodeFailure], heldBack: [NodeID: NodeID]) {
        self.failures = failures
        self.heldBack = heldBack
    }
}
