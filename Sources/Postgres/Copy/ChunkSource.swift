package import DuckDB
import Synchronization

/// A query's rows, handed out to several threads: a chunk at a time, or a piece of several.
// The result is only reached under the lock. DuckDB lets any thread fetch, one at a time; and the connection that the
// result came from is lent to the thread that waits for every other one to be done.
package final class ChunkSource: @unchecked Sendable {
    private let lock: Mutex<State>
    // Apart, so that who has sent something does not wait for those who fetch.
    private let progress: Mutex<CopyProgress>
    private var result: QueryResult
    private let chunksOfPiece: Int

    private struct State {
        var nextRow: Int
        /// The numbers of the rows that are still to be handed out.
        var missing: RangeSet<Int>
        var isOver = false
    }

    /// A piece waits in memory: one megabyte of a few columns.
    ///
    /// The record of those that were committed has a row for each, and stays small too: 244 million rows of five columns
    /// are 20,000 pieces.
    private static let longestPiece = 8
    /// So many chunks of one column, or a chunk of so many columns.
    private static let widestPiece = 32

    /// Takes a result.
    ///
    /// - Parameters:
    ///   - skipped: How many of the source's rows the query has left out at its beginning.
    ///   - committed: The numbers of the rows, counted from 1, that need not be handed out.
    package init(_ result: consuming QueryResult, skipped: Int = 0, committed: RangeSet<Int> = RangeSet()) {
        chunksOfPiece = max(1, min(Self.longestPiece, Self.widestPiece / max(1, result.columns.count)))
        self.result = result
        let missing = RangeSet(skipped + 1..<Int.max).subtracting(committed)
        progress = Mutex(CopyProgress(rows: committed.count))
        lock = Mutex(State(nextRow: skipped + 1, missing: missing))
    }

    /// The next chunk; `nil` after the last, and after ``stop()``.
    func next() throws(DuckDBError) -> NumberedChunk? {
        // withLock does not carry the error's type.
        try lock.withLock { state throws(DuckDBError) in try fetch(&state) }
    }

    /// The next few chunks, of about so many rows at most; none after the last, and after ``stop()``.
    func nextPiece(rows limit: Int) throws(DuckDBError) -> [NumberedChunk] {
        try lock.withLock { state throws(DuckDBError) in
            var piece: [NumberedChunk] = []
            var rows = 0
            while piece.count < chunksOfPiece, rows < limit, let chunk = try fetch(&state) {
                piece.append(chunk)
                rows += chunk.missing.count
            }
            return piece
        }
    }

    private func fetch(_ state: inout State) throws(DuckDBError) -> NumberedChunk? {
        while !state.isOver {
            guard let chunk = try take(&state) else { break }
            let rows = state.nextRow..<state.nextRow + chunk.count
            let missing = state.missing.intersection(RangeSet(rows))
            state.missing.remove(contentsOf: rows)
            state.nextRow = rows.upperBound
            if !missing.isEmpty { return NumberedChunk(chunk, firstRow: rows.lowerBound, missing: missing) }
        }
        return nil
    }

    /// The next chunk of the result, which is over after its last one and when it has failed.
    ///
    /// The first who asks hears what is wrong: of a failed result DuckDB tells those after only that it was interrupted.
    private func take(_ state: inout State) throws(DuckDBError) -> Chunk? {
        do {
            let chunk = try result.nextChunk()
            if chunk == nil { state.isOver = true }
            return chunk
        } catch {
            state.isOver = true
            throw error
        }
    }

    /// Ends the source early, because one of the streams failed.
    func stop() { lock.withLock { $0.isOver = true } }

    /// Adds to the progress of all streams and tells it, one stream at a time.
    func add(rows: Int, bytes: Int, telling observer: (CopyProgress) -> Void) {
        progress.withLock { progress in
            progress.rows += rows
            progress.bytes += bytes
            observer(progress)
        }
    }
}

/// A chunk that knows where in the source it stands.
final class NumberedChunk: Sendable {
    let chunk: Chunk
    /// The number of its first row, counted from 1.
    let firstRow: Int
    /// The numbers of those of its rows that are to be sent: all of them, unless an earlier run has committed some.
    let missing: RangeSet<Int>

    init(_ chunk: consuming Chunk, firstRow: Int, missing: RangeSet<Int>) {
        self.chunk = chunk
        self.firstRow = firstRow
        self.missing = missing
    }
}

extension RangeSet<Int> {
    /// How many numbers are in it.
    package var count: Int { ranges.reduce(0) { $0 + $1.count } }
}
