import CDuckDB

/// A column's type, as a value that can be compared, printed and taken apart.
public indirect enum LogicalType: Hashable, Sendable {
    case boolean
    case tinyint, smallint, integer, bigint, hugeint
    case utinyint, usmallint, uinteger, ubigint, uhugeint
    case float, double
    case decimal(width: Int, scale: Int)
    case varchar, json, blob, bit, uuid, bignum
    case date, time, timeNanoseconds, timeWithZone, interval
    case timestamp, timestampSeconds, timestampMilliseconds, timestampNanoseconds, timestampWithZone
    case enumeration([String])
    case list(LogicalType)
    case array(LogicalType, count: Int)
    case structure([Field])
    case map(key: LogicalType, value: LogicalType)
    case union([Field])
    /// A type without columns of its own: the type of a bare NULL.
    case null
    /// A type this version of Pintail reads only as text.
    case other(String)

    /// A named part of a structure or union.
    public struct Field: Hashable, Sendable {
        /// What the part is called.
        public let name: String
        /// What the part holds.
        public let type: LogicalType

        /// A named part.
        public init(_ name: String, _ type: LogicalType) {
            self.name = name
            self.type = type
        }
    }
}

extension LogicalType {
    /// Reads the type from DuckDB's handle, which stays the caller's.
    init(_ handle: duckdb_logical_type?) {
        let id = unsafe duckdb_get_type_id(handle)
        if let plain = Self.plain[id.rawValue] {
            self = unsafe Self.alias(of: handle) == "JSON" ? .json : plain
            return
        }
        self =
            switch id {
            case DUCKDB_TYPE_DECIMAL:
                unsafe .decimal(width: Int(duckdb_decimal_width(handle)), scale: Int(duckdb_decimal_scale(handle)))
            case DUCKDB_TYPE_ENUM: unsafe .enumeration(Self.dictionary(of: handle))
            case DUCKDB_TYPE_LIST: unsafe .list(Self.owned(duckdb_list_type_child_type(handle)))
            case DUCKDB_TYPE_ARRAY:
                unsafe .array(
                    Self.owned(duckdb_array_type_child_type(handle)),
                    count: Int(duckdb_array_type_array_size(handle))
                )
            case DUCKDB_TYPE_MAP:
                unsafe .map(
                    key: Self.owned(duckdb_map_type_key_type(handle)),
                    value: Self.owned(duckdb_map_type_value_type(handle))
                )
            case DUCKDB_TYPE_STRUCT:
                unsafe .structure(
                    (0..<duckdb_struct_type_child_count(handle)).map { index in
                        unsafe Field(
                            Self.text(duckdb_struct_type_child_name(handle, index)),
                            Self.owned(duckdb_struct_type_child_type(handle, index))
                        )
                    }
                )
            case DUCKDB_TYPE_UNION:
                unsafe .union(
                    (0..<duckdb_union_type_member_count(handle)).map { index in
                        unsafe Field(
                            Self.text(duckdb_union_type_member_name(handle, index)),
                            Self.owned(duckdb_union_type_member_type(handle, index))
                        )
                    }
                )
            default: unsafe .other(Self.alias(of: handle) ?? "type \(id.rawValue)")
            }
    }

    /// Types that have no parts, by DuckDB's number for them.
    private static let plain: [UInt32: LogicalType] = [
        DUCKDB_TYPE_BOOLEAN.rawValue: .boolean,
        DUCKDB_TYPE_TINYINT.rawValue: .tinyint, DUCKDB_TYPE_SMALLINT.rawValue: .smallint,
        DUCKDB_TYPE_INTEGER.rawValue: .integer, DUCKDB_TYPE_BIGINT.rawValue: .bigint,
        DUCKDB_TYPE_HUGEINT.rawValue: .hugeint,
        DUCKDB_TYPE_UTINYINT.rawValue: .utinyint, DUCKDB_TYPE_USMALLINT.rawValue: .usmallint,
        DUCKDB_TYPE_UINTEGER.rawValue: .uinteger, DUCKDB_TYPE_UBIGINT.rawValue: .ubigint,
        DUCKDB_TYPE_UHUGEINT.rawValue: .uhugeint,
        DUCKDB_TYPE_FLOAT.rawValue: .float, DUCKDB_TYPE_DOUBLE.rawValue: .double,
        DUCKDB_TYPE_VARCHAR.rawValue: .varchar, DUCKDB_TYPE_BLOB.rawValue: .blob, DUCKDB_TYPE_BIT.rawValue: .bit,
        DUCKDB_TYPE_UUID.rawValue: .uuid, DUCKDB_TYPE_BIGNUM.rawValue: .bignum,
        DUCKDB_TYPE_DATE.rawValue: .date, DUCKDB_TYPE_TIME.rawValue: .time,
        DUCKDB_TYPE_TIME_NS.rawValue: .timeNanoseconds, DUCKDB_TYPE_TIME_TZ.rawValue: .timeWithZone,
        DUCKDB_TYPE_INTERVAL.rawValue: .interval,
        DUCKDB_TYPE_TIMESTAMP.rawValue: .timestamp, DUCKDB_TYPE_TIMESTAMP_S.rawValue: .timestampSeconds,
        DUCKDB_TYPE_TIMESTAMP_MS.rawValue: .timestampMilliseconds,
        DUCKDB_TYPE_TIMESTAMP_NS.rawValue: .timestampNanoseconds,
        DUCKDB_TYPE_TIMESTAMP_TZ.rawValue: .timestampWithZone,
        DUCKDB_TYPE_SQLNULL.rawValue: .null,
    ]

