package import DuckDB

/// How values of one type get into a column of another.
package enum Conversion: Hashable, Sendable {
    /// The encoder takes them as they are.
    case direct
    /// The query casts them to this type first; a value that does not fit fails there.
    case cast(LogicalType)
    /// The query turns them into a JSON document first.
    case document

    /// Finds the way; `nil` when there is none that keeps the meaning.
    package init?(from source: LogicalType, to target: PostgresType) {
        if FieldEncoding(source, to: target) != nil {
            self = .direct
        } else if target == .json || target == .jsonb {
            self = .document
        } else if let stepping = Self.steppingStone(from: source, to: target),
            FieldEncoding(stepping, to: target) != nil
        {
            self = .cast(stepping)
        } else {
            return nil
        }
    }

    /// The DuckDB type that a value is cast to, so that the encoder can take it.
    private static func steppingStone(from source: LogicalType, to target: PostgresType) -> LogicalType? {
        if target.isText { return source == .blob ? nil : .varchar }
        if case .numeric = target { return numericStone(from: source) }
        if case .array(let element, _) = target { return listStone(from: source, to: element) }
        guard let native = target.native, source.casts(to: native) else { return nil }
        return native
    }

    /// Numbers without a fixed size travel as text, so that no digit is lost.
    private static func numericStone(from source: LogicalType) -> LogicalType? {
        switch source {
        case .float, .double, .bignum, .enumeration: .varchar
        case .boolean: .integer
        default: nil
        }
    }

    private static func listStone(from source: LogicalType, to element: PostgresType) -> LogicalType? {
        guard let (inner, length) = source.listed else { return source == .varchar ? .list(.varchar) : nil }
        let stone: LogicalType
        if inner.listed != nil {
            guard let nested = listStone(from: inner, to: element) else { return nil }
            stone = nested
        } else if FieldEncoding(inner, to: element) != nil {
            stone = inner
        } else {
            guard let nested = steppingStone(from: inner, to: element) else { return nil }
            stone = nested
        }
        return length.map { .array(stone, count: $0) } ?? .list(stone)
    }

    /// The projection of a column that its target can take.
    package func expression(for column: String) -> SQL {
        switch self {
        case .direct: "\(identifier: column)"
        case .cast(let type):
            "CAST(\(identifier: column) AS \(SQL(verbatim: type.description))) AS \(identifier: column)"
        case .document: "to_json(\(identifier: column)) AS \(identifier: column)"
        }
    }

    /// The type of the values after the conversion.
    package func result(of source: LogicalType) -> LogicalType {
        switch self {
        case .direct: source
        case .cast(let type): type
        case .document: .json
        }
    }
}

/// The projection that a query needs for a column to be copied into a target; `nil` when the types do not meet.
package func sourceExpression(for column: ResultColumn, to type: PostgresType) -> SQL? {
    Conversion(from: column.type, to: type)?.expression(for: column.name)
}

extension PostgresType {
    /// DuckDB's type with the same values.
    fileprivate var native: LogicalType? {
        switch self {
        case .boolean: .boolean
        case .smallint: .smallint
        case .integer: .integer
        case .bigint: .bigint
        case .real: .float
        case .double: .double
        case .bytea: .blob
        case .bit, .bitVarying: .bit
        case .date: .date
        case .time: .time
        case .timeWithZone: .timeWithZone
        case .timestamp, .timestampWithZone: .timestamp
        case .interval: .interval
        case .uuid: .uuid
        default: nil
        }
    }
}

extension LogicalType {
    /// Whether a cast says the same in another type, for the values that fit.
    fileprivate func casts(to other: LogicalType) -> Bool {
        switch (self, other) {
        case (.varchar, .blob), (.blob, _): false
        case (.varchar, _), (.enumeration, _): true
        case (.date, .timestamp), (.timestamp, .date), (.timestampWithZone, .date): true
        case (.boolean, _): other.isNumeric
        default: (isNumeric || self == .bignum) && (other.isNumeric || other == .boolean)
        }
    }
}
