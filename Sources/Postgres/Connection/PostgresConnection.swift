import CPQ
package import DuckDB
import Synchronization

/// One connection to a Postgres server, with its own transaction.
///
/// Not for two threads at once: it stays on the thread, or the ``PostgresSession``, that uses it. Statements block.
@safe package struct PostgresConnection: ~Copyable {
    /// Stops the running statement from any other thread.
    package let canceller: PostgresCanceller
    let handle: OpaquePointer
    let noticeLog: NoticeLog

    /// Connects, waiting 10 s unless `connect_timeout` says otherwise.
    package init(_ parameters: ConnectionParameters) throws(PostgresError) {
        try self.init(parameters, isCancelled: { false })
    }

    /// Connects, and gives up as soon as `isCancelled` says so.
    package init(_ parameters: ConnectionParameters, isCancelled: () -> Bool) throws(PostgresError) {
        let handle = try unsafe ConnectionAttempt.connect(parameters, isCancelled: isCancelled)
        unsafe self.handle = unsafe handle
        unsafe canceller = PostgresCanceller(PQgetCancel(handle), process: Int(PQbackendPID(handle)))
        noticeLog = NoticeLog()
        // The log outlives the connection that calls it: both are this value's, and deinit closes the connection first.
        let log = unsafe Unmanaged.passUnretained(noticeLog).toOpaque()
        _ = unsafe PQsetNoticeReceiver(handle, receiveNotice, log)
    }

    deinit {
        canceller.retire()
        unsafe PQfinish(handle)
    }

    /// Runs one or more statements and tells how many rows the last one changed.
    @discardableResult
    package borrowing func execute(_ sql: SQL) throws(PostgresError) -> Int {
        let result = try run(sql)
        return result.rowsChanged
    }

    /// The rows of a query with a small answer, as text.
    package borrowing func query(_ sql: SQL) throws(PostgresError) -> [PostgresRow] {
        try run(sql).rows
    }

    /// The first row's first value; `nil` when it is NULL or there is no row.
    package borrowing func value(_ sql: SQL) throws(PostgresError) -> String? {
        try query(sql).first?.values.first ?? nil
    }

    /// Runs `body` in a transaction: committed when it returns, rolled back when it throws.
    package borrowing func transaction<Result>(
        _ body: (borrowing PostgresConnection) throws -> Result
    ) throws -> Result {
        try execute("BEGIN")
        do {
            let result = try body(self)
            try execute("COMMIT")
            return result
        } catch {
            rollBack()
            throw error
        }
    }

    /// Ends an open transaction without its changes; the server does so itself when the connection is lost.
    package borrowing func rollBack() {
        canceller.ignoringCancellation { _ = unsafe PostgresResult(PQexec(handle, "ROLLBACK")) }
    }

    /// What the server remarked since the last call.
    package borrowing func takeNotices() -> [PostgresError] { noticeLog.take() }

    /// The server process that serves this connection.
    package var processID: Int { unsafe Int(PQbackendPID(handle)) }

    /// The server's version as a number: 150018 is 15.18.
    package var serverVersion: Int { unsafe Int(PQserverVersion(handle)) }

    /// Whether the server is still there, as far as is known without asking it.
    package var isOpen: Bool { unsafe PQstatus(handle) == CONNECTION_OK }

    borrowing func run(_ sql: SQL) throws(PostgresError) -> PostgresResult {
        try canceller.check(sql)
        let result = unsafe PostgresResult(PQexec(handle, sql.text))
        if let error = unsafe result.error(on: handle, sql: sql) { throw error }
        return result
    }
}

/// What the server remarked; libpq hands it over in the middle of other calls.
final class NoticeLog: Sendable {
    private let state = Mutex((notices: [PostgresError](), count: 0))

    var count: Int { state.withLock { $0.count } }

    func add(_ notice: PostgresError) {
        state.withLock { state in
            state.count += 1
            // A trigger that remarks on every row must not fill the memory.
            if state.notices.count < 1000 { state.notices.append(notice) }
        }
    }

    func take() -> [PostgresError] {
        state.withLock { state in
            defer { state.notices = [] }
            return state.notices
        }
    }
}

private func receiveNotice(_ log: UnsafeMutableRawPointer?, _ result: OpaquePointer?) {
    guard let log = unsafe log, let result = unsafe result else { return }
    let notice = unsafe PostgresError(fieldsOf: result, sql: nil)
    unsafe Unmanaged<NoticeLog>.fromOpaque(log).takeUnretainedValue().add(notice)
}
