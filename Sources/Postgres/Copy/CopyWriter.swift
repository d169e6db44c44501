import CPQ
package import DuckDB

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// One `COPY … FROM STDIN` under way; dropping it aborts the COPY, and with it the transaction around it.
///
/// Writing blocks while the server is behind.
@safe package struct CopyWriter: ~Copyable {
    // The writer never outlives the call that lends the connection: see `PostgresConnection.copy`.
    private let connection: OpaquePointer
    private let sql: SQL
    private let pieceSize: Int
    private var isOver = false
    private let noticeLog: NoticeLog
    private var noticeCount: Int

    fileprivate init(_ sql: SQL, on connection: borrowing PostgresConnection) throws(PostgresError) {
        let result = try connection.run(sql)
        precondition(result.isCopyIn, "the statement is no COPY FROM STDIN")
        unsafe self.connection = unsafe connection.handle
        pieceSize = unsafe Self.pieceSize(of: connection.handle)
        self.sql = sql
        noticeLog = connection.noticeLog
        noticeCount = noticeLog.count
    }

    deinit {
        guard !isOver else { return }
        unsafe PQputCopyEnd(connection, "the copy was given up")
        while let result = unsafe PQgetResult(connection) { unsafe PQclear(result) }
    }

    /// Sends bytes of the format that the statement names.
    package mutating func write(_ bytes: UnsafeRawBufferPointer) throws(PostgresError) {
        var rest = unsafe bytes
        while unsafe !rest.isEmpty {
            if waitForAnswer() { throw failure() }
            let piece = unsafe UnsafeRawBufferPointer(rebasing: rest.prefix(pieceSize))
            let start = unsafe piece.assumingMemoryBound(to: CChar.self).baseAddress
            guard unsafe PQputCopyData(connection, start, Int32(piece.count)) == 1 else { throw failure() }
            unsafe rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(pieceSize))
        }
    }

    /// Sends bytes of the format that the statement names.
    package mutating func write(_ bytes: [UInt8]) throws(PostgresError) {
        var buffer = CopyBuffer(capacity: bytes.count)
        buffer.append(bytes)
        try unsafe buffer.withBytes { bytes throws(PostgresError) in try unsafe write(bytes) }
    }

    /// Ends the COPY and tells how many rows the server took.
    package consuming func finish() throws(PostgresError) -> Int {
        isOver = true
        _ = unsafe PQputCopyEnd(connection, nil)
        return try outcome()
    }

    /// Waits until a piece can be sent; `true` when the server has something to say before.
    ///
    /// It says nothing during a COPY unless something is wrong, or a trigger remarks. libpq itself would tell of an error
    /// only after the last row, and what it reads while it waits in the middle of a piece can no longer be seen by anyone:
    /// so it never waits.
    private mutating func waitForAnswer() -> Bool {
        let socket = unsafe PQsocket(connection)
        // It is gone once libpq has found the connection broken.
        guard socket >= 0 else { return true }
        var descriptor = pollfd(fd: socket, events: Int16(POLLIN | POLLOUT), revents: 0)
        while true {
            guard unsafe poll(&descriptor, 1, -1) > 0 else { continue }
            if descriptor.revents & ~Int16(POLLOUT) != 0, hasAnswer() { return true }
            if descriptor.revents & Int16(POLLOUT) != 0 { return false }
        }
    }

    /// Reads what the server has said; `false` when that were remarks alone.
    private mutating func hasAnswer() -> Bool {
        guard unsafe PQconsumeInput(connection) == 1 else { return true }
        _ = unsafe PQisBusy(connection)
        let remarks = noticeLog.count
        defer { noticeCount = remarks }
        return remarks == noticeCount
    }

    /// As many bytes as surely fit into a socket that poll calls writable: of its buffer a third is free then.
    private static func pieceSize(of connection: OpaquePointer) -> Int {
        var size: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        guard unsafe getsockopt(PQsocket(connection), SOL_SOCKET, SO_SNDBUF, &size, &length) == 0 else { return 8192 }
        return min(max(8192, Int(size) / 3), 131_072)
    }

    /// Ends the COPY without its rows, for the server's own words about it.
    private mutating func failure() -> PostgresError {
        isOver = true
        _ = unsafe PQputCopyEnd(connection, "the copy was given up")
        do {
            _ = try outcome()
            return PostgresError("the server ended the copy before its last row", sql: sql.text)
        } catch {
            return error
        }
    }

    private func outcome() throws(PostgresError) -> Int {
        var rows = 0
        var failure: PostgresError?
        while let handle = unsafe PQgetResult(connection) {
            let result = unsafe PostgresResult(handle)
            failure = unsafe failure ?? result.error(on: connection, sql: sql)
            rows = result.rowsChanged
        }
        if unsafe failure == nil && PQstatus(connection) == CONNECTION_BAD {
            failure = unsafe PostgresError(lostConnection: connection, sql: sql.text)
        }
        if let failure { throw failure }
        return rows
    }
}

extension PostgresConnection {
    /// Runs a `COPY … FROM STDIN`: ended when `body` returns, aborted when it throws.
    ///
    /// - Returns: What `body` returns, and the rows the server took.
    package borrowing func copy<Result>(
        _ sql: SQL,
        _ body: (inout CopyWriter) throws -> Result
    ) throws -> (result: Result, rows: Int) {
        var writer = try CopyWriter(sql, on: self)
        let result = try body(&writer)
        return (result, try writer.finish())
    }
}
