/// A value as SQLite stores it.
enum SQLiteValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
}

/// A Swift value that SQLite can store.
protocol SQLiteBindable {
    var sqliteValue: SQLiteValue { get }
}

extension SQLiteValue: SQLiteBindable {
    var sqliteValue: SQLiteValue { self }
}
extension Int: SQLiteBindable {
    var sqliteValue: SQLiteValue { .integer(Int64(self)) }
}
extension Double: SQLiteBindable {
    var sqliteValue: SQLiteValue { .real(self) }
}
extension String: SQLiteBindable {
    var sqliteValue: SQLiteValue { .text(self) }
}
extension Optional: SQLiteBindable where Wrapped: SQLiteBindable {
    var sqliteValue: SQLiteValue { self?.sqliteValue ?? .null }
}
extension RunID: SQLiteBindable {
    var sqliteValue: SQLiteValue { .text(name) }
}
extension NodeID: SQLiteBindable {
    var sqliteValue: SQLiteValue { .text(name) }
}
extension Timestamp: SQLiteBindable {
    var sqliteValue: SQLiteValue { .text(description) }
}
extension Bytes: SQLiteBindable {
    var sqliteValue: SQLiteValue { .integer(count) }
}
extension RowCount: SQLiteBindable {
    var sqliteValue: SQLiteValue { .integer(count) }
}
extension Duration: SQLiteBindable {
    var sqliteValue: SQLiteValue { .real(seconds) }
}
