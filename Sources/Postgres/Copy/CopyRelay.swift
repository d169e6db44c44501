import Dispatch
import Synchronization

/// Hands filled buffers from the thread that fills them to the one that sends them, and empty ones back.
///
/// A server that waits while its rows are being made, and a maker who waits while they are sent, take turns: together
/// they are no faster than one. With a few buffers between them both are always at work.
final class CopyRelay: Sendable {
    /// Some rows as bytes.
    // Belongs to whoever took it last: the relay is the only way from one thread to the other.
    final class Load: @unchecked Sendable {
        var buffer: CopyBuffer
        var rows = 0

        fileprivate init(capacity: Int) { buffer = CopyBuffer(capacity: capacity) }
    }

    private let state: Mutex<State>
    private let filled = DispatchSemaphore(value: 0)
    private let emptied = DispatchSemaphore(value: 0)

    private struct State {
        var full: [Load] = []
        var empty: [Load]
        var failure: PostgresError?
    }

    /// Makes a relay of so many buffers.
    init(buffers: Int, capacity: Int) {
        state = Mutex(State(empty: (0..<buffers).map { _ in Load(capacity: capacity) }))
        for _ in 0..<buffers { emptied.signal() }
    }

    /// What has kept buffers from being sent.
    var failure: PostgresError? { state.withLock(\.failure) }

    // MARK: The side that fills

    /// An empty buffer; waits for one that has been sent.
    ///
    /// - Throws: What has kept the other side from sending.
    func takeEmpty() throws(PostgresError) -> Load {
        emptied.wait()
        let (load, failure) = state.withLock { ($0.empty.popLast(), $0.failure) }
        if let failure { throw failure }
        guard let load else { preconditionFailure("each signal stands for an empty buffer, or for a failure") }
        return load
    }

    /// Gives a filled buffer to be sent.
    func send(_ load: Load) {
        state.withLock { $0.full.append(load) }
        filled.signal()
    }

    /// Says that no more will come.
    func close() { filled.signal() }

    // MARK: The side that sends

    /// Calls `write` for each filled buffer, until no more will come or one could not be sent.
    func forEach(_ write: (borrowing Load) throws(PostgresError) -> Void) {
        while let load = takeFull() {
            do throws(PostgresError) {
                try write(load)
            } catch {
                state.withLock { $0.failure = error }
                // Wakes the other side, which hears of it.
                emptied.signal()
                return
            }
            load.buffer.removeAll()
            load.rows = 0
            state.withLock { $0.empty.append(load) }
            emptied.signal()
        }
    }

    private func takeFull() -> Load? {
        filled.wait()
        return state.withLock { $0.full.isEmpty ? nil : $0.full.removeFirst() }
    }
}

extension CopyWriter {
    /// Sends what `fill` makes while it goes on making more: it fills on this thread, another one sends.
    ///
    /// - Parameter sent: Told, on the other thread, of each buffer that the server has taken.
    mutating func send<Value>(
        buffers: Int,
        of capacity: Int,
        sent: @Sendable (_ rows: Int, _ bytes: Int) -> Void,
        _ fill: (CopyRelay) throws -> Value
    ) throws -> Value {
        let relay = CopyRelay(buffers: buffers, capacity: capacity)
        let sending = DispatchGroup()
        return try unsafe withUnsafeMutablePointer(to: &self) { writer in
            // Until the group is done nobody else reaches the writer, and it stays where it is.
            nonisolated(unsafe) let writer = unsafe writer
            return try withoutActuallyEscaping(sent) { sent in
                DispatchQueue(label: "pintail.copy.send").async(group: sending) {
                    relay.forEach { load throws(PostgresError) in
                        try unsafe load.buffer.withBytes { bytes throws(PostgresError) in
                            try unsafe writer.pointee.write(bytes)
                        }
                        sent(load.rows, load.buffer.count)
                    }
                }
                let filled = Result { try fill(relay) }
                relay.close()
                sending.wait()
                if let failure = relay.failure { throw failure }
                return try filled.get()
            }
        }
    }
}
