import DuckDB

/// Tells of a text, as it stands in a file, that it is a value of the type the user gave; of the others nothing is known.
///
/// Reads as the function does that converts the column, so that a text it takes is no misfit.
enum TypeTest: Hashable {
    case integer(ClosedRange<Int64>)
    case double
    case date
    case timestamp

    /// The test for a conversion; `nil` where only DuckDB can tell.
    init?(_ conversion: Conversion) {
        guard case .given(let type, from: .varchar, let comma) = conversion else { return nil }
        switch type {
        case .tinyint: self = .integer(Int64(Int8.min)...Int64(Int8.max))
        case .smallint: self = .integer(Int64(Int16.min)...Int64(Int16.max))
        case .integer: self = .integer(Int64(Int32.min)...Int64(Int32.max))
        case .bigint: self = .integer(.min ... .max)
        case .utinyint: self = .integer(0...Int64(UInt8.max))
        case .usmallint: self = .integer(0...Int64(UInt16.max))
        case .uinteger: self = .integer(0...Int64(UInt32.max))
        case .double where !comma: self = .double
        case .date: self = .date
        case .timestamp: self = .timestamp
        default: return nil
        }
    }

    /// Whether the text is a value of the type.
    func takes(_ text: Span<UInt8>) -> Bool {
        switch self {
        case .integer(let range): NumberText.lenientInteger(text).map(range.contains) ?? false
        case .double: NumberText.lenientDouble(text) != nil
        case .date: DateText.lenientDate(text) != nil
        case .timestamp: DateText.lenientTimestamp(text) != nil
        }
    }
}
