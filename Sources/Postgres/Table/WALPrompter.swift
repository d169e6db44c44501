import Dispatch
import DuckDB
import Synchronization

/// Makes the server's WAL writer flush the log all the while that rows are copied.
///
/// Left alone it does so every 200 ms. At the speed of a COPY that is too late: the backends then flush the log
/// themselves, whenever they have filled a segment or need a buffer again, and all of them wait. The end of an
/// asynchronous transaction wakes the WAL writer, so a connection of its own ends an empty one after every few megabytes.
/// Without that connection a load is slower by a twentieth, so nothing that befalls it is the load's failure.
/// https://www.postgresql.org/docs/current/wal-async-commit.html
final class WALPrompter: Sendable {
    private let parameters: ConnectionParameters
    private let canceller: LoadCanceller
    private let queue = DispatchQueue(label: "pintail.wal")
    private let state = Mutex(State())

    private struct State {
        /// How many bytes are sent when the next prompt is due.
        var due = WALPrompter.firstPrompt
        /// Whether a prompt is under way: what becomes due meanwhile is left out.
        var isBusy = false
        var session: Session?
    }

    // Used on the queue alone.
    private final class Session: @unchecked Sendable {
        let connection: PostgresConnection

        init(_ connection: consuming PostgresConnection) { self.connection = connection }
    }

    /// Less is sent before a connection is made.
    private static let firstPrompt = 16_777_216
    /// What lies between two prompts: the WAL writer writes less than a megabyte without flushing it.
    private static let interval = 2_097_152

    /// Makes a prompter for one load; it connects once there is much to prompt for.
    init(_ parameters: ConnectionParameters, _ canceller: LoadCanceller) {
        self.parameters = parameters
        self.canceller = canceller
    }

    /// Prompts if that is due after so many bytes; returns at once.
    func sent(_ bytes: Int) {
        let isDue = state.withLock { state in
            guard bytes >= state.due, !state.isBusy else { return false }
            state.due = bytes + Self.interval
            state.isBusy = true
            return true
        }
        if isDue { queue.async { self.prompt() } }
    }

    /// Closes the connection, when the last row is sent; does not wait for one that is still being made.
    func stop() {
        state.withLock { $0.due = .max }
        queue.sync { state.withLock { $0.session = nil } }
    }

    private func prompt() {
        do {
            let session = try state.withLock(\.session) ?? connect()
            // What has a number is noted in the log when it ends.
            _ = try session.connection.value("SELECT pg_current_xact_id()")
            state.withLock { $0.isBusy = false }
        } catch {
            // It stays busy: no further prompt is tried.
            state.withLock { $0.session = nil }
        }
    }

    private func connect() throws -> Session {
        let connection = try PostgresConnection(parameters) { state.withLock { $0.due == .max } }
        canceller.add(connection.canceller)
        try connection.execute("SET synchronous_commit = off")
        let session = Session(connection)
        state.withLock { $0.session = session }
        return session
    }
}
