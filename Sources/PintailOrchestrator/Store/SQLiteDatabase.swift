import CSQLite

/// A connection to a SQLite database; blocks, and serves one thread at a time.
@safe struct SQLiteDatabase: ~Copyable {
    private let raw: OpaquePointer

    /// Opens a database file, and makes it when it is missing.
    ///
    /// - Parameter patience: how long a call waits for other processes before it fails as busy.
    init(_ path: String, patience: Duration) throws(SQLiteError) {
        var raw: OpaquePointer?
        // Without SQLite's own locks: whoever holds the connection sees to it that one thread uses it at a time.
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let code = unsafe sqlite3_open_v2(path, &raw, flags, nil)
        guard code == SQLITE_OK, let connection = unsafe raw else {
            let error = unsafe SQLiteError(code, on: raw, sql: nil)
            unsafe sqlite3_close_v2(raw)
            throw error
        }
        unsafe sqlite3_busy_timeout(connection, Int32(patience.seconds * 1000))
        unsafe self.raw = connection
    }

    /// Opens a database file that cannot be written, in a folder that cannot be written either.
    ///
    /// SQLite reads a file of write-ahead form only beside files that it shares with others; where it may not make them,
    /// the file is taken for one that nobody changes. https://www.sqlite.org/wal.html#read_only_databases
    init(reading path: String) throws(SQLiteError) {
        var failure: SQLiteError?
        for mode in ["mode=ro", "immutable=1"] {
            var raw: OpaquePointer?
            let flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
            var code = unsafe sqlite3_open_v2("file:\(Self.escaped(path))?\(mode)", &raw, flags, nil)
            // Opening reads nothing yet.
            if code == SQLITE_OK { code = unsafe sqlite3_exec(raw, "PRAGMA schema_version", nil, nil, nil) }
            if code == SQLITE_OK, let connection = unsafe raw {
                unsafe self.raw = connection
                return
            }
            failure = unsafe SQLiteError(code, on: raw, sql: nil)
            unsafe sqlite3_close_v2(raw)
        }
        throw failure ?? SQLiteError(code: SQLITE_CANTOPEN, words: "unable to open database file", sql: nil)
    }

    /// A path as an address has it. https://www.sqlite.org/uri.html
    private static func escaped(_ path: String) -> String {
        path.replacing("%", with: "%25").replacing("?", with: "%3f").replacing("#", with: "%23")
    }

    deinit {
        // v2 waits by itself for statements that are still in use.
        unsafe _ = sqlite3_close_v2(raw)
    }

    /// Runs one statement that returns no rows.
    func run(_ sql: String, _ values: any SQLiteBindable...) throws(SQLiteError) {
        let statement = try unsafe SQLiteStatement(sql, on: raw)
        try statement.bind(values)
        while try statement.step() {}
    }

    /// Runs several statements, none of which has values.
    func runScript(_ sql: String) throws(SQLiteError) {
        let code = unsafe sqlite3_exec(raw, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw unsafe SQLiteError(code, on: raw, sql: nil) }
    }

    /// Reads every row of a query.
    func rows<Row>(
        _ sql: String,
        _ values: any SQLiteBindable...,
        read: (borrowing SQLiteStatement) throws -> Row
    ) throws -> [Row] {
        let statement = try unsafe SQLiteStatement(sql, on: raw)
        try statement.bind(values)
        var rows: [Row] = []
        while try statement.step() { rows.append(try read(statement)) }
        return rows
    }

    /// Does `body` as a whole or not at all.
    ///
    /// The right to write is taken at the beginning, so that `body` never finds half-way that somebody else has it.
    func transaction<Value>(_ body: () throws -> Value) throws -> Value {
        try run("BEGIN IMMEDIATE")
        do {
            let value = try body()
            try run("COMMIT")
            return value
        } catch {
            // Some errors, such as a full disk, have already rolled back: https://www.sqlite.org/lang_transaction.html
            if unsafe sqlite3_get_autocommit(raw) == 0 { try run("ROLLBACK") }
            throw error
        }
    }
}
