import DuckDB
import Synchronization

/// Loads over several connections that come all at once.
extension TableLoad {
    /// Several transactions fill the staging table, and one publishes it.
    borrowing func runInStreams(_ rows: consuming PreparedQuery, _ streams: Int) throws -> LoadOutcome {
        do {
            try connection.execute(staging.drop)
            for statement in try stagingCreation() { try connection.execute(statement) }
            let count = try copy(rows, in: streams)
            var outcome = LoadOutcome(rows: count, inserted: count)
            outcome.olderReaders = try waitForOlderReaders()
            try connection.certainTransaction(parameters) { try publishStaging(on: $0) }
            return outcome
        } catch {
            dropStaging()
            throw error
        }
    }

    private borrowing func copy(_ rows: consuming PreparedQuery, in streams: Int) throws -> Int {
        let pump = try pump(into: staging.name)
        let feed = pump.feed(ChunkSource(rows), streams: streams)
        let count = Mutex(0)
        try feed.run { try send(feed, streams, pump) { sent in count.withLock { $0 += sent } } }
        return count.withLock(\.self)
    }

    /// Fills the staging table: this thread and connection are the first stream.
    private borrowing func send(
        _ feed: CopyFeed,
        _ streams: Int,
        _ pump: CopyPump,
        sent: @escaping @Sendable (_ rows: Int) -> Void
    ) throws {
        let (parameters, canceller) = (parameters, options.canceller)
        try feed.send(in: streams) {
            sent(try connection.transaction { try pump.send(feed, over: $0) })
        } further: {
            guard let connection = try Self.furtherConnection(parameters) else { return }
            canceller.add(connection.canceller)
            sent(try connection.transaction { try pump.send(feed, over: $0) })
        }
    }

    /// Another connection; `nil` when the server has no room for one, which the first stream can do without.
    static func furtherConnection(_ parameters: ConnectionParameters) throws -> PostgresConnection? {
        do {
            return try PostgresConnection(parameters)
        } catch let error where error.sqlState == "53300" {
            return nil
        }
    }

    /// Takes the staging table away after a failure; if that fails too, the next load of the table does it.
    private borrowing func dropStaging() {
        guard connection.isOpen else { return }
        connection.canceller.ignoringCancellation {
            do { try connection.execute(staging.drop) } catch { return }
        }
    }
}
