import CSQLite

/// A prepared statement with its values bound; must be used where its database is.
@safe struct SQLiteStatement: ~Copyable {
    private let raw: OpaquePointer
    private let sql: String

    /// Prepares the first statement of `sql`.
    init(_ sql: String, on connection: OpaquePointer?) throws(SQLiteError) {
        var raw: OpaquePointer?
        let code = unsafe sqlite3_prepare_v2(connection, sql, -1, &raw, nil)
        guard code == SQLITE_OK, let statement = unsafe raw else {
            throw unsafe SQLiteError(code, on: connection, sql: sql)
        }
        unsafe self.raw = statement
        self.sql = sql
    }

    deinit {
        // What it returns is the error of the last step, which was thrown then.
        unsafe _ = sqlite3_finalize(raw)
    }

    /// Binds values to the statement's `?`, first to last.
    func bind(_ values: [any SQLiteBindable]) throws(SQLiteError) {
        for (index, value) in values.enumerated() {
            let code = bind(value.sqliteValue, at: Int32(index + 1))
            guard code == SQLITE_OK else { throw failure(code) }
        }
    }

    /// Goes to the next row; false when there is none.
    func step() throws(SQLiteError) -> Bool {
        let code = unsafe sqlite3_step(raw)
        switch code {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw failure(code)
        }
    }

    /// The whole number in a column of the current row; nil for NULL.
    func integer(_ column: Int32) -> Int64? {
        isNull(column) ? nil : unsafe sqlite3_column_int64(raw, column)
    }

    /// The number in a column of the current row; nil for NULL.
    func real(_ column: Int32) -> Double? {
        isNull(column) ? nil : unsafe sqlite3_column_double(raw, column)
    }

    /// The text in a column of the current row; nil for NULL.
    func text(_ column: Int32) -> String? {
        guard let bytes = unsafe sqlite3_column_text(raw, column) else { return nil }
        // Length after text, as https://www.sqlite.org/c3ref/column_blob.html asks; a text may hold a zero byte.
        let count = Int(unsafe sqlite3_column_bytes(raw, column))
        return unsafe String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    private func isNull(_ column: Int32) -> Bool { unsafe sqlite3_column_type(raw, column) == SQLITE_NULL }

    private func bind(_ value: SQLiteValue, at index: Int32) -> Int32 {
        switch value {
        case .null: return unsafe sqlite3_bind_null(raw, index)
        case .integer(let number): return unsafe sqlite3_bind_int64(raw, index, number)
        case .real(let number): return unsafe sqlite3_bind_double(raw, index, number)
        case .text(var text):
            return text.withUTF8 { bytes in
                // SQLITE_TRANSIENT, a cast that Swift does not import: SQLite copies the text before it returns.
                let transient = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
                return unsafe bytes.withMemoryRebound(to: CChar.self) { text in
                    unsafe sqlite3_bind_text64(
                        raw,
                        index,
                        text.baseAddress,
                        UInt64(text.count),
                        transient,
                        UInt8(SQLITE_UTF8)
                    )
                }
            }
        }
    }

    private func failure(_ code: Int32) -> SQLiteError {
        unsafe SQLiteError(code, on: sqlite3_db_handle(raw), sql: sql)
    }
}

extension SQLiteError {
    /// Takes what `connection` says about its last call, which gave `code`.
    init(_ code: Int32, on connection: OpaquePointer?, sql: String?) {
        let extended = unsafe connection.map { unsafe sqlite3_extended_errcode($0) } ?? code
        // The connection speaks of its last failed call; where that was another one, the code's own words serve.
        let isSame = extended & 0xff == code & 0xff
        let words = unsafe isSame ? sqlite3_errmsg(connection) : sqlite3_errstr(code)
        self.init(
            code: isSame ? extended : code,
            words: unsafe words.map { unsafe String(cString: $0) } ?? "unknown error",
            sql: sql
        )
    }
}
