import DuckDB

/// What a text can be read as without losing anything.
enum TextKind: Int, CaseIterable, Sendable {
    case boolean, integer, hugeInteger, double, decimalComma, date, timestamp, zonedTimestamp, time

    /// The kind's place in a set of kinds.
    var bit: UInt64 { 1 << UInt64(rawValue) }

    /// The type its values have in a table.
    var type: LogicalType {
        switch self {
        case .boolean: .boolean
        case .integer: .bigint
        case .hugeInteger: .hugeint
        case .double, .decimalComma: .double
        case .date: .date
        case .timestamp: .timestamp
        case .zonedTimestamp: .timestampWithZone
        case .time: .time
        }
    }

    /// What the kind's functions are called in SQL.
    var name: String {
        switch self {
        case .boolean: "boolean"
        case .integer: "integer"
        case .hugeInteger: "hugeint"
        case .double: "double"
        case .decimalComma: "double_comma"
        case .date: "date"
        case .timestamp: "timestamp"
        case .zonedTimestamp: "timestamptz"
        case .time: "time"
        }
    }

    /// The kinds that a text fits, as a set of bits; those of ``ForeignNumbers`` besides.
    static func all(of text: Span<UInt8>) -> UInt64 {
        guard text.count > 0 else { return 0 }
        switch text[0] {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ","):
            let kinds = numbers(text)
            return kinds | times(text) | ForeignNumbers.bits(of: text, kinds: kinds)
        default:
            return words(text)
        }
    }

    private static func numbers(_ text: Span<UInt8>) -> UInt64 {
        var kinds: UInt64 = 0
        if NumberText.integer(text) != nil {
            kinds |= TextKind.integer.bit | TextKind.hugeInteger.bit
        } else if text.count > 18, NumberText.hugeInteger(text) != nil {
            kinds |= TextKind.hugeInteger.bit
        }
        if NumberText.double(text) != nil { kinds |= TextKind.double.bit }
        if NumberText.double(text, point: UInt8(ascii: ",")) != nil { kinds |= TextKind.decimalComma.bit }
        return kinds
    }

    private static func times(_ text: Span<UInt8>) -> UInt64 {
        guard text.count >= 8 else { return 0 }
        if text[2] == UInt8(ascii: ":") { return DateText.time(text) != nil ? TextKind.time.bit : 0 }
        if DateText.date(text) != nil { return TextKind.date.bit | TextKind.timestamp.bit }
        if DateText.timestamp(text) != nil { return TextKind.timestamp.bit }
        return DateText.zonedTimestamp(text) != nil ? TextKind.zonedTimestamp.bit : 0
    }

    private static func words(_ text: Span<UInt8>) -> UInt64 {
        if boolean(text) != nil { return TextKind.boolean.bit }
        if NumberText.double(text) != nil { return TextKind.double.bit | TextKind.decimalComma.bit }
        return 0
    }

    /// `true` and `false`, in any case.
    @inline(__always)
    static func boolean(_ text: Span<UInt8>) -> Bool? {
        func says(_ word: StaticString) -> Bool {
            guard text.count == word.utf8CodeUnitCount else { return false }
            return (0..<text.count).allSatisfy { unsafe text[$0] | 0x20 == word.utf8Start[$0] }
        }
        if says("true") { return true }
        return says("false") ? false : nil
    }
}
