import DuckDB

/// Rows whose cursor is greater than the greatest one taken so far.
///
/// Rows that share the boundary's value but come later are not taken: a cursor must grow with every change. Rows without a
/// cursor are never taken, and a warning counts them.
struct CursorFilter: Hashable, Sendable {
    /// The cursor's name in the table.
    let column: String
    /// The greatest value taken; `nil` before the first run.
    let last: String?

    /// What the position is called.
    var key: String { "cursor:" + column }

    /// A condition on the cursor's value.
    func condition(_ value: SQL, _ type: LogicalType) -> SQL {
        guard let last else { return "\(value) IS NOT NULL" }
        return "\(value) > CAST(\(literal: last) AS \(SQL(verbatim: type.description)))"
    }
}
