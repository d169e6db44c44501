import CDuckDB
import Synchronization

/// The sinks of a database that wait for chunks: a COPY in a format of ours names one of them in place of a file.
final class ChunkSinks: Sendable {
    private struct State {
        var isKnown = false
        var last = 0
        var waiting: [Int: ChunkSink] = [:]
    }

    fileprivate static let format = "pintail_sink"

    private let state = Mutex(State())

    /// Makes the format known to every connection of the database, once.
    ///
    /// A transaction must not be open on the connection: the format would go with it when it is rolled back.
    func register(on connection: duckdb_connection?) throws(DuckDBError) {
        try state.withLock { state throws(DuckDBError) in
            if !state.isKnown { try unsafe create(on: connection) }
            state.isKnown = true
        }
    }

    /// A new sink, which waits for the statement that fills it.
    func add() -> ChunkSink {
        state.withLock { state in
            state.last += 1
            return ChunkSink(number: state.last, of: self)
        }
    }

    fileprivate func begin(_ sink: ChunkSink) { state.withLock { $0.waiting[sink.number] = sink } }

    fileprivate func end(_ sink: ChunkSink) { state.withLock { $0.waiting[sink.number] = nil } }

    fileprivate func sink(named path: String) -> ChunkSink? {
        Int(path).flatMap { number in state.withLock { $0.waiting[number] } }
    }

    private func create(on connection: duckdb_connection?) throws(DuckDBError) {
        var function = unsafe duckdb_create_copy_function()
        defer { unsafe duckdb_destroy_copy_function(&function) }
        unsafe duckdb_copy_function_set_name(function, Self.format)
        unsafe duckdb_copy_function_set_extra_info(function, Unmanaged.passRetained(self).toOpaque(), releaseSinks)
        unsafe duckdb_copy_function_set_global_init(function, findSink)
        unsafe duckdb_copy_function_set_sink(function, fillSink)
        guard unsafe duckdb_register_copy_function(connection, function) == DuckDBSuccess else {
            throw DuckDBError(.catalog, "DuckDB does not take the format '\(Self.format)'")
        }
    }
}

/// Where a COPY leaves its chunks.
// Used by the thread that runs the statement alone: the database has no other, see `Connection.prepare`.
final class ChunkSink: @unchecked Sendable {
    fileprivate let number: Int
    private let sinks: ChunkSinks
    private var body: ((borrowing Chunk) throws -> Bool)?
    private var failure: (any Error)?
    /// Whether the body wants no more.
    private var isFull = false

    fileprivate init(number: Int, of sinks: ChunkSinks) {
        self.number = number
        self.sinks = sinks
    }

    /// The statement that brings a query's rows here.
    func pouring(_ query: SQL) -> SQL {
        "\(Self.start)\(query)) TO \(literal: String(number)) (FORMAT \(identifier: ChunkSinks.format))"
    }

    private static let start: SQL = "COPY ("
    /// Where in the statement the query begins, in bytes.
    static let queryOffset = start.text.utf8.count

    /// Lends `body` the chunks of the statement that `run` runs, and tells whether it got all that it wanted.
    ///
    /// - Throws: What `body` has thrown.
    func fill(by body: (borrowing Chunk) throws -> Bool, whileRunning run: () -> Bool) throws -> Bool {
        sinks.begin(self)
        defer { sinks.end(self) }
        let isWhole = withoutActuallyEscaping(body) { body in
            self.body = body
            defer { self.body = nil }
            return run()
        }
        if let failure { throw failure }
        return isWhole || isFull
    }

    /// Takes a chunk; `false` ends the statement.
    fileprivate func take(_ chunk: borrowing Chunk) -> Bool {
        do {
            isFull = try body.map { try !$0(chunk) } ?? true
        } catch {
            failure = error
        }
        return !isFull && failure == nil
    }
}

// Free functions: C calls them on whatever thread the statement runs on.
private func releaseSinks(_ sinks: UnsafeMutableRawPointer?) {
    guard let sinks = unsafe sinks else { return }
    unsafe Unmanaged<ChunkSinks>.fromOpaque(sinks).release()
}

private func findSink(_ info: duckdb_copy_function_global_init_info?) {
    guard let sinks = unsafe duckdb_copy_function_global_init_get_extra_info(info),
        let path = unsafe duckdb_copy_function_global_init_get_file_path(info)
    else { return }
    guard
        let sink = unsafe Unmanaged<ChunkSinks>.fromOpaque(sinks).takeUnretainedValue().sink(
            named: String(cString: path)
        )
    else { return unsafe duckdb_copy_function_global_init_set_error(info, "nobody waits for the rows") }
    unsafe duckdb_copy_function_global_init_set_global_state(info, Unmanaged.passRetained(sink).toOpaque(), releaseSink)
}

private func releaseSink(_ sink: UnsafeMutableRawPointer?) {
    guard let sink = unsafe sink else { return }
    unsafe Unmanaged<ChunkSink>.fromOpaque(sink).release()
}

private func fillSink(_ info: duckdb_copy_function_sink_info?, _ rows: duckdb_data_chunk?) {
    guard let rows = unsafe rows, let sink = unsafe duckdb_copy_function_sink_get_global_state(info) else { return }
    let goesOn = unsafe Chunk.lend(rows) { unsafe Unmanaged<ChunkSink>.fromOpaque(sink).takeUnretainedValue().take($0) }
    if !goesOn { unsafe duckdb_copy_function_sink_set_error(info, "no more rows are wanted") }
}
