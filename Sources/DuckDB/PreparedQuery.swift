import CDuckDB

/// A query that is ready to run once, and hands its rows on as they are made.
///
/// With one thread a chunk is lent where DuckDB has just made it; a stream would copy each one to set it aside. Several
/// threads go on making rows while somebody looks at a chunk, so there the rows are streamed.
@safe public struct PreparedQuery: ~Copyable {
    private let statement: duckdb_prepared_statement?
    private let sql: SQL
    private let interrupter: Interrupter
    private let statements: RunningStatements
    /// Where a statement that lends its chunks leaves them; `nil` when they are streamed.
    private let sink: ChunkSink?

    fileprivate init(_ sql: SQL, on connection: borrowing Connection, into sink: ChunkSink?) throws(DuckDBError) {
        try connection.interrupter.check(sql)
        unsafe statement = try unsafe connection.bind(sink.map { $0.pouring(sql) } ?? sql)
        self.sql = sql
        self.sink = sink
        interrupter = connection.interrupter
        statements = connection.database.statements
    }

    deinit {
        var statement = unsafe statement
        unsafe duckdb_destroy_prepare(&statement)
    }

    /// Runs the query, and lends its chunks in the order of its rows until `body` answers `false`; blocks.
    ///
    /// - Throws: What `body` throws, or ``DuckDBError``.
    public consuming func forEachChunk(_ body: (borrowing Chunk) throws -> Bool) throws {
        if let sink { try pour(into: sink, body) } else { try stream(body) }
    }

    private func pour(into sink: ChunkSink, _ body: (borrowing Chunk) throws -> Bool) throws {
        try interrupter.check(sql)
        let number = statements.begin()
        defer { statements.end(number) }
        var raw = unsafe duckdb_result()
        defer { unsafe duckdb_destroy_result(&raw) }
        let isWhole = try sink.fill(by: body) { unsafe duckdb_execute_prepared(statement, &raw) == DuckDBSuccess }
        guard isWhole else {
            let error = unsafe DuckDBError(reported: String(cString: duckdb_result_error(&raw)), sql: sql.text)
            throw error.offset(by: -ChunkSink.queryOffset)
        }
    }

    private func stream(_ body: (borrowing Chunk) throws -> Bool) throws {
        statements.noteStream()
        var result = try unsafe QueryResult(streaming: statement, of: sql, interruptedBy: interrupter)
        while let chunk = try result.nextChunk(), try body(chunk) {}
    }
}

extension Connection {
    /// Makes a query ready to run, checking all that can be checked without its rows.
    public borrowing func prepare(_ query: SQL) throws(DuckDBError) -> PreparedQuery {
        // The parts of lists and structures may lie in forms that only a stream's copy makes plain.
        guard try threads() == 1, try !describe(query).contains(where: \.type.hasParts) else {
            return try PreparedQuery(query, on: self, into: nil)
        }
        return try PreparedQuery(query, on: self, into: database.sinks.add())
    }
}

extension LogicalType {
    /// Whether values consist of values of other types.
    fileprivate var hasParts: Bool {
        switch self {
        case .list, .array, .structure, .map, .union, .other: true
        default: false
        }
    }
}
