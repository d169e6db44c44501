import DuckDB

/// Finds text columns whose values are all days or timestamps of one form.
struct DateColumns {
    /// What follows FROM: the staged table, or a sample of the source.
    let rows: SQL
    /// Whether an empty text is no date, and speaks against none.
    let emptyIsNoValue: Bool

    /// What was found of a text column.
    enum Finding: Hashable {
        case dates(Conversion)
        /// Every value could have day and month either way round.
        case ambiguous
    }

    /// The columns that hold nothing but dates, by name; columns without values are left out.
    func find(_ columns: [String], _ connection: borrowing Connection) throws(DuckDBError) -> [String: Finding] {
        guard !columns.isEmpty else { return [:] }
        let tests = columns.flatMap { column -> [SQL] in
            let text: SQL = emptyIsNoValue ? "nullif(\(identifier: column), '')" : "\(identifier: column)"
            return ["bit_and(pintail_kinds(\(text)))", "bit_and(pintail_date_forms(\(text)))"]
        }
        let found = try connection.rows("SELECT \(list: tests) FROM \(rows)")[0]
        var findings: [String: Finding] = [:]
        for (index, column) in columns.enumerated() {
            guard let kinds = found[2 * index].integer, let forms = found[2 * index + 1].integer else { continue }
            findings[column] = Self.finding(UInt64(kinds), UInt64(forms))
        }
        return findings
    }

    private static func finding(_ kinds: UInt64, _ forms: UInt64) -> Finding? {
        let iso: [TextKind] = [.date, .timestamp, .zonedTimestamp]
        if let kind = iso.first(where: { kinds & $0.bit != 0 }) { return .dates(.text(kind)) }
        guard let form = DateForm.all.first(where: { forms & $0.bit != 0 }) else { return nil }
        if let rival = form.rival, forms & rival.bit != 0 { return .ambiguous }
        return .dates(.form(form))
    }

    /// What to tell of a column that is left as text.
    static func warning(_ column: String) -> String {
        "column '\(column)' holds dates, but every one could have day and month either way round; it stays text"
    }
}
