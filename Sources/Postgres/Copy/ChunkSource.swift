package import DuckDB

/// A query's rows, a chunk at a time and numbered, without those that an earlier run has committed.
// Read by one thread; the connection that the result came from is lent to another, which waits for it.
package final class ChunkSource: @unchecked Sendable {
    private var result: QueryResult
    private var nextRow: Int
    /// The numbers of the rows that are still to be handed out.
    private var missing: RangeSet<Int>
    /// How many rows an earlier run has committed.
    let committed: Int

    /// Takes a result.
    ///
    /// - Parameters:
    ///   - skipped: How many of the source's rows the query has left out at its beginning.
    ///   - committed: The numbers of the rows, counted from 1, that need not be handed out.
    package init(_ result: consuming QueryResult, skipped: Int = 0, committed: RangeSet<Int> = RangeSet()) {
        self.result = result
        nextRow = skipped + 1
        missing = RangeSet(skipped + 1..<Int.max).subtracting(committed)
        self.committed = committed.count
    }

    /// The next chunk with rows that are missing; `nil` after the last.
    func next() throws(DuckDBError) -> NumberedChunk? {
        while let chunk = try result.nextChunk() {
            let rows = nextRow..<nextRow + chunk.count
            let wanted = missing.intersection(RangeSet(rows))
            missing.remove(contentsOf: rows)
            nextRow = rows.upperBound
            if !wanted.isEmpty { return NumberedChunk(chunk, firstRow: rows.lowerBound, missing: wanted) }
        }
        return nil
    }
}

/// A chunk that knows where in the source it stands.
final class NumberedChunk {
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
