import DuckDB
import PintailProject

/// Numbers whose digits stand in groups of three: `1,234.5`, or `1.234,5` where the comma is the decimal one.
struct NumberGrouping: Hashable, Sendable {
    let separator: String
    let point: String

    /// `nil` when the dialect has no such numbers.
    init?(_ dialect: CSVDialect) {
        guard let separator = dialect.thousands else { return nil }
        self.separator = separator
        point = dialect.decimalSeparator ?? "."
    }

    /// A text without its separators, if they stand where a number has them; any other as it is.
    func ungrouped(_ value: SQL) -> SQL {
        let form = "\\s*[+-]?[0-9]{1,3}(\(Self.escaped(separator))[0-9]{3})+(\(Self.escaped(point))[0-9]*)?\\s*"
        return """
            CASE WHEN regexp_full_match(\(value), \(literal: form)) THEN replace(\(value), \(literal: separator), '') \
            ELSE \(value) END
            """
    }

    private static func escaped(_ character: String) -> String {
        character.utf8.count == 1 ? "[\(["^", "\\", "]"].contains(character) ? "\\" : "")\(character)]" : character
    }
}

/// Ways of writing numbers that a file may have and its dialect does not name: bits beside those of ``TextKind``.
enum ForeignNumbers {
    static let groupedByComma: UInt64 = 1 << 20
    static let groupedByPoint: UInt64 = 1 << 21

    /// The bits of a text whose kinds are known.
    @inline(__always)
    static func bits(of text: Span<UInt8>, kinds: UInt64) -> UInt64 {
        let comma = UInt8(ascii: ",")
        let point = UInt8(ascii: ".")
        var bits: UInt64 = 0
        if kinds & TextKind.double.bit != 0 || isGrouped(text, by: comma, point) { bits |= groupedByComma }
        if kinds & TextKind.decimalComma.bit != 0 || isGrouped(text, by: point, comma) { bits |= groupedByPoint }
        return bits
    }

    /// What to say in the dialect so that texts with these bits are numbers; `nil` when nothing makes them so.
    static func advice(on kinds: UInt64, _ dialect: CSVDialect) -> String? {
        guard dialect.thousands == nil else { return nil }
        let comma = "decimal_separator: \",\""
        guard dialect.decimalSeparator != "," else {
            return kinds & groupedByPoint != 0 ? "thousands: \".\"" : nil
        }
        if kinds & TextKind.decimalComma.bit != 0 {
            return kinds & groupedByComma != 0 ? "\(comma)} or {thousands: \",\"" : comma
        }
        if kinds & groupedByPoint != 0 { return "\(comma), thousands: \".\"" }
        return kinds & groupedByComma != 0 ? "thousands: \",\"" : nil
    }

    /// Whether a text is a number in groups of three digits, two groups at least.
    private static func isGrouped(_ text: Span<UInt8>, by separator: UInt8, _ point: UInt8) -> Bool {
        var index = text[0] == UInt8(ascii: "-") ? 1 : 0
        let first = digits(text, from: index)
        guard (1...3).contains(first), text[index] != UInt8(ascii: "0") else { return false }
        index += first
        guard index < text.count, text[index] == separator else { return false }
        while index < text.count, text[index] == separator {
            guard digits(text, from: index + 1) == 3 else { return false }
            index += 4
        }
        guard index < text.count else { return true }
        return text[index] == point && index + 1 + digits(text, from: index + 1) == text.count
    }

    private static func digits(_ text: Span<UInt8>, from start: Int) -> Int {
        var index = start
        while index < text.count, text[index] &- UInt8(ascii: "0") <= 9 { index += 1 }
        return max(0, index - start)
    }
}
