/// The whole numbers that DuckDB's vectors hold, by the type of Swift that reads them.
package enum StoredInteger: Hashable, Sendable {
    case int8, int16, int32, int64, int128, uint8, uint16, uint32, uint64, uint128

    /// What a type of whole numbers is kept in; `nil` for other types.
    package init?(_ type: LogicalType) {
        switch type {
        case .tinyint: self = .int8
        case .smallint: self = .int16
        case .integer: self = .int32
        case .bigint: self = .int64
        case .hugeint: self = .int128
        case .utinyint: self = .uint8
        case .usmallint: self = .uint16
        case .uinteger: self = .uint32
        case .ubigint: self = .uint64
        case .uhugeint: self = .uint128
        default: return nil
        }
    }

    /// What a decimal of so many digits is kept in, without its point.
    package init(decimalOf width: Int) {
        switch width {
        case ...4: self = .int16
        case ...9: self = .int32
        case ...18: self = .int64
        default: self = .int128
        }
    }
}

/// What the number of an enumeration's label is kept in.
package enum LabelIndex: Hashable, Sendable {
    case uint8, uint16, uint32

    /// Follows from how many labels there are.
    package init(of labels: [String]) {
        switch labels.count {
        case ...255: self = .uint8
        case ...65_535: self = .uint16
        default: self = .uint32
        }
    }
}
