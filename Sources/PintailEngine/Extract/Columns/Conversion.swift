import DuckDB

/// How a source's value becomes a table's.
enum Conversion: Hashable, Sendable {
    /// As it comes.
    case keep
    /// Text that every value so far could be read as.
    case text(TextKind)
    /// Text of which no value was seen; one that turns up asks for another look.
    case unseen
    /// Text that holds days, or days and times, of one form.
    case form(DateForm)
    /// Text in a form that the user described to `strptime`.
    case formatted(String, LogicalType)
    /// The type the user asked for.
    ///
    /// `comma` tells that numbers are written with a decimal comma.
    case given(LogicalType, from: LogicalType, comma: Bool)

    /// The type that comes out of `source`.
    func type(from source: LogicalType) -> LogicalType {
        switch self {
        case .keep, .unseen: source
        case .text(let kind): kind.type
        case .form(let form): form.hasTime ? .timestamp : .date
        case .formatted(_, let type), .given(let type, _, _): type
        }
    }

    /// The value that is converted.
    ///
    /// - Parameters:
    ///   - emptyIsNoValue: Whether an empty text is one in columns of text alone.
    ///   - grouping: How numbers are written whose digits stand in groups.
    func input(_ value: SQL, emptyIsNoValue: Bool, grouping: NumberGrouping? = nil) -> SQL {
        let value: SQL = emptyIsNoValue && type(from: .varchar) != .varchar ? "nullif(\(value), '')" : value
        guard let grouping, readsNumbers else { return value }
        return "(\(grouping.ungrouped(value)))"
    }

    private var readsNumbers: Bool {
        switch self {
        case .text(let kind): kind.type.isNumeric
        case .given(let type, from: .varchar, _): type.isNumeric
        default: false
        }
    }

    /// SQL that converts, and stops the statement at a value that does not fit.
    ///
    /// - Parameter place: what the error calls the column, where the user may see it.
    func strict(_ value: SQL, naming place: String? = nil) -> SQL {
        switch self {
        case .keep: value
        case .text(let kind):
            if let place {
                "\(SQL(verbatim: "pintail_\(kind.name)_of"))(\(value), \(literal: place))"
            } else {
                "\(SQL(verbatim: "pintail_" + kind.name))(\(value))"
            }
        case .unseen:
            """
            CASE WHEN coalesce(\(value), '') = '' THEN \(value) ELSE \
            error(\(literal: (place ?? Self.unnamed) + " has a value, but ") || \(literal: Self.lateValue))::VARCHAR END
            """
        case .form(let form):
            if let place {
                """
                \(SQL(verbatim: "pintail_form_" + (form.hasTime ? "timestamp" : "date") + "_of"))\
                (\(value), \(literal: form.index), \(literal: place))
                """
            } else {
                "\(SQL(verbatim: form.hasTime ? "pintail_form_timestamp" : "pintail_form_date"))(\(value), \(literal: form.index))"
            }
        case .formatted, .given:
            """
            CASE WHEN \(value) IS NULL THEN NULL ELSE coalesce(\(lenient(value)), \
            CAST(error(\(literal: (place ?? Self.unnamed) + ": '") || CAST(\(value) AS VARCHAR) || \
            \(literal: "' " + StrictText.misfitMarker)) AS \(typeSQL))) END
            """
        }
    }

    /// What a column is called where nobody sees the error.
    private static let unnamed = "a column"
    private static let lateValue = """
        \(StrictText.marker), which have none; settle it in 'types:', or use 'strategy: eager'
        """

    /// SQL that converts, and gives NULL for a value that does not fit.
    func lenient(_ value: SQL) -> SQL {
        switch self {
        case .keep, .unseen: value
        case .text(let kind): "\(SQL(verbatim: "pintail_try_" + kind.name))(\(value))"
        case .form(let form):
            "\(SQL(verbatim: form.hasTime ? "pintail_try_form_timestamp" : "pintail_try_form_date"))(\(value), \(literal: form.index))"
        case .formatted(let format, let type):
            "CAST(try_strptime(\(value), \(literal: format)) AS \(SQL(verbatim: type.description)))"
        case .given(let type, let source, let comma):
            switch source {
            case .varchar where comma && type.isNumeric: SafeCast.fromText("replace(\(value), ',', '.')", to: type)
            case .varchar: SafeCast.fromText(value, to: type)
            default: SafeCast.from(source, value, to: type)
            }
        }
    }

    /// SQL that is true of a value that does not fit.
    func misfit(_ value: SQL) -> SQL? {
        switch self {
        case .keep, .unseen: nil
        default: "(\(value) IS NOT NULL AND \(lenient(value)) IS NULL)"
        }
    }

    private var typeSQL: SQL {
        switch self {
        case .keep, .unseen: "VARCHAR"
        case .text(let kind): SQL(verbatim: kind.type.description)
        case .form(let form): form.hasTime ? "TIMESTAMP" : "DATE"
        case .formatted(_, let type), .given(let type, _, _): SQL(verbatim: type.description)
        }
    }
}

/// Casts that give NULL where DuckDB's own would round, cut or drop a part of the value.
enum SafeCast {
    /// From text, with spaces around it and leading zeros allowed.
    static func fromText(_ value: SQL, to type: LogicalType) -> SQL {
        let target = SQL(verbatim: type.description)
        let trimmed: SQL = "trim(\(value), \(literal: " \t\r\n"))"
        switch type {
        case .varchar: return value
        case .tinyint, .smallint, .integer, .bigint, .utinyint, .usmallint, .uinteger:
            return "TRY_CAST(pintail_lenient_integer(\(value)) AS \(target))"
        case .hugeint, .ubigint, .uhugeint:
            return "CASE WHEN regexp_full_match(\(trimmed), '[+-]?[0-9]+') THEN TRY_CAST(\(trimmed) AS \(target)) END"
        case .float, .double: return "CAST(pintail_lenient_double(\(value)) AS \(target))"
        case .decimal(_, let scale):
            let form = "[+-]?[0-9]*(\\.[0-9]{0,\(scale)}0*)?"
            return
                "CASE WHEN regexp_full_match(\(trimmed), \(literal: form)) THEN TRY_CAST(\(trimmed) AS \(target)) END"
        case .date: return "pintail_lenient_date(\(value))"
        case .timestamp: return "pintail_lenient_timestamp(\(value))"
        case .timestampWithZone:
            return "coalesce(pintail_try_timestamptz(\(trimmed)), TRY_CAST(\(trimmed) AS \(target)))"
        default: return "TRY_CAST(\(trimmed) AS \(target))"
        }
    }

    /// From a typed value: what is cast back must be what it was.
    static func from(_ source: LogicalType, _ value: SQL, to type: LogicalType) -> SQL {
        let target = SQL(verbatim: type.description)
        let cast: SQL = "TRY_CAST(\(value) AS \(target))"
        switch (source, type) {
        case _ where source == type: return value
        case (_, .varchar), (_, .json), (_, .float), (_, .double): return cast
        case (.list, _), (.structure, _), (.map, _), (.json, _): return cast
        default: return "CASE WHEN CAST(\(cast) AS \(SQL(verbatim: source.description))) = \(value) THEN \(cast) END"
        }
    }
}
