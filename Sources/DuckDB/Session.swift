/// A connection on a queue of its own, so that its blocking never holds up Swift's cooperative threads.
///
/// ```swift
/// let session = try await Session(database)
/// let count = try await session.run { try $0.value("SELECT count(*) FROM orders") }
/// ```
public actor Session {
    private let executor: QueueExecutor
    private let connection: Connection
    private nonisolated let interrupter: Interrupter

    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// Opens a connection to `database`; cheap, but it may wait for a checkpoint under way.
    public init(_ database: Database, label: String = "session") throws(DuckDBError) {
        executor = QueueExecutor(label: "pintail." + label)
        connection = try database.connect()
        interrupter = connection.interrupter
    }

    /// Runs `body` on the session's queue; blocking there is what it is for.
    ///
    /// - Throws: `CancellationError` when the task was cancelled: the running statement is interrupted.
    public func run<Result: Sendable>(
        _ body: @Sendable (borrowing Connection) throws -> Result
    ) async throws -> Result {
        try Task.checkCancellation()
        interrupter.reset()
        defer { interrupter.reset() }
        return try await withTaskCancellationHandler {
            do {
                return try body(connection)
            } catch let error as DuckDBError where error.kind == .interrupted && Task.isCancelled {
                throw CancellationError()
            }
        } onCancel: {
            interrupter.interruptUntilReset()
        }
    }

    /// How far the running statement is, between 0 and 1; `nil` when DuckDB cannot tell.
    public nonisolated var progress: Double? { interrupter.progress?.fraction }
}
