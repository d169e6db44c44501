import DuckDB

/// Finds types that every value of text columns fits.
struct TypeInference {
    /// `,` when numbers are written that way.
    var decimalComma = false
    var dateFormat: String?
    var timestampFormat: String?
    /// Whether an empty text is no value of any type.
    var emptyIsNoValue = false

    /// Rows looked at before a file is read; as many as DuckDB's own sniffer takes.
    static let sampleRows = 20_480

    /// What the values of each column can be read as.
    ///
    /// - Parameter rows: what follows FROM; every column in `columns` is text there.
    func conversions(_ columns: [String], in rows: SQL, _ connection: borrowing Connection) throws(DuckDBError)
        -> [Conversion]
    {
        guard !columns.isEmpty else { return [] }
        let values: [SQL] = columns.map { emptyIsNoValue ? "nullif(\(identifier: $0), '')" : "\(identifier: $0)" }
        let kinds: [SQL] = values.map { "bit_and(pintail_kinds(\($0)))" }
        let formats = formats.flatMap { format in
            values.map {
                "bool_and(try_strptime(\($0), \(literal: format.form)) IS NOT NULL) FILTER (\($0) IS NOT NULL)" as SQL
            }
        }
        let found = try connection.rows("SELECT \(list: kinds + formats) FROM \(rows)")[0]
        return columns.indices.map { column in
            for (index, format) in self.formats.enumerated()
            where found[columns.count * (index + 1) + column] == .boolean(true) {
                return .formatted(format.form, format.type)
            }
            guard let kinds = found[column].integer else { return .unseen }
            return choose(UInt64(kinds)).map { .text($0) } ?? .keep
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
