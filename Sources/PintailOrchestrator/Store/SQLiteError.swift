import CSQLite

/// What SQLite said when it could not do something.
package struct SQLiteError: NodeError, Hashable {
    /// The extended result code, as https://www.sqlite.org/rescode.html lists them.
    package let code: Int32
    /// SQLite's own words.
    package let words: String
    /// The statement, without the values that were bound to it.
    package let sql: String?

    /// SQLite's words, its code and the statement.
    package var message: String {
        "SQLite error \(code): \(words)" + (sql.map { " - while executing `\($0)`" } ?? "")
    }

    /// Whether another process was in the way.
    package var isTransient: Bool { primaryCode == SQLITE_BUSY || primaryCode == SQLITE_LOCKED }

    /// What kind of error it is, without its finer points.
    var primaryCode: Int32 { code & 0xff }
}
