import Synchronization

/// Stops a load on all of its connections, from any thread; made before the load, which it outlives.
package final class LoadCanceller: Sendable {
    private let state = Mutex((isCancelled: false, connections: [PostgresCanceller]()))

    /// Makes a canceller for one load.
    package init() {}

    /// Stops what runs, and what would start later.
    package func cancel() {
        let connections = state.withLock { state in
            state.isCancelled = true
            return state.connections
        }
        connections.forEach { $0.cancelUntilReset() }
    }

    func add(_ connection: PostgresCanceller) {
        let isCancelled = state.withLock { state in
            state.connections.append(connection)
            return state.isCancelled
        }
        if isCancelled { connection.cancelUntilReset() }
    }
}
