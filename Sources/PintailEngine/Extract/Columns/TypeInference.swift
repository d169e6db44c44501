import DuckDB

/// Finds types that every value of text columns fits.
struct TypeInference {
    /// `,` when numbers are written that way.
    var decimalComma = false
    var dateFormat: String?
    var timestampFormat: String?
    /// Whether an empty text is no value of any type.
    var emptyIsNoValue = false
    /// How numbers are written whose digits stand in groups.
    var grouping: NumberGrouping?

    /// Rows looked at before a file is read; as many as DuckDB's own sniffer takes.
    static let sampleRows = 20_480

    /// What was found of a column.
    struct Finding: Hashable {
        var conversion: Conversion
        /// The kinds that all values fit, as ``TextKind/all(of:)`` has them.
        var kinds: UInt64 = 0
    }

    /// What the values of each column can be read as.
    ///
    /// - Parameter rows: what follows FROM; every column in `columns` is text there.
    func conversions(_ columns: [String], in rows: SQL, _ connection: borrowing Connection) throws(DuckDBError)
        -> [Finding]
    {
        guard !columns.isEmpty else { return [] }
        let values: [SQL] = columns.map { emptyIsNoValue ? "nullif(\(identifier: $0), '')" : "\(identifier: $0)" }
        let kinds: [SQL] = values.map { "bit_and(pintail_kinds(\(grouping?.ungrouped($0) ?? $0)))" }
        let formats = formats.flatMap { format in
            values.map {
                "bool_and(try_strptime(\($0), \(literal: format.form)) IS NOT NULL) FILTER (\($0) IS NOT NULL)" as SQL
            }
        }
        let found = try connection.rows("SELECT \(list: kinds + formats) FROM \(rows)")[0]
        return columns.indices.map { column in
            for (index, format) in self.formats.enumerated()
            where found[columns.count * (index + 1) + column] == .boolean(true) {
                return Finding(conversion: .formatted(format.form, format.type))
            }
            guard let kinds = found[column].integer.map({ UInt64($0) }) else { return Finding(conversion: .unseen) }
            return Finding(conversion: choose(kinds).map { .text($0) } ?? .keep, kinds: kinds)
        }
    }

    private var formats: [(form: String, type: LogicalType)] {
        [(dateFormat, LogicalType.date), (timestampFormat, .timestamp)].compactMap { form, type in
            form.map { ($0, type) }
        }
    }

    /// The narrowest of the kinds that every value fits.
    private func choose(_ kinds: UInt64) -> TextKind? {
        let order: [TextKind] = [
            .boolean, .integer, .hugeInteger, decimalComma ? .decimalComma : .double, .date, .timestamp,
            .zonedTimestamp, .time,
        ]
        return order.first { kinds & $0.bit != 0 }
    }
}
