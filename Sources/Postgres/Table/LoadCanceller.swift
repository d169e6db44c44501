import Synchronization

/// Stops a load, or a look at a source, on all of its connections, from any thread; made before it, and outlives it.
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

    /// Whether the load is to stop.
    package var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// The server processes that serve the load's connections.
    package var processes: [Int] { state.withLock { $0.connections.map(\.process).filter { $0 != 0 } } }

    /// Stops this connection too, now or later.
    package func add(_ connection: PostgresCanceller) {
        let isCancelled = state.withLock { state in
            state.connections.append(connection)
            return state.isCancelled
        }
        if isCancelled { connection.cancelUntilReset() }
    }
}
