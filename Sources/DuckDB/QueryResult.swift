import CDuckDB

/// A column of a result: what it is called and what it holds.
public struct ResultColumn: Hashable, Sendable {
    /// As the query names it; not always unique.
    public let name: String
    /// What its values are.
    public let type: LogicalType

    /// A column by name and type.
    public init(name: String, type: LogicalType) {
        self.name = name
        self.type = type
    }
}

/// The rows a query answered with, fetched a chunk at a time.
@safe public struct QueryResult: ~Copyable {
    public let columns: [ResultColumn]
    private var raw: duckdb_result
    private let sql: SQL
    /// Of the connection that a streamed query runs on.
    private let interrupter: Interrupter?

    init(taking raw: duckdb_result, of sql: SQL, interruptedBy interrupter: Interrupter? = nil) {
        var raw = unsafe raw
        columns = unsafe (0..<duckdb_column_count(&raw)).map { index in
            unsafe ResultColumn(
                name: String(cString: duckdb_column_name(&raw, index)),
                type: LogicalType.owned(duckdb_column_logical_type(&raw, index))
            )
        }
        unsafe self.raw = raw
        self.sql = sql
        self.interrupter = interrupter
    }

    /// Begins a statement whose rows are computed as they are fetched.
    init(
        streaming statement: duckdb_prepared_statement?,
        of sql: SQL,
        interruptedBy interrupter: Interrupter
    ) throws(DuckDBError) {
        var pending: duckdb_pending_result?
        defer { unsafe duckdb_destroy_pending(&pending) }
        guard unsafe duckdb_pending_prepared_streaming(statement, &pending) == DuckDBSuccess else {
            throw unsafe DuckDBError(reported: String(cString: duckdb_pending_error(pending)), sql: sql.text)
        }
        var raw = unsafe duckdb_result()
        guard unsafe duckdb_execute_pending(pending, &raw) == DuckDBSuccess else {
            defer { unsafe duckdb_destroy_result(&raw) }
            throw unsafe DuckDBError(reported: String(cString: duckdb_result_error(&raw)), sql: sql.text)
        }
        unsafe self.init(taking: raw, of: sql, interruptedBy: interrupter)
    }

    deinit {
        var raw = unsafe raw
        unsafe duckdb_destroy_result(&raw)
    }

    /// The next rows, at most 2,048; `nil` after the last.
    public mutating func nextChunk() throws(DuckDBError) -> Chunk? {
        guard let handle = unsafe duckdb_fetch_chunk(raw) else {
            if let reason = unsafe duckdb_result_error(&raw) {
                let text = unsafe String(cString: reason)
                if !text.isEmpty {
                    let error = DuckDBError(reported: text, sql: sql.text)
                    throw interrupter?.cause(of: error, in: sql) ?? error
                }
            }
            return nil
        }
        return unsafe Chunk(taking: handle)
    }
}
