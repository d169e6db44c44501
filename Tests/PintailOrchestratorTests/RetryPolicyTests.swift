import PintailOrchestrator
import Testing

@Suite struct RetryPolicyTests {
    private let policy = RetryPolicy(attempts: 5, initial: .seconds(2), factor: 3, limit: .seconds(20), jitter: 0.5)

    @Test(
        arguments: [
            (1, 0.0, .retry(after: .seconds(2))),
            (2, 0.0, .retry(after: .seconds(6))),
            (3, 0.0, .retry(after: .seconds(18))),
            (4, 0.0, .retry(after: .seconds(20))),
            (4, 0.5, .retry(after: .seconds(15))),
            (5, 0.0, .giveUp),
        ] as [(Int, Double, RetryPolicy.Decision)]
    )
    func `waits grow to their limit until the attempts are used up`(
        attempt: Int,
        random: Double,
        decision: RetryPolicy.Decision
    ) {
        let failure = NodeFailure(message: "connection lost", isTransient: true)
        #expect(policy.decide(about: failure, attempt: attempt, random: random) == decision)
    }

    @Test func `what cannot succeed is not tried again`() {
        let failure = NodeFailure(message: "no such table")
        #expect(policy.decide(about: failure, attempt: 1, random: 0) == .giveUp)
    }

    @Test func `a huge number of attempts does not overflow the wait`() {
        let policy = RetryPolicy(attempts: .max, initial: .seconds(1), factor: 10, limit: .seconds(60), jitter: 0)
        let failure = NodeFailure(message: "connection lost", isTransient: true)
        #expect(policy.decide(about: failure, attempt: 1000, random: 0) == .retry(after: .seconds(60)))
    }
}
