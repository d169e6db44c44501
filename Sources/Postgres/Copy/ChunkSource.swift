package import DuckDB

/// A query's rows, a chunk at a time and numbered, without those that an earlier run has committed.
// Read by one thread; the connection that the result came from is lent to another, which waits for it.
package final class ChunkSource: @unchecked Sendable {
    private var query: PreparedQuery?
    private var nextRow: Int
    /// The numbers of the rows that are still to be handed out.
    private var missing: RangeSet<Int>
    /// How many rows an earlier run has committed.
    let committed: Int

    /// Takes a query.
    ///
    /// - Parameters:
    ///   - skipped: How many of the source's rows the query has left out at its beginning.
    ///   - committed: The numbers of the rows, counted from 1, that need not be handed out.
    package init(_ query: consuming PreparedQuery, skipped: Int = 0, committed: RangeSet<Int> = RangeSet()) {
        self.query = consume query
        nextRow = skipped + 1
        missing = RangeSet(skipped + 1..<Int.max).subtracting(committed)
        self.committed = committed.count
    }

    /// Lends the chunks with rows that are missing, until `body` answers `false`; once.
    func forEachChunk(_ body: (borrowing Chunk, _ firstRow: Int, _ missing: RangeSet<Int>) throws -> Bool) throws {
        try query.take()?.forEachChunk { chunk in
            let rows = nextRow..<nextRow + chunk.count
            let wanted = missing.intersection(RangeSet(rows))
            missing.remove(contentsOf: rows)
            nextRow = rows.upperBound
            return try wanted.isEmpty || body(chunk, rows.lowerBound, wanted)
        }
    }
}

extension RangeSet<Int> {
    /// How many numbers are in it.
    package var count: Int { ranges.reduce(0) { $0 + $1.count } }
}
