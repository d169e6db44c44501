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

/// A file that is being written wherever DuckDB can write; an object store shows it when it is finished, and not before.
///
/// A transaction must be open on the connection while it is used.
@safe package struct StoredFileWriter: ~Copyable {
    // Destroyed only once the file is whole: DuckDB would take the destruction of a half-sent object for its end, and
    // the store would show it. A handle that is dropped before is lost, with the memory of the part it held.
    private let handle: duckdb_file_handle?

    /// Begins a new file, or one in the place of another.
    package init(writing path: String, on connection: borrowing Connection) throws(DuckDBError) {
        unsafe handle = try unsafe open(path, [DUCKDB_FILE_FLAG_WRITE, DUCKDB_FILE_FLAG_CREATE_NEW], on: connection)
    }

    /// Adds bytes at the end.
    package func write(_ bytes: [UInt8]) throws(DuckDBError) {
        let count = unsafe bytes.withUnsafeBytes {
            unsafe duckdb_file_handle_write(handle, $0.baseAddress, Int64($0.count))
        }
        guard count >= 0 else { throw unsafe failure(duckdb_file_handle_error_data(handle)) }
        guard count == bytes.count else { throw DuckDBError(.io, "only \(count) of \(bytes.count) bytes were taken") }
    }

    /// Sends what is left; from now on others see the file.
    package consuming func finish() throws(DuckDBError) {
        guard unsafe duckdb_file_handle_close(handle) == DuckDBSuccess else {
            throw unsafe failure(duckdb_file_handle_error_data(handle))
        }
        var handle = unsafe handle
        unsafe duckdb_destroy_file_handle(&handle)
    }
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
