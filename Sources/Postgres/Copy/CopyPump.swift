import Dispatch
package import DuckDB
import Synchronization

/// Copies a query's rows into one table, in one stream or several.
package struct CopyPump: Sendable {
    private let columns: [ResultColumn]
    private let target: CopyTarget
    private let observer: @Sendable (CopyProgress) -> Void
    private let encoder: BinaryCopyEncoder

    /// What is collected before it is sent, and the most that a stream keeps besides one chunk.
    private static let bufferSize = 131_072

    /// Chooses how each column is encoded.
    ///
    /// - Parameter observer: Told the progress after each buffer sent, from any of the streams' threads, one at a time.
    /// - Throws: ``ConversionMissing`` for a column that the query has to cast.
    package init(
        _ columns: [ResultColumn],
        into target: CopyTarget,
        observer: @escaping @Sendable (CopyProgress) -> Void = { _ in }
    ) throws(ConversionMissing) {
        self.columns = columns
        self.target = target
        self.observer = observer
        encoder = try BinaryCopyEncoder(columns: columns, targets: target.columns.map(\.type))
    }

    /// Copies all rows, in the source's order, in the connection's own transaction; blocks until the server has them.
    ///
    /// - Returns: The rows the server took.
    /// - Throws: ``EncodingError``, ``PostgresError`` or `DuckDBError`; the transaction is then good for nothing.
    package func copy(
        _ rows: consuming QueryResult,
        over connection: borrowing PostgresConnection
    ) throws -> Int {
        try send(ChunkSource(rows), over: connection)
    }

    /// Copies the chunks of a source that `next` hands out, in the connection's own transaction.
    func copy(
        _ source: ChunkSource,
        over connection: borrowing PostgresConnection,
        next: () throws -> NumberedChunk?
    ) throws -> Int {
        try connection.copy(target.sql) { writer in
            var encoder = encoder
            var buffer = CopyBuffer(capacity: Self.bufferSize * 2)
            var unsentRows = 0
            buffer.append(BinaryCopyEncoder.header)
            while let next = try next() {
                for rows in next.missing.ranges {
                    var row = rows.lowerBound - next.firstRow
                    let last = rows.upperBound - next.firstRow
                    while row < last {
                        let end = try encoder.encode(
                            next.chunk,
                            from: row,
                            to: last,
                            firstRow: next.firstRow,
                            into: &buffer,
                            limit: Self.bufferSize * 2
                        )
                        unsentRows += end - row
                        row = end
                        guard buffer.count >= Self.bufferSize else { continue }
                        try flush(&buffer, to: &writer)
                        source.add(rows: unsentRows, bytes: buffer.count, telling: observer)
                        buffer.removeAll()
                        unsentRows = 0
                    }
                }
            }
            buffer.append(BinaryCopyEncoder.trailer)
            try flush(&buffer, to: &writer)
            source.add(rows: unsentRows, bytes: buffer.count, telling: observer)
        }.rows
    }

    /// Copies all rows in several streams, each with a connection and a transaction of its own.
    ///
    /// When one stream fails the others stop; some may have committed rows then: the table should be a new one.
    /// - Parameter connect: Called on each stream's thread.
    package func copy(
        _ rows: consuming QueryResult,
        streams: Int,
        connect: @escaping @Sendable () throws -> PostgresConnection
    ) throws -> Int {
        let source = ChunkSource(rows)
        let outcome = Mutex((rows: 0, failure: (any Error)?.none))
        let group = DispatchGroup()
        for stream in 1...max(1, streams) {
            DispatchQueue(label: "pintail.copy.\(stream)").async(group: group) {
                do {
                    let connection = try connect()
                    let sent = try connection.transaction { try send(source, over: $0) }
                    outcome.withLock { $0.rows += sent }
                } catch {
                    source.stop()
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

    /// Copies all chunks of a source that others take from as well.
    func send(_ source: ChunkSource, over connection: borrowing PostgresConnection) throws -> Int {
        try copy(source, over: connection) { try source.next() }
    }

    private func flush(_ buffer: inout CopyBuffer, to writer: inout CopyWriter) throws(PostgresError) {
        try unsafe buffer.withBytes { bytes throws(PostgresError) in try unsafe writer.write(bytes) }
    }
}
