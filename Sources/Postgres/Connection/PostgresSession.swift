import DuckDB

/// A connection on a queue of its own, so that its blocking never holds up Swift's cooperative threads.
package actor PostgresSession {
    private let executor: QueueExecutor
    private let parameters: ConnectionParameters
    private var opened: Opened?

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// Makes a session; it connects when first used.
    package init(_ parameters: ConnectionParameters, label: String = "postgres") {
        executor = QueueExecutor(label: "pintail." + label)
        self.parameters = parameters
    }

    /// Runs `body` on the session's queue; blocking there is what it is for.
    ///
    /// - Throws: `CancellationError` when the task was cancelled: the running statement is stopped.
    package func run<Result: Sendable>(
        _ body: @Sendable (borrowing PostgresConnection) throws -> Result
    ) async throws -> Result {
        try Task.checkCancellation()
        let opened = try open()
        let canceller = opened.connection.canceller
        canceller.reset()
        defer { canceller.reset() }
        return try await withTaskCancellationHandler {
            do {
                return try body(opened.connection)
            } catch let error as PostgresError where error.isCancellation && Task.isCancelled {
                throw CancellationError()
            }
        } onCancel: {
            canceller.cancelUntilReset()
        }
    }

    /// The connection, made anew when there is none or the server closed it.
    private func open() throws(PostgresError) -> Opened {
        if let opened, opened.connection.isOpen { return opened }
        let opened = Opened(connection: try PostgresConnection(parameters))
        self.opened = opened
        return opened
    }

    private final class Opened {
        let connection: PostgresConnection

        init(connection: consuming PostgresConnection) { self.connection = connection }
    }
}
