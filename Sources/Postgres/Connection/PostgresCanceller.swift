import CPQ
import Dispatch
import DuckDB
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Stops whatever a connection is doing, from any thread, for as long as the connection lives.
@safe package final class PostgresCanceller: Sendable {
    // PQcancel may be called from any thread, also while the connection is in use:
    // https://www.postgresql.org/docs/current/libpq-cancel.html. The mutex keeps the handle until a call is over.
    @safe private struct State: @unchecked Sendable {
        var handle: OpaquePointer?
        var isCancelled = false
        var ignoring = 0
        /// Counts the resets, so that a repeated request knows that its work is over.
        var generation = 0
    }

    private let state: Mutex<State>

    /// The server process that serves the connection; 0 when there is none.
    let process: Int

    init(_ handle: OpaquePointer?, process: Int = 0) {
        state = unsafe Mutex(State(handle: handle))
        self.process = process
    }

    /// Stops the running statement; those that follow fail at once until ``reset()``.
    ///
    /// The server forgets a request that arrives between two statements, so it is repeated.
    package func cancelUntilReset() {
        let generation = state.withLock { state in
            state.isCancelled = true
            return state.generation
        }
        DispatchQueue.global().async { self.cancel(generation) }
    }

    private func cancel(_ generation: Int) {
        let goesOn = state.withLock { state in
            guard state.generation == generation, unsafe state.handle != nil else { return false }
            if state.ignoring == 0 { unsafe send(state.handle) }
            return true
        }
        guard goesOn else { return }
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(200)) { self.cancel(generation) }
    }

    private func send(_ handle: OpaquePointer?) {
        // Whether it arrived shows in the statement's own result; a lost request is sent again.
        var reason = [CChar](repeating: 0, count: 256)
        _ = unsafe PQcancel(handle, &reason, Int32(reason.count))
    }

    /// Lets statements run again.
    package func reset() {
        state.withLock { state in
            state.isCancelled = false
            state.generation += 1
        }
    }

    /// Whether ``cancelUntilReset()`` was called since the last ``reset()``.
    package var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// Runs clean-up that must happen even though the work was cancelled.
    func ignoringCancellation(_ body: () -> Void) {
        state.withLock { $0.ignoring += 1 }
        body()
        state.withLock { $0.ignoring -= 1 }
    }

    /// Lets time pass, unless there is a cancel request.
    func sleep(_ duration: Duration) throws(PostgresError) {
        let end = ContinuousClock.now + duration
        while ContinuousClock.now < end {
            try check(nil)
            usleep(20_000)
        }
    }

    func check(_ sql: SQL?) throws(PostgresError) {
        let stop = state.withLock { $0.isCancelled && $0.ignoring == 0 }
        if stop { throw PostgresError("cancelled", sqlState: "57014", sql: sql?.text) }
    }

    /// Forgets the connection, which is about to be closed.
    func retire() {
        state.withLock { state in
            unsafe PQfreeCancel(state.handle)
            unsafe state.handle = nil
        }
    }
}
