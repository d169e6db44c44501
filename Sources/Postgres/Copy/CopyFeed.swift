import Dispatch
import DuckDB
import Synchronization

/// Rows of a source as bytes: one thread makes them, and connections send them, each taking what it finds ready.
///
/// A server that waits while its rows are being made, and a maker who waits while they are sent, take turns: together
/// they are no faster than one. With some buffers between them all are always at work. The connections share the
/// buffers, so that one whose backend waits, for a lock or for the log, holds up none of the others.
final class CopyFeed: Sendable {
    /// Some whole rows as bytes.
    // Belongs to whoever took it last: the feed is the only way from one thread to another.
    final class Load: @unchecked Sendable {
        fileprivate(set) var buffer: CopyBuffer
        /// The numbers of the rows, as the source counts them.
        fileprivate(set) var rows = RangeSet<Int>()

        fileprivate init(capacity: Int) { buffer = CopyBuffer(capacity: capacity) }
    }

    private struct State {
        var full: [Load] = []
        var empty: [Load]
        /// Whether no more loads will come: the source is over, has failed, or is not wanted any more.
        var isOver = false
        /// Why the source ended before its last row.
        var failure: (any Error)?
        /// Why a stream ended before the others.
        var streamFailure: (any Error)?
    }

    private let source: ChunkSource
    private let encoder: BinaryCopyEncoder
    private let rowsOfLoad: Int
    private let state: Mutex<State>
    private let filled = DispatchSemaphore(value: 0)
    private let emptied = DispatchSemaphore(value: 0)
    // Apart, so that who tells of progress holds up none who takes rows.
    private let progress: Mutex<CopyProgress>
    private let observer: @Sendable (CopyProgress) -> Void

    /// What is collected before it is sent: each load costs a waking of the other side, and a range of rows in the ledger.
    private static let loadSize = 524_288
    /// What is encoded together, column after column: so many rows stay in the processor's nearest cache.
    private static let rowsOfSlice = 256
    /// What is ready while the source decompresses its next columns, which takes some milliseconds.
    private static let spareLoads = 4
    /// What each connection has under way, or finds when it comes back.
    private static let loadsOfStream = 2

    /// Makes a feed for so many connections.
    ///
    /// - Parameters:
    ///   - rowsOfLoad: How many rows are sent together at most.
    ///   - observer: Told the progress after each load sent, one at a time, from any of the connections' threads.
    init(
        _ source: ChunkSource,
        _ encoder: BinaryCopyEncoder,
        streams: Int,
        rowsOfLoad: Int,
        observer: @escaping @Sendable (CopyProgress) -> Void
    ) {
        self.source = source
        self.encoder = encoder
        self.rowsOfLoad = rowsOfLoad
        self.observer = observer
        let count = Self.spareLoads + Self.loadsOfStream * streams
        state = Mutex(State(empty: (0..<count).map { _ in Load(capacity: Self.loadSize * 2) }))
        for _ in 0..<count { emptied.signal() }
        progress = Mutex(CopyProgress(rows: source.committed))
    }

    /// Makes rows on a thread of its own as long as `body` goes on, which sends them.
    ///
    /// - Throws: What `body` throws, or what the source has failed with.
    func run<Value>(_ body: () throws -> Value) throws -> Value {
        let filling = DispatchGroup()
        DispatchQueue(label: "pintail.copy.fill").async(group: filling) { self.fill() }
        let sent = Result(catching: body)
        stop()
        filling.wait()
        let value = try sent.get()
        try check()
        return value
    }

    // MARK: The side that fills

    private func fill() {
        do {
            var encoder = encoder
            guard var load = takeEmpty() else { return }
            var isOver = false
            try source.forEachChunk { chunk, firstRow, missing in
                for rows in missing.ranges where !isOver {
                    isOver = try !fill(&load, with: rows, of: chunk, firstRow, &encoder)
                }
                return !isOver
            }
            end(with: isOver ? nil : load)
        } catch {
            end(with: nil, failure: error)
        }
    }

