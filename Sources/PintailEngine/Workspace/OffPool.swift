import Dispatch

/// Runs work that blocks on a thread of its own, as Swift's few cooperative threads must stay free.
package func offPool<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue(label: "pintail.blocking").async {
            continuation.resume(with: Swift.Result(catching: body))
        }
    }
}
