import Dispatch
package import DuckDB
import Synchronization

/// Copies a query's rows into one table, in one stream or several.
package struct CopyPump: Sendable {
    private let columns: [ResultColumn]
    private let target: CopyTarget
    private let observer: @Sendable (CopyProgress) -> Void
    private let encoder: BinaryCopyEncoder

    /// What is collected before it is sent.
    private static let bufferSize = 131_072
    /// What a stream has ready while its source decompresses the next columns: the server takes some milliseconds for it.
    private static let buffersOfStream = 16

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
            let observer = observer
            try writer.send(
                buffers: Self.buffersOfStream,
                of: Self.bufferSize * 2,
                sent: { source.add(rows: $0, bytes: $1, telling: observer) },
                { try fill($0, next) }
            )
        }.rows
    }

    /// Encodes all chunks into buffers, and the marks before the first and after the last of them.
    private func fill(_ relay: CopyRelay, _ next: () throws -> NumberedChunk?) throws {
        var encoder = encoder
        var load = try relay.takeEmpty()
        load.buffer.append(BinaryCopyEncoder.header)
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
                        into: &load.buffer,
                        limit: Self.bufferSize * 2
                    )
                    load.rows += end - row
                    row = end
                    guard load.buffer.count >= Self.bufferSize else { continue }
                    relay.send(load)
                    load = try relay.takeEmpty()
                }
            }
        }
        load.buffer.append(BinaryCopyEncoder.trailer)
        relay.send(load)
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
}
