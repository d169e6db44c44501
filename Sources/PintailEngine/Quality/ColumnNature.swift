import DuckDB

/// The kinds of columns that claims tell apart.
enum ColumnNature {
    case text, number, boolean, temporal, binary
    case list, map, structure
    /// UUIDs, bits and whatever else is written as text.
    case other

    /// Whether values have parts.
    var isNested: Bool { self == .list || self == .map || self == .structure }
}

extension LogicalType {
    var nature: ColumnNature {
        switch self {
        case .varchar, .json, .enumeration: .text
        case .boolean: .boolean
        case .date, .time, .timeNanoseconds, .timeWithZone, .interval: .temporal
        case .timestamp, .timestampSeconds, .timestampMilliseconds, .timestampNanoseconds, .timestampWithZone: .temporal
        case .blob: .binary
        case .list, .array: .list
        case .map: .map
        case .structure, .union: .structure
        case .bignum: .number
        case .uuid, .bit, .null, .other: .other
        default: .number
        }
    }

    /// Whether values may be NaN or infinite.
    var isFloating: Bool { self == .float || self == .double }

    /// Whether values are moments that ``Freshness`` can be told from.
    var isMoment: Bool {
        switch self {
        case .date, .timestamp, .timestampSeconds, .timestampMilliseconds, .timestampNanoseconds, .timestampWithZone:
            true
        default: false
        }
    }
}
