package import DuckDB
import Synchronization

/// A query's rows, handed out a chunk at a time to several threads, or batch by batch to one.
// The result is only reached under the lock. DuckDB lets any thread fetch, one at a time; and the connection that the
// result came from is lent to the thread that waits in `copy` until every other thread is done.
package final class ChunkSource: @unchecked Sendable {
    private let lock = Mutex(State())
    private var result: QueryResult

    private struct State {
        var nextRow = 1
        var isOver = false
        /// The rows that the batch under way still takes; it ends with the chunk that fills it.
        var room = Int.max
        var progress = CopyProgress()
    }

    /// Takes a result.
    ///
    /// - Parameter skipped: How many of the source's rows the query has left out at its beginning.
    package init(_ result: consuming QueryResult, skipped: Int = 0) {
        self.result = result
        lock.withLock { $0.nextRow += skipped }
    }

    /// Whether all rows have been handed out.
    package var isOver: Bool { lock.withLock(\.isOver) }

    /// Begins a batch: after about so many rows ``next()`` says that there are no more, until the next batch begins.
    func beginBatch(rows: Int) { lock.withLock { $0.room = rows } }

    /// A chunk and the number of its first row; `nil` after the last, and after ``stop()``.
    func next() throws(DuckDBError) -> NumberedChunk? {
        // withLock does not carry the error's type.
        try lock.withLock { state throws(DuckDBError) in
            guard !state.isOver, state.room > 0 else { return nil }
            guard let chunk = try result.nextChunk() else {
                state.isOver = true
                return nil
            }
            let firstRow = state.nextRow
            state.nextRow += chunk.count
            state.room -= chunk.count
            return NumberedChunk(chunk: chunk, firstRow: firstRow)
        }
    }

    /// Ends the source early, because one of the streams failed.
    func stop() { lock.withLock { $0.isOver = true } }

    /// Adds to the progress of all streams and tells it, one stream at a time.
    func add(rows: Int, bytes: Int, telling observer: (CopyProgress) -> Void) {
        lock.withLock { state in
            state.progress.rows += rows
            state.progress.bytes += bytes
            observer(state.progress)
        }
    }
}

/// A chunk that knows where in the source it stands.
struct NumberedChunk: ~Copyable {
    let chunk: Chunk
    let firstRow: Int
}
