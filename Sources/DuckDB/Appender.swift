import CDuckDB

extension Connection {
    /// Adds rows to a table, in the connection's transaction; as text of a statement they take twenty times as long.
    ///
    /// Blocks. What was added before a row that does not fit is in the table, unless the transaction is rolled back.
    /// - Parameter rows: a value for every column, in the table's order.
    package borrowing func append(_ rows: some Sequence<[Value]>, to table: TableName) throws(DuckDBError) {
        let sql: SQL = "INSERT INTO \(table: table)"
        try interrupter.check(sql)
        let number = database.statements.begin()
        defer { database.statements.end(number) }
        var appender: duckdb_appender?
        defer { unsafe duckdb_appender_destroy(&appender) }
        let created = unsafe duckdb_appender_create_ext(handle, table.catalog, table.schema, table.name, &appender)
        guard created == DuckDBSuccess else { throw unsafe Self.failure(of: appender, sql) }
        for row in rows {
            for value in row {
                guard unsafe value.append(to: appender) == DuckDBSuccess else {
                    throw unsafe Self.failure(of: appender, sql)
                }
            }
            guard unsafe duckdb_appender_end_row(appender) == DuckDBSuccess else {
                throw unsafe Self.failure(of: appender, sql)
            }
        }
        guard unsafe duckdb_appender_close(appender) == DuckDBSuccess else {
            throw unsafe Self.failure(of: appender, sql)
        }
    }

    private static func failure(of appender: duckdb_appender?, _ sql: SQL) -> DuckDBError {
        let words = unsafe duckdb_appender_error(appender).map { unsafe String(cString: $0) }
        return DuckDBError(reported: words ?? "cannot add rows", sql: sql.text)
    }
}

extension Value {
    fileprivate func append(to appender: duckdb_appender?) -> duckdb_state {
        switch self {
        case .null: return unsafe duckdb_append_null(appender)
        case .boolean(let value): return unsafe duckdb_append_bool(appender, value)
        case .integer(let value): return unsafe duckdb_append_int64(appender, value)
        case .number(let value): return unsafe duckdb_append_double(appender, value)
        case .text(var value):
            // Copied by the call: https://duckdb.org/docs/stable/clients/c/appender
            return value.withUTF8 { bytes in
                unsafe bytes.withMemoryRebound(to: CChar.self) { text in
                    unsafe duckdb_append_varchar_length(appender, text.baseAddress, UInt64(text.count))
                }
            }
        }
    }
}