    /// Encodes rows of a chunk, sending what becomes full; `false` when no more are wanted.
    private func fill(
        _ load: inout Load,
        with rows: Range<Int>,
        of chunk: borrowing Chunk,
        _ firstRow: Int,
        _ encoder: inout BinaryCopyEncoder
    ) throws(EncodingError) -> Bool {
        var row = rows.lowerBound
        while row < rows.upperBound {
            let start = row
            let end = start + min(rows.upperBound - start, rowsOfLoad - load.rows.count)
            while row < end, load.buffer.count < Self.loadSize {
                row =
                    try firstRow
                    + encoder.encode(
                        chunk,
                        from: row - firstRow,
                        to: min(end, row + Self.rowsOfSlice) - firstRow,
                        firstRow: firstRow,
                        into: &load.buffer,
                        limit: Self.loadSize * 2
                    )
            }
            load.rows.insert(contentsOf: start..<row)
            guard load.buffer.count >= Self.loadSize || load.rows.count >= rowsOfLoad else { continue }
            send(load)
            guard let another = takeEmpty() else { return false }
            load = another
        }
        return true
    }

    /// An empty load, once there is one; `nil` when no more are wanted.
    private func takeEmpty() -> Load? {
        emptied.wait()
        return state.withLock { $0.isOver ? nil : $0.empty.popLast() }
    }

    private func send(_ load: Load) {
        state.withLock { $0.full.append(load) }
        filled.signal()
    }

    private func end(with last: Load?, failure: (any Error)? = nil) {
        if let last, !last.rows.isEmpty { send(last) }
        state.withLock { state in
            state.isOver = true
            state.failure = failure
        }
        filled.signal()
    }

    // MARK: The side that sends

    /// Some rows, which are the caller's to send; `nil` when there are no more.
    func take() -> Load? {
        filled.wait()
        return state.withLock { state in
            guard state.full.isEmpty else { return state.full.removeFirst() }
            // Only the end leaves a signal without a load; it is there for the others, too.
            filled.signal()
            return nil
        }
    }

    /// Throws what the source has failed with.
    func check() throws {
        if let failure = state.withLock(\.failure) { throw failure }
    }

    /// Makes no more rows, and hands out none: somebody who sends them cannot go on.
    func stop() {
        state.withLock { state in
            state.isOver = true
            state.full = []
        }
        filled.signal()
        emptied.signal()
    }

    /// Sends in several streams, the first of them on this thread; when one fails, the others end what they have taken.
    ///
    /// - Throws: What the first to fail has thrown.
    func send(in streams: Int, first: () throws -> Void, further: @escaping @Sendable () throws -> Void) throws {
        let group = DispatchGroup()
        for number in 1..<max(1, streams) {
            DispatchQueue(label: "pintail.copy.\(number)").async(group: group) { self.attempt(further) }
        }
        attempt(first)
        group.wait()
        if let failure = state.withLock(\.streamFailure) { throw failure }
    }

    private func attempt(_ stream: () throws -> Void) {
        do {
            try stream()
        } catch {
            stop()
            state.withLock { $0.streamFailure = $0.streamFailure ?? error }
        }
    }

    /// Writes rows until there are no more, or as many as are wanted.
    ///
    /// - Parameter first: Rows that were taken before.
    /// - Returns: The numbers of the rows.
    func pour(
        into writer: inout CopyWriter,
        first: Load? = nil,
        rows limit: Int = .max
    ) throws(PostgresError) -> RangeSet<Int> {
        try writer.write(BinaryCopyEncoder.header)
        var rows = RangeSet<Int>()
        var count = 0
        var taken = first ?? take()
        while let load = taken {
            try unsafe load.buffer.withBytes { bytes throws(PostgresError) in try unsafe writer.write(bytes) }
            // A union would go through all ranges again: where streams take turns, every load is one.
            for range in load.rows.ranges { rows.insert(contentsOf: range) }
            count += load.rows.count
            giveBack(load)
            taken = count < limit ? take() : nil
        }
        try writer.write(BinaryCopyEncoder.trailer)
        return rows
    }

    /// Gives back what was sent, and tells of it.
    func giveBack(_ load: Load) {
        progress.withLock { progress in
            progress.rows += load.rows.count
            progress.bytes += load.buffer.count
            observer(progress)
        }
        load.buffer.removeAll()
        load.rows = RangeSet()
        state.withLock { $0.empty.append(load) }
        emptied.signal()
    }
}
