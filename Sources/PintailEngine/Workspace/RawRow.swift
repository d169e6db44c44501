package import DuckDB

/// A row as one JSON object, from which the very same row can be made again.
///
/// Numbers, texts and truth values are JSON's own; so are lists and structures of them. All else is DuckDB's text for it, as a
/// JSON string: a blob, a decimal with more digits than a `Double` holds, a moment, a map, NaN. A NULL is `null`.
package enum RawRow {
    /// The object for a row.
    ///
    /// - Parameter table: what the row is called in the query.
    package static func json(_ columns: [ResultColumn], of table: SQL) -> SQL {
        let parts = columns.map { column in
            "\(literal: column.name), \(encoded("\(table).\(identifier: column.name)", column.type))" as SQL
        }
        return "CAST(json_object(\(list: parts)) AS VARCHAR)"
    }

    /// A column's value out of such an object, in the column's own type.
    ///
    /// NULL where the object has `null` and where it has no such key; fails where the text is none of the type.
    /// - Parameter raw: gives the object's text.
    package static func value(of column: ResultColumn, in raw: SQL) -> SQL {
        let place: SQL = "\(literal: pointer(to: column.name))"
        let type = SQL(verbatim: column.type.description)
        let text: SQL = "CAST((\(raw) ->> \(place)) AS \(type))"
        guard column.type.isNestedInJSON else { return column.type == .varchar ? "(\(raw) ->> \(place))" : text }
        return """
            CASE WHEN json_type(\(raw), \(place)) = 'VARCHAR' THEN \(text) \
            WHEN (\(raw) ->> \(place)) IS NOT NULL THEN CAST((\(raw) -> \(place)) AS \(type)) END
            """
    }

    private static func encoded(_ value: SQL, _ type: LogicalType) -> SQL {
        let text: SQL = "CAST(\(value) AS VARCHAR)"
        if type.isFloating { return "CASE WHEN isfinite(\(value)) THEN to_json(\(value)) ELSE to_json(\(text)) END" }
        return type.isExactInJSON || type.isNestedInJSON ? value : text
    }

    /// RFC 6901: a name may hold quotes and dots, which a path cannot.
    static func pointer(to name: String) -> String {
        "/"
            + name.split(separator: "~", omittingEmptySubsequences: false).joined(separator: "~0")
            .split(separator: "/", omittingEmptySubsequences: false).joined(separator: "~1")
    }
}

extension LogicalType {
    /// Whether JSON has a value of its own for each of the type's.
    fileprivate var isExactInJSON: Bool {
        switch self {
        case .boolean, .tinyint, .smallint, .integer, .bigint, .utinyint, .usmallint, .uinteger, .ubigint, .varchar:
            true
        // JSON's numbers are read as Doubles, which hold fifteen digits.
        case .decimal(let width, _): width <= 15
        default: false
        }
    }

    /// Whether JSON's lists and objects hold all there is.
    fileprivate var isNestedInJSON: Bool {
        switch self {
        case .list(let element): element.isPartInJSON
        case .structure(let fields): fields.allSatisfy(\.type.isPartInJSON)
        case .union: true
        default: false
        }
    }

    private var isPartInJSON: Bool {
        switch self {
        case .date, .timestamp: true
        default: isExactInJSON || isFloating || isNestedInJSON
        }
    }
}
