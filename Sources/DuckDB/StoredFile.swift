import CDuckDB

/// A file that DuckDB can open, on this machine, behind https or in an object store, read from its first byte to its last.
///
/// A transaction must be open on the connection while it is used: the keys of a store are looked up in it.
@safe package struct StoredFile: ~Copyable {
    /// How many bytes there are.
    package let size: Int64
    private var handle: duckdb_file_handle?

    /// Opens a file for reading; blocks until its server has answered.
    package init(reading path: String, on connection: borrowing Connection) throws(DuckDBError) {
        let opened = try unsafe open(path, [DUCKDB_FILE_FLAG_READ], on: connection)
        unsafe handle = opened
        size = unsafe duckdb_file_handle_size(opened)
    }

    deinit {
        var handle = unsafe handle
        unsafe duckdb_destroy_file_handle(&handle)
    }

    /// The next bytes, `limit` at most; none at the end.
    package func read(_ limit: Int) throws(DuckDBError) -> [UInt8] {
        var count: Int64 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, filled in
            unsafe count = duckdb_file_handle_read(handle, buffer.baseAddress, Int64(limit))
            filled = Int(max(0, count))
        }
        guard count >= 0 else { throw unsafe failure(duckdb_file_handle_error_data(handle)) }
        return bytes
    }
}

/// An object that is being sent to a store, which shows it once it is finished; dropped before, it is never seen.
///
/// A transaction must be open on the connection while it is used.
@safe package struct StoredFileWriter: ~Copyable {
    private let handle: duckdb_file_handle?
    private var taken = 0

    /// Begins a new object, or one in the place of another.
    package init(writing path: String, on connection: borrowing Connection) throws(DuckDBError) {
        unsafe handle = try unsafe open(path, [DUCKDB_FILE_FLAG_WRITE, DUCKDB_FILE_FLAG_CREATE_NEW], on: connection)
    }

    /// Adds bytes at the end.
    package mutating func write(_ bytes: [UInt8]) throws(DuckDBError) {
        taken += bytes.count
        let count = unsafe bytes.withUnsafeBytes {
            unsafe duckdb_file_handle_write(handle, $0.baseAddress, Int64($0.count))
        }
        guard count >= 0 else { throw unsafe failure(duckdb_file_handle_error_data(handle)) }
        guard count == bytes.count else { throw DuckDBError(.io, "only \(count) of \(bytes.count) bytes were taken") }
    }

    /// Sends what is left; from now on others see the object.
    package consuming func finish() throws(DuckDBError) {
        guard unsafe duckdb_file_handle_close(handle) == DuckDBSuccess else {
            let failure = unsafe failure(duckdb_file_handle_error_data(handle))
            _ = consume self
            throw failure
        }
        var handle = unsafe handle
        unsafe duckdb_destroy_file_handle(&handle)
        discard self
    }

    // DuckDB takes the end of a handle for the end of its object, and ends the process when that fails. So a handle that
    // was not finished is never destroyed: it is lost, with what it held of the part that was being filled.
    deinit {
        // Nothing was sent before a part was full.
        guard taken >= Self.smallestPart, unsafe Self.spoil(handle) else { return }
        // No thread that sends a part may outlive the database. Closing waits for them, but not at once: of each part not
        // yet sent, three at most, it tells first that another has failed.
        for _ in 0..<4 where unsafe duckdb_file_handle_close(handle) == DuckDBSuccess { return }
    }

    /// Makes sure that what was sent never becomes an object, and tells whether it could.
    ///
    /// DuckDB knows no way to give an upload up, but refuses to join parts of which one is missing: two parts far behind
    /// the others leave gaps, whatever was sent before.
    private static func spoil(_ handle: duckdb_file_handle?) -> Bool {
        for _ in 0..<2 {
            let position = unsafe max(0, duckdb_file_handle_tell(handle))
            var byte: UInt8 = 0
            guard unsafe duckdb_file_handle_seek(handle, position + farBehind) == DuckDBSuccess,
                unsafe duckdb_file_handle_write(handle, &byte, 1) == 1
            else {
                // An upload of which a part has failed is spoiled already.
                return [.io, .http].contains(unsafe failure(duckdb_file_handle_error_data(handle)).kind)
            }
        }
        return true
    }

    /// The smallest part of an object that S3 takes.
    private static let smallestPart = 5 << 20
    /// Several of the largest parts, 500 MB, and by far not the 65,536 of the smallest that DuckDB can count.
    private static let farBehind: Int64 = 2 << 30
}

private func open(
    _ path: String,
    _ flags: [duckdb_file_flag],
    on connection: borrowing Connection
) throws(DuckDBError) -> duckdb_file_handle? {
    try connection.interrupter.check("open a file")
    var context: duckdb_client_context?
    unsafe duckdb_connection_get_client_context(connection.handle, &context)
    defer { unsafe duckdb_destroy_client_context(&context) }
    var files = unsafe duckdb_client_context_get_file_system(context)
    defer { unsafe duckdb_destroy_file_system(&files) }
    var options = unsafe duckdb_create_file_open_options()
    defer { unsafe duckdb_destroy_file_open_options(&options) }
    for flag in flags { unsafe duckdb_file_open_options_set_flag(options, flag, true) }
    var opened: duckdb_file_handle?
    guard unsafe duckdb_file_system_open(files, path, options, &opened) == DuckDBSuccess else {
        throw unsafe failure(duckdb_file_system_error_data(files))
    }
    return unsafe opened
}

private func failure(_ data: duckdb_error_data?) -> DuckDBError {
    var data = unsafe data
    defer { unsafe duckdb_destroy_error_data(&data) }
    let message = unsafe duckdb_error_data_message(data).map { unsafe String(cString: $0) } ?? "no reason was given"
    // The kind stands beside the message here, not in front of it.
    switch unsafe duckdb_error_data_error_type(data) {
    case DUCKDB_ERROR_IO: return DuckDBError(.io, message)
    case DUCKDB_ERROR_HTTP: return DuckDBError(.http, message)
    case DUCKDB_ERROR_OUT_OF_MEMORY: return DuckDBError(.outOfMemory, message)
    case DUCKDB_ERROR_INTERRUPT: return DuckDBError(.interrupted, message)
    default: return DuckDBError(reported: message, sql: nil)
    }
}
