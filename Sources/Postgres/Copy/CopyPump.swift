import Dispatch
package import DuckDB
import Synchronization

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

    /// Copies all rows in several streams, each with a connection and a transaction of its own.
    ///
    /// When one stream fails the others stop; some may have committed rows then: the table should be a new one.
    /// - Parameter connect: Called on each stream's thread.
    package func copy(
        _ rows: consuming PreparedQuery,
        streams: Int,
        connect: @escaping @Sendable () throws -> PostgresConnection
    ) throws -> Int {
        let feed = feed(ChunkSource(rows), streams: streams)
        let outcome = Mutex((rows: 0, failure: (any Error)?.none))
        return try feed.run {
            let group = DispatchGroup()
            for stream in 1...max(1, streams) {
                DispatchQueue(label: "pintail.copy.\(stream)").async(group: group) {
                    do {
                        let connection = try connect()
                        let sent = try connection.transaction { try send(feed, over: $0) }
                        outcome.withLock { $0.rows += sent }
                    } catch {
                        feed.stop()
                        outcome.withLock { $0.failure = $0.failure ?? error }
                    }
                }
            }
            group.wait()
            return try outcome.withLock { outcome in
                if let failure = outcome.failure { throw failure }
                return outcome.rows
            }
        }
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
