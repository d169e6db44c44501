package import DuckDB

/// Copies a query's rows into one table, in one stream or several.
package struct CopyPump: Sendable {
    private let target: CopyTarget
    private let observer: @Sendable (CopyProgress) -> Void
    private let encoder: BinaryCopyEncoder

    /// Chooses how each column is encoded.
    ///
    /// - Parameter observer: Told the progress after each buffer sent, from any of the streams' threads, one at a time.
    /// - Throws: ``ConversionMissing`` for a column that the query has to cast.
    package init(
        _ columns: [ResultColumn],
        into target: CopyTarget,
        observer: @escaping @Sendable (CopyProgress) -> Void = { _ in }
    ) throws(ConversionMissing) {
        self.target = target
        self.observer = observer
        encoder = try BinaryCopyEncoder(columns: columns, targets: target.columns.map(\.type))
    }

    /// Copies all rows, in the source's order, in the connection's own transaction; blocks until the server has them.
    ///
    /// - Returns: The rows the server took.
    /// - Throws: ``EncodingError``, ``PostgresError`` or `DuckDBError`; the transaction is then good for nothing.
    package func copy(
        _ rows: consuming PreparedQuery,
        over connection: borrowing PostgresConnection
    ) throws -> Int {
        let feed = feed(ChunkSource(rows))
        return try feed.run { try send(feed, over: connection) }
    }

    /// A source's rows on their way to so many connections.
    ///
    /// - Parameter rowsOfLoad: How many rows are sent together at most.
    func feed(_ source: ChunkSource, streams: Int = 1, rowsOfLoad: Int = .max) -> CopyFeed {
        CopyFeed(source, encoder, streams: streams, rowsOfLoad: rowsOfLoad, observer: observer)
    }

    /// Copies what the feed has until it is over, in the connection's own transaction.
    func send(_ feed: CopyFeed, over connection: borrowing PostgresConnection) throws -> Int {
        try connection.copy(target.sql) { writer in
            _ = try feed.pour(into: &writer)
            try feed.check()
        }.rows
    }

    /// Copies some of what the feed has, in the connection's own transaction.
    ///
    /// - Parameters:
    ///   - first: Rows that were taken from the feed before.
    ///   - limit: About how many rows.
    /// - Returns: The numbers of the rows, and how many the server took.
    func send(
        _ feed: CopyFeed,
        first: CopyFeed.Load,
        rows limit: Int,
        over connection: borrowing PostgresConnection
    ) throws -> (numbers: RangeSet<Int>, taken: Int) {
        let (numbers, taken) = try connection.copy(target.sql) { try feed.pour(into: &$0, first: first, rows: limit) }
        return (numbers, taken)
    }
}
