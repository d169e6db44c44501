import CDuckDB
import Dispatch
import Synchronization

/// Stops whatever a connection is doing, from any thread, for as long as the connection lives.
@safe package final class Interrupter: Sendable {
    // duckdb_interrupt and duckdb_query_progress may be called from any thread while the connection is open;
    // the mutex makes sure it is: `retire` waits for a call under way.
    @safe private struct State: @unchecked Sendable {
        var handle: duckdb_connection?
        var isCancelled = false
        var ignoring = 0
        /// Counts the resets, so that a repeated interrupt knows that its work is over.
        var generation = 0
        /// What is stopped together with this connection.
        var follower: Interrupter?
    }

    private let state: Mutex<State>

    init(_ handle: duckdb_connection?) { state = unsafe Mutex(State(handle: handle)) }

    /// Stops the running statement; those that follow fail at once until ``reset()``.
    ///
    /// DuckDB forgets an interrupt that arrives just before a statement starts, so it is repeated.
    package func interruptUntilReset() {
        let (generation, follower) = state.withLock { state in
            state.isCancelled = true
            return (state.generation, state.follower)
        }
        interrupt(generation)
        follower?.interruptUntilReset()
    }

    /// Has another connection stopped whenever this one is, be it already; `nil` ends that.
    func lead(_ follower: Interrupter?) {
        let isCancelled = state.withLock { state in
            state.follower = follower
            return state.isCancelled
        }
        if isCancelled { follower?.interruptUntilReset() }
    }

    private func interrupt(_ generation: Int) {
        let goesOn = state.withLock { state in
            guard state.generation == generation, unsafe state.handle != nil else { return false }
            if state.ignoring == 0 { unsafe duckdb_interrupt(state.handle) }
            return true
        }
        guard goesOn else { return }
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(50)) { self.interrupt(generation) }
    }

    /// Lets statements run again.
    package func reset() {
        state.withLock { state in
            state.isCancelled = false
            state.generation += 1
        }
    }

    /// Whether ``interruptUntilReset()`` was called since the last ``reset()``.
    package var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// How far the running statement is: rows processed and expected, `nil` when DuckDB cannot tell.
    package var progress: (fraction: Double, done: UInt64, total: UInt64)? {
        state.withLock { state in
            let progress = unsafe duckdb_query_progress(state.handle)
            guard progress.percentage >= 0 else { return nil }
            return (progress.percentage / 100, progress.rows_processed, progress.total_rows_to_process)
        }
    }

    /// Runs clean-up that must happen even though the work was cancelled.
    package func ignoringCancellation(_ body: () -> Void) {
        state.withLock { $0.ignoring += 1 }
        body()
        state.withLock { $0.ignoring -= 1 }
    }

    /// Why a streamed query really ended, where DuckDB says no more than that it was interrupted and nobody did so.
    ///
    /// A thread that fails interrupts the others, and the one that fetches may hear of that first. The query is run once
    /// more, without its rows, for its own words; the connection must have nothing else to do.
    func cause(of error: DuckDBError, in sql: SQL) -> DuckDBError? {
        guard error.kind == .interrupted, !isCancelled, let handle = unsafe state.withLock({ unsafe $0.handle }) else {
            return nil
        }
        let again: SQL = "EXPLAIN ANALYZE \(sql)"
        var result = unsafe duckdb_result()
        defer { unsafe duckdb_destroy_result(&result) }
        guard unsafe duckdb_query(handle, again.text, &result) != DuckDBSuccess,
            let reason = unsafe duckdb_result_error(&result)
        else { return nil }
        return DuckDBError(reported: unsafe String(cString: reason), sql: sql.text)
    }

    func check(_ sql: SQL) throws(DuckDBError) {
        let stop = state.withLock { $0.isCancelled && $0.ignoring == 0 }
        if stop { throw DuckDBError(.interrupted, "interrupted", sql: sql.text) }
    }

    /// Forgets the connection, which is about to be closed.
    func retire() { state.withLock { unsafe $0.handle = nil } }
}
