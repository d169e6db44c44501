import DuckDB

extension RawRow {
    /// A column's value out of a row's object, as text; NULL where there is none.
    static func text(of column: String, in raw: SQL) -> SQL {
        "(\(raw) ->> \(literal: pointer(to: column)))"
    }
}
