import CDuckDB

/// One connection to a database: a place to run statements, with its own transaction.
///
/// Not for two threads at once: a ``Session`` keeps it on one queue. Statements block.
@safe public struct Connection: ~Copyable {
    let database: Database
    /// Stops the running statement from any other thread.
    package let interrupter: Interrupter
    let handle: duckdb_connection?

    init(handle: duckdb_connection?, database: Database) {
        unsafe self.handle = unsafe handle
        self.database = database
        unsafe interrupter = Interrupter(handle)
    }

    deinit {
        interrupter.retire()
        var handle = unsafe handle
        unsafe duckdb_disconnect(&handle)
    }

    /// Runs one or more statements and tells how many rows the last one changed.
    @discardableResult
    public borrowing func execute(_ sql: SQL) throws(DuckDBError) -> Int {
        try interrupter.check(sql)
        let number = database.statements.begin()
        defer { database.statements.end(number) }
        var raw = unsafe duckdb_result()
        defer { unsafe duckdb_destroy_result(&raw) }
        guard unsafe duckdb_query(handle, sql.text, &raw) == DuckDBSuccess else {
            throw unsafe DuckDBError(reported: String(cString: duckdb_result_error(&raw)), sql: sql.text)
        }
        return unsafe Self.rowsChanged(by: &raw)
    }

    /// Runs a query whose result is kept in memory.
    public borrowing func query(_ sql: SQL) throws(DuckDBError) -> QueryResult {
        try interrupter.check(sql)
        let number = database.statements.begin()
        defer { database.statements.end(number) }
        var raw = unsafe duckdb_result()
        guard unsafe duckdb_query(handle, sql.text, &raw) == DuckDBSuccess else {
            defer { unsafe duckdb_destroy_result(&raw) }
            throw unsafe DuckDBError(reported: String(cString: duckdb_result_error(&raw)), sql: sql.text)
        }
        return unsafe QueryResult(taking: raw, of: sql)
    }

    /// Runs one query whose rows are computed as they are fetched, a few chunks ahead.
    public borrowing func stream(_ sql: SQL) throws(DuckDBError) -> QueryResult {
        try interrupter.check(sql)
        database.statements.noteStream()
        var statement = try unsafe bind(sql)
        defer { unsafe duckdb_destroy_prepare(&statement) }
        return try unsafe QueryResult(streaming: statement, of: sql, interruptedBy: interrupter)
    }

    /// The names and types of a query's columns, found without running it.
    public borrowing func describe(_ query: SQL) throws(DuckDBError) -> [ResultColumn] {
        try interrupter.check(query)
        var statement = try unsafe bind(query)
        defer { unsafe duckdb_destroy_prepare(&statement) }
        return unsafe (0..<duckdb_prepared_statement_column_count(statement)).map { index in
            let name = unsafe duckdb_prepared_statement_column_name(statement, index)
            defer { unsafe duckdb_free(UnsafeMutableRawPointer(mutating: name)) }
            return unsafe ResultColumn(
                name: name.map { unsafe String(cString: $0) } ?? "",
                type: LogicalType.owned(duckdb_prepared_statement_column_logical_type(statement, index))
            )
        }
    }

    /// A statement that DuckDB has read and bound, for the caller to destroy.
    borrowing func bind(_ sql: SQL) throws(DuckDBError) -> duckdb_prepared_statement? {
        var statement: duckdb_prepared_statement?
        guard unsafe duckdb_prepare(handle, sql.text, &statement) == DuckDBSuccess else {
            defer { unsafe duckdb_destroy_prepare(&statement) }
            throw unsafe DuckDBError(reported: String(cString: duckdb_prepare_error(statement)), sql: sql.text)
        }
        return unsafe statement
    }

    /// Runs `body` in a transaction: committed when it returns, rolled back when it throws.
    public borrowing func transaction<Result>(
        _ body: (borrowing Connection) throws -> Result
    ) throws -> Result {
        try execute("BEGIN TRANSACTION")
        do {
            let result = try body(self)
            try execute("COMMIT")
            return result
        } catch {
            interrupter.ignoringCancellation { _ = try? execute("ROLLBACK") }
            throw error
        }
    }

    /// How many threads a statement may have.
    public borrowing func threads() throws(DuckDBError) -> Int {
        try value("SELECT current_setting('threads')").integer ?? 1
    }

    /// Lends another connection to the same database, for a second thread; what interrupts this one interrupts it too.
    package borrowing func withSibling<Result>(_ body: (borrowing Connection) throws -> Result) throws -> Result {
        let sibling = try database.connect()
        interrupter.lead(sibling.interrupter)
        defer { interrupter.lead(nil) }
        return try body(sibling)
    }

    /// What `duckdb_rows_changed` tells, and for CREATE TABLE AS, where it tells nothing, the count in the answer.
    private static func rowsChanged(by raw: inout duckdb_result) -> Int {
        let changed = unsafe Int(duckdb_rows_changed(&raw))
        guard changed == 0,
            unsafe duckdb_result_statement_type(raw) == DUCKDB_STATEMENT_TYPE_CREATE,
            unsafe duckdb_column_count(&raw) == 1,
            unsafe duckdb_column_type(&raw, 0) == DUCKDB_TYPE_BIGINT,
            let chunk = unsafe duckdb_fetch_chunk(raw)
        else { return changed }
        let answer = unsafe Chunk(taking: chunk)
        return answer.count == 1 ? Int(answer.column(0).values(as: Int64.self)[0]) : changed
    }
}
