package import DuckDB

/// The type of a Postgres column, as far as Pintail can write it.
package indirect enum PostgresType: Hashable, Sendable {
    case boolean
    case smallint, integer, bigint
    case real, double
    /// Without precision it holds any number of digits.
    case numeric(precision: Int?, scale: Int)
    case text, name, xml
    /// Text whose letters' case counts for nothing, by its name as SQL: its extension may be in any schema.
    case citext(String)
    case varchar(Int?)
    case character(Int?)
    case bytea
    case bit(Int?)
    case bitVarying(Int?)
    case date, time, timeWithZone, timestamp, timestampWithZone, interval
    case uuid, json, jsonb
    /// An enumeration, by its name as SQL.
    case enumeration(String)
    /// An array; its number of dimensions is a matter of each value.
    case array(PostgresType, elementOID: UInt32)
    /// A type that Pintail cannot write, by its name as SQL.
    case other(String)
}

extension PostgresType {
    /// The type a new column gets for what DuckDB holds.
    package init(for type: LogicalType) {
        self =
            switch type {
            case .boolean: .boolean
            case .tinyint, .utinyint, .smallint: .smallint
            case .usmallint, .integer: .integer
            case .uinteger, .bigint: .bigint
            case .ubigint: .numeric(precision: 20, scale: 0)
            case .hugeint, .uhugeint, .bignum: .numeric(precision: nil, scale: 0)
            case .float: .real
            case .double: .double
            case .decimal(let width, let scale): .numeric(precision: width, scale: scale)
            case .varchar, .enumeration, .null, .other: .text
            case .json, .structure, .map, .union: .jsonb
            case .blob: .bytea
            case .bit: .bitVarying(nil)
            case .uuid: .uuid
            case .date: .date
            case .time, .timeNanoseconds: .time
            case .timeWithZone: .timeWithZone
            case .interval: .interval
            case .timestamp, .timestampSeconds, .timestampMilliseconds, .timestampNanoseconds: .timestamp
            case .timestampWithZone: .timestampWithZone
            case .list(let element), .array(let element, _): Self.array(of: element)
            }
    }

    /// Structures have no place in an array: a list of them becomes one JSON document.
    private static func array(of element: LogicalType) -> PostgresType {
        switch PostgresType(for: element) {
        case .jsonb where element != .json: .jsonb
        case .array(let inner, let oid): .array(inner, elementOID: oid)
        case let type: .array(type, elementOID: type.oid ?? 0)
        }
    }

    /// The server's fixed number for the type; `nil` when it differs from database to database.
    package var oid: UInt32? {
        switch self {
        case .boolean: 16
        case .bytea: 17
        case .name: 19
        case .bigint: 20
        case .smallint: 21
        case .integer: 23
        case .text: 25
        case .json: 114
        case .xml: 142
        case .real: 700
        case .double: 701
        case .character: 1042
        case .varchar: 1043
        case .date: 1082
        case .time: 1083
        case .timestamp: 1114
        case .timestampWithZone: 1184
        case .interval: 1186
        case .timeWithZone: 1266
        case .bit: 1560
        case .bitVarying: 1562
        case .numeric: 1700
        case .uuid: 2950
        case .jsonb: 3802
        case .citext, .enumeration, .array, .other: nil
        }
    }
}

extension PostgresType: CustomStringConvertible {
    /// The type as Postgres's SQL spells it.
    package var description: String {
        switch self {
        case .boolean: "boolean"
        case .smallint: "smallint"
        case .integer: "integer"
        case .bigint: "bigint"
        case .real: "real"
        case .double: "double precision"
        case .numeric(nil, _): "numeric"
        case .numeric(let precision?, let scale): "numeric(\(precision),\(scale))"
        case .text: "text"
        case .name: "name"
        case .xml: "xml"
        case .varchar(let length): "character varying" + Self.modifier(length)
        case .character(let length): "character" + Self.modifier(length)
        case .bytea: "bytea"
        case .bit(let length): "bit" + Self.modifier(length)
        case .bitVarying(let length): "bit varying" + Self.modifier(length)
        case .date: "date"
        case .time: "time without time zone"
        case .timeWithZone: "time with time zone"
        case .timestamp: "timestamp without time zone"
        case .timestampWithZone: "timestamp with time zone"
        case .interval: "interval"
        case .uuid: "uuid"
        case .json: "json"
        case .jsonb: "jsonb"
        case .citext(let name), .enumeration(let name), .other(let name): name
        case .array(let element, _): "\(element)[]"
        }
    }

    private static func modifier(_ length: Int?) -> String { length.map { "(\($0))" } ?? "" }

    /// The type as a piece of SQL.
    package var sql: SQL { SQL(verbatim: description) }
}

extension PostgresType {
    /// What the catalog says of a column's type; a domain is given as the type it stands on.
    struct CatalogEntry {
        /// The name in the catalog: int4, numeric, _text.
        var name: String
        /// The name as SQL, with schema and modifier where it needs them.
        var formatted: String
        /// `b` base, `e` enumeration, `c` composite and so on.
        var kind: String
        var modifier: Int
        /// The element's entry and its number, for an array.
        var element: (name: String, formatted: String, kind: String, oid: UInt32)?
    }

    /// Reads a type from the catalog.
    init(_ entry: CatalogEntry) {
        if let element = entry.element {
            let type = PostgresType(
                CatalogEntry(
                    name: element.name,
                    formatted: element.formatted,
                    kind: element.kind,
                    modifier: entry.modifier
                )
            )
            self = .array(type, elementOID: element.oid)
        } else if entry.kind == "e" {
            self = .enumeration(entry.formatted)
        } else if entry.name == "citext" {
            self = .citext(entry.formatted)
        } else {
            self = Self.named(entry.name, modifier: entry.modifier) ?? .other(entry.formatted)
        }
    }

    private static func named(_ name: String, modifier: Int) -> PostgresType? {
        // The modifier of texts and numerics is 4 more than what was written.
        let length = modifier >= 4 ? modifier - 4 : nil
        return switch name {
        case "varchar": .varchar(length)
        case "bpchar": .character(length)
        case "numeric": length.map { .numeric(precision: $0 >> 16, scale: Self.scale($0)) } ?? .anyNumeric
        case "bit": .bit(modifier > 0 ? modifier : nil)
        case "varbit": .bitVarying(modifier > 0 ? modifier : nil)
        default: Self.plain[name]
        }
    }

    /// A scale is stored in 11 bits and may be negative.
    ///
    /// https://www.postgresql.org/docs/15/datatype-numeric.html
    private static func scale(_ modifier: Int) -> Int { ((modifier & 0x7FF) ^ 1024) - 1024 }

    /// A number with any count of digits.
    package static let anyNumeric = PostgresType.numeric(precision: nil, scale: 0)

    private static let plain: [String: PostgresType] = [
        "bool": .boolean, "int2": .smallint, "int4": .integer, "int8": .bigint, "float4": .real, "float8": .double,
        "text": .text, "name": .name, "xml": .xml, "bytea": .bytea, "date": .date, "time": .time,
        "timetz": .timeWithZone, "timestamp": .timestamp, "timestamptz": .timestampWithZone, "interval": .interval,
        "uuid": .uuid, "json": .json, "jsonb": .jsonb,
    ]
}
