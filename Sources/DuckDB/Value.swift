/// A value of a small result, for decisions and messages; columns of data are read through ``ColumnView``.
public enum Value: Hashable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case number(Double)
    case text(String)

    /// A whole number, or NULL.
    package init(_ number: Int?) { self = number.map { .integer(Int64($0)) } ?? .null }

    /// A text, or NULL.
    package init(_ text: String?) { self = text.map { .text($0) } ?? .null }

    /// The whole number, if it is one.
    public var integer: Int? {
        if case .integer(let value) = self { Int(value) } else { nil }
    }

    /// The number, whole or not.
    public var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// The text, if it is one.
    public var text: String? {
        if case .text(let value) = self { value } else { nil }
    }

    /// The truth value, if it is one.
    public var boolean: Bool? {
        if case .boolean(let value) = self { value } else { nil }
    }
}

extension Value: CustomStringConvertible {
    public var description: String {
        switch self {
        case .null: "NULL"
        case .boolean(let value): String(value)
        case .integer(let value): String(value)
        case .number(let value): String(value)
        case .text(let value): value
        }
    }
}

extension Connection {
    /// All rows of a query with a small answer.
    ///
    /// Columns must be boolean, numeric, text or UUID, which comes as text: cast others to VARCHAR in the query.
    public borrowing func rows(_ sql: SQL) throws(DuckDBError) -> [[Value]] {
        var result = try query(sql)
        let types = result.columns.map(\.type)
        var rows: [[Value]] = []
        while let chunk = try result.nextChunk() {
            let base = rows.count
            rows += Array(repeating: [], count: chunk.count)
            for (index, type) in types.enumerated() {
                let column = chunk.column(index)
                for row in 0..<chunk.count { rows[base + row].append(column.value(row, type)) }
            }
        }
        return rows
    }

    /// The first row's first value; `.null` when there is no row.
    public borrowing func value(_ sql: SQL) throws(DuckDBError) -> Value {
        try rows(sql).first?.first ?? .null
    }

    /// The first column of every row, as text.
    public borrowing func texts(_ sql: SQL) throws(DuckDBError) -> [String] {
        try rows(sql).compactMap { $0.first?.text }
    }
}

extension ColumnView {
    fileprivate func value(_ row: Int, _ type: LogicalType) -> Value {
        guard isValid(row) else { return .null }
        return switch type {
        case .boolean: .boolean(values(as: Bool.self)[row])
        case .tinyint: .integer(Int64(values(as: Int8.self)[row]))
        case .smallint: .integer(Int64(values(as: Int16.self)[row]))
        case .integer: .integer(Int64(values(as: Int32.self)[row]))
        case .bigint: .integer(values(as: Int64.self)[row])
        case .utinyint: .integer(Int64(values(as: UInt8.self)[row]))
        case .usmallint: .integer(Int64(values(as: UInt16.self)[row]))
        case .uinteger: .integer(Int64(values(as: UInt32.self)[row]))
        case .ubigint: Self.whole(Int128(values(as: UInt64.self)[row]))
        case .hugeint: Self.whole(values(as: Int128.self)[row])
        case .float: .number(Double(values(as: Float.self)[row]))
        case .double: .number(values(as: Double.self)[row])
        case .varchar, .json: .text(strings.string(row))
        case .uuid: .text(Self.uuid(values(as: Int128.self)[row]))
        default: preconditionFailure("a small result has a column of type \(type): cast it in the query")
        }
    }

    /// DuckDB keeps a UUID as a number whose first bit is turned, so that it sorts like its text.
    private static func uuid(_ stored: Int128) -> String {
        let digits = String(UInt128(bitPattern: stored) ^ (1 << 127), radix: 16)
        var text = String(repeating: "0", count: 32 - digits.count) + digits
        for place in [20, 16, 12, 8] { text.insert("-", at: text.index(text.startIndex, offsetBy: place)) }
        return text
    }

    private static func whole(_ value: Int128) -> Value {
        Int64(exactly: value).map { .integer($0) } ?? .number(Double(value))
    }
}
