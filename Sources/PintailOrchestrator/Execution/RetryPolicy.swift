/// How often a node is tried, and how long to wait in between.
package struct RetryPolicy: Hashable, Sendable {
    /// Tries in all, the first included.
    package var attempts: Int
    /// The wait after the first failure.
    package var initial: Duration
    /// What each further wait is multiplied by.
    package var factor: Double
    /// The longest wait.
    package var limit: Duration
    /// The share of a wait, 0 to 1, that chance may take off, so that many nodes do not come back at the same moment.
    package var jitter: Double

    /// Describes a policy; counts and shares out of range are brought into it.
    package init(
        attempts: Int,
        initial: Duration = .seconds(2),
        factor: Double = 2,
        limit: Duration = .seconds(300),
        jitter: Double = 0.2
    ) {
        self.attempts = max(1, attempts)
        self.initial = max(.zero, initial)
        self.factor = max(1, factor)
        self.limit = max(.zero, limit)
        self.jitter = min(1, max(0, jitter))
    }

    /// Every node has one try.
    package static let never = RetryPolicy(attempts: 1)

    /// What to do about a failed attempt.
    package enum Decision: Hashable, Sendable {
        case retry(after: Duration)
        case giveUp
    }

    /// Decides about a failure of attempt number `attempt` (from 1), with a random number from 0 up to 1.
    package func decide(about failure: NodeFailure, attempt: Int, random: Double) -> Decision {
        guard failure.isTransient, attempt < attempts else { return .giveUp }
        var delay = min(initial, limit)
        for _ in 1..<max(1, attempt) where delay < limit {
            delay = min(delay * factor, limit)
        }
        return .retry(after: delay * (1 - jitter * random))
    }
}
