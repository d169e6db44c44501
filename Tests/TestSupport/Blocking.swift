import Dispatch

private let blockingCalls = DispatchQueue(label: "pintail.tests.blocking", attributes: .concurrent)

/// Runs a call that blocks on a thread of its own, so that the threads of Swift's concurrency stay free.
package func blocking<Value: Sendable>(_ call: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        blockingCalls.async { continuation.resume(with: Result(catching: call)) }
    }
}

/// Waits until a claim comes true, and throws when it has not after `limit`: for what another process does in its time.
package func eventually(
    _ claim: String,
    within limit: Duration = .seconds(300),
    _ isTrue: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    while try await !isTrue() {
        guard ContinuousClock.now < end else { throw FixtureError("after \(limit) still not: \(claim)") }
        try await Task.sleep(for: .milliseconds(10))
    }
}
