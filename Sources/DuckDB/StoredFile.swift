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
        try connection.interrupter.check("open a file")
        var context: duckdb_client_context?
        unsafe duckdb_connection_get_client_context(connection.handle, &context)
        defer { unsafe duckdb_destroy_client_context(&context) }
        var files = unsafe duckdb_client_context_get_file_system(context)
        defer { unsafe duckdb_destroy_file_system(&files) }
        var options = unsafe duckdb_create_file_open_options()
        defer { unsafe duckdb_destroy_file_open_options(&options) }
        unsafe duckdb_file_open_options_set_flag(options, DUCKDB_FILE_FLAG_READ, true)
        var opened: duckdb_file_handle?
        guard unsafe duckdb_file_system_open(files, path, options, &opened) == DuckDBSuccess else {
            throw unsafe Self.failure(duckdb_file_system_error_data(files))
        }
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
        guard count >= 0 else { throw unsafe Self.failure(duckdb_file_handle_error_data(handle)) }
        return bytes
    }

    private static func failure(_ data: duckdb_error_data?) -> DuckDBError {
        var data = unsafe data
        defer { unsafe duckdb_destroy_error_data(&data) }
        let message =
            unsafe duckdb_error_data_message(data).map { unsafe String(cString: $0) } ?? "the file cannot be read"
        return DuckDBError(reported: message, sql: nil)
    }
}
