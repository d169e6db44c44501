import Dispatch
import DuckDB
import Synchronization

/// A query's rows on their way into delimited text, made by several encoders that take pieces in turn.
///
/// The turns keep the order: a piece is fetched after the one before it was, and written after that one was.
// The result and the sink are only reached by the encoder whose turn it is. DuckDB lets any thread fetch, one at a time;
// and the connection that the result came from is lent to the thread that waits for all encoders.
final class DelimitedCopy: @unchecked Sendable {
    private var rows: QueryResult
    private var sink: TextSink
    private let dialect: DelimitedDialect
    private let interrupter: Interrupter
    private let meter: LoadMeter
    private let fetchTurns: [DispatchSemaphore]
    private let writeTurns: [DispatchSemaphore]
    private let state = Mutex(State())

    private struct State {
        var isOver = false
        var failure: (any Error)?
        var rows = 0
        var bytes = 0
    }

    /// A piece of a table with few columns is as big as a write should be: one megabyte.
    private static let longestPiece = 8
    /// So many chunks of one column, or a chunk of so many columns.
    private static let widestPiece = 64
    /// An encoder that has so much text waits for its turn and writes it.
    private static let mostBytes = 4 << 20

    /// Takes a result, and what its text is written to.
    init(
        _ rows: consuming QueryResult,
        _ dialect: DelimitedDialect,
        to sink: consuming TextSink,
        encoders: Int,
        interrupter: Interrupter,
        meter: LoadMeter
    ) {
        self.rows = rows
        self.sink = sink
        self.dialect = dialect
        self.interrupter = interrupter
        self.meter = meter
        fetchTurns = (0..<encoders).map { _ in DispatchSemaphore(value: 0) }
        writeTurns = (0..<encoders).map { _ in DispatchSemaphore(value: 0) }
    }

    /// Writes all rows; blocks until they are written.
    ///
    /// - Returns: how many there were.
    func run() throws -> Int {
        let group = DispatchGroup()
        for index in fetchTurns.indices {
            DispatchQueue(label: "pintail.text.\(index)").async(group: group) { self.encode(as: index) }
        }
        fetchTurns[0].signal()
        writeTurns[0].signal()
        group.wait()
        return try state.withLock { state in
            if let failure = state.failure { throw failure }
            return state.rows
        }
    }

    /// The work of one encoder.
    private func encode(as index: Int) {
        let next = (index + 1) % fetchTurns.count
        var encoder = DelimitedEncoder(rows.columns, dialect)
        var text = TextTape(capacity: Self.mostBytes / 2)
        BrokenPipe.asError {
            while true {
                fetchTurns[index].wait()
                let piece = fetch()
                fetchTurns[next].signal()
                if piece.isEmpty { return }
                write(piece, with: &encoder, &text, on: writeTurns[index])
                writeTurns[next].signal()
            }
        }
    }

    /// The next few chunks; none after the last, and after a failure.
    private func fetch() -> [HeldChunk] {
        let count = max(1, min(Self.longestPiece, Self.widestPiece / max(1, rows.columns.count)))
        var piece: [HeldChunk] = []
        while piece.count < count, !state.withLock(\.isOver) {
            do {
                guard !interrupter.isCancelled else { throw DuckDBError(.interrupted, "interrupted") }
                guard let chunk = try rows.nextChunk() else {
                    state.withLock { $0.isOver = true }
                    break
                }
                piece.append(HeldChunk(chunk))
            } catch {
                fail(error)
            }
        }
        return piece
    }

    /// Makes a piece's text and writes it once it is its turn, which then is this encoder's in any case.
    private func write(
        _ piece: [HeldChunk],
        with encoder: inout DelimitedEncoder,
        _ text: inout TextTape,
        on turn: DispatchSemaphore
    ) {
        var isTurn = false
        do {
            for held in piece {
                try encoder.encode(held.chunk, into: &text) { text in
                    guard text.count >= Self.mostBytes else { return }
                    if !isTurn { turn.wait() }
                    isTurn = true
                    try flush(&text)
                }
            }
            if !isTurn { turn.wait() }
            isTurn = true
            try flush(&text)
            add(rows: piece.reduce(0) { $0 + $1.chunk.count })
        } catch {
            fail(error)
            if !isTurn { turn.wait() }
        }
    }

    private func flush(_ text: inout TextTape) throws {
        guard state.withLock({ $0.failure == nil }) else { return }
        try sink.write(text.bytes)
        state.withLock { $0.bytes += text.count }
        text.removeAll(keeping: Self.mostBytes * 2)
    }

    private func add(rows: Int) {
        let (rows, bytes) = state.withLock { state in
            state.rows += rows
            return (state.rows, state.bytes)
        }
        meter.has(rows: rows, bytes: bytes)
    }

    /// Ends the copy; the first failure is the one that is told.
    private func fail(_ error: any Error) {
        state.withLock { state in
            state.isOver = true
            state.failure = state.failure ?? error
        }
    }
}

/// A chunk that several may wait for.
private final class HeldChunk {
    let chunk: Chunk

    init(_ chunk: consuming Chunk) { self.chunk = chunk }
}

/// What text in UTF-8 is written to: a file, or what makes another character set of it.
struct TextSink: ~Copyable {
    private let writer: DescriptorWriter
    private var transcoder: OutputTranscoder?

    /// Writes in UTF-8 without a transcoder.
    init(_ writer: DescriptorWriter, _ transcoder: consuming OutputTranscoder? = nil) {
        self.writer = writer
        self.transcoder = transcoder
    }

    /// Writes text.
    mutating func write(_ text: Span<UInt8>) throws {
        if transcoder == nil { try writer.write(text) } else { try transcoder?.write(text) }
    }
}