    /// Reads a handle that DuckDB made for us, and frees it.
    static func owned(_ handle: duckdb_logical_type?) -> LogicalType {
        var handle = unsafe handle
        defer { unsafe duckdb_destroy_logical_type(&handle) }
        return unsafe LogicalType(handle)
    }

    private static func dictionary(of handle: duckdb_logical_type?) -> [String] {
        unsafe (0..<duckdb_enum_dictionary_size(handle)).map { index in
            unsafe text(duckdb_enum_dictionary_value(handle, idx_t(index)))
        }
    }

    private static func alias(of handle: duckdb_logical_type?) -> String? {
        guard let alias = unsafe duckdb_logical_type_get_alias(handle) else { return nil }
        return unsafe text(alias)
    }

    /// Takes over a C string that DuckDB allocated.
    private static func text(_ pointer: UnsafeMutablePointer<CChar>?) -> String {
        guard let pointer = unsafe pointer else { return "" }
        defer { unsafe duckdb_free(pointer) }
        return unsafe String(cString: pointer)
    }
}

extension LogicalType: CustomStringConvertible {
    /// The type as DuckDB's SQL spells it.
    public var description: String {
        switch self {
        case .boolean: "BOOLEAN"
        case .tinyint: "TINYINT"
        case .smallint: "SMALLINT"
        case .integer: "INTEGER"
        case .bigint: "BIGINT"
        case .hugeint: "HUGEINT"
        case .utinyint: "UTINYINT"
        case .usmallint: "USMALLINT"
        case .uinteger: "UINTEGER"
        case .ubigint: "UBIGINT"
        case .uhugeint: "UHUGEINT"
        case .float: "FLOAT"
        case .double: "DOUBLE"
        case .decimal(let width, let scale): "DECIMAL(\(width),\(scale))"
        case .varchar: "VARCHAR"
        case .json: "JSON"
        case .blob: "BLOB"
        case .bit: "BIT"
        case .uuid: "UUID"
        case .bignum: "BIGNUM"
        case .date: "DATE"
        case .time: "TIME"
        case .timeNanoseconds: "TIME_NS"
        case .timeWithZone: "TIME WITH TIME ZONE"
        case .interval: "INTERVAL"
        case .timestamp: "TIMESTAMP"
        case .timestampSeconds: "TIMESTAMP_S"
        case .timestampMilliseconds: "TIMESTAMP_MS"
        case .timestampNanoseconds: "TIMESTAMP_NS"
        case .timestampWithZone: "TIMESTAMP WITH TIME ZONE"
        case .enumeration(let values):
            SQL.Interpolation.joined("ENUM(", values.map { "\(literal: $0)" as SQL })
        case .list(let element): "\(element)[]"
        case .array(let element, let count): "\(element)[\(count)]"
        case .structure(let fields): SQL.Interpolation.joined("STRUCT(", fields.map(\.sql))
        case .map(let key, let value): "MAP(\(key), \(value))"
        case .union(let fields): SQL.Interpolation.joined("UNION(", fields.map(\.sql))
        case .null: "\"NULL\""
        case .other(let name): name
        }
    }

    /// Whether arithmetic is possible on values of the type.
    public var isNumeric: Bool {
        switch self {
        case .float, .double, .decimal: true
        default: isInteger
        }
    }

    /// Whether values are whole numbers.
    public var isInteger: Bool {
        switch self {
        case .tinyint, .smallint, .integer, .bigint, .hugeint, .utinyint, .usmallint, .uinteger, .ubigint, .uhugeint:
            true
        default: false
        }
    }
}

extension LogicalType.Field {
    fileprivate var sql: SQL { "\(identifier: name) \(SQL(verbatim: type.description))" }
}

extension SQL.Interpolation {
    fileprivate static func joined(_ opening: String, _ parts: [SQL]) -> String {
        opening + parts.map(\.text).joined(separator: ", ") + ")"
    }
}
