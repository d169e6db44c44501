/// What an unquoted scalar means in YAML 1.1 as PyYAML reads it: `yes` is true, `0777` is octal, `1:30` is ninety.
package enum YAMLWords {
    /// The value that a plain scalar writes.
    package static func value(of text: String) -> ConfigValue {
        guard let first = text.utf8.first else { return .null }
        switch first {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            return number(text) ?? .string(text)
        case UInt8(ascii: "~") where text.utf8.count == 1: return .null
        default:
            guard text.utf8.count <= 5 else { return .string(text) }
            return words[text] ?? .string(text)
        }
    }

    private static let words: [String: ConfigValue] = {
        var words: [String: ConfigValue] = ["null": .null, "Null": .null, "NULL": .null]
        for (lower, value) in [
            ("yes", true), ("true", true), ("on", true), ("no", false), ("false", false), ("off", false),
        ] {
            words[lower] = .bool(value)
            words[lower.uppercased()] = .bool(value)
            words[lower.prefix(1).uppercased() + lower.dropFirst()] = .bool(value)
        }
        return words
    }()

    private static func number(_ text: String) -> ConfigValue? {
        if let special = specials[text] { return .double(special) }
        let isNegative = text.hasPrefix("-")
        var body = Array(text.utf8)
        if isNegative || text.hasPrefix("+") { body.removeFirst() }
        guard let first = body.first else { return nil }
        if body.contains(UInt8(ascii: ":")) { return sexagesimal(body).map { .integer(isNegative ? -$0 : $0) } }
        let digits = body.filter { $0 != UInt8(ascii: "_") }
        let sign = isNegative ? "-" : ""
        if first == UInt8(ascii: "0"), digits.count > 1 {
            switch digits[1] {
            case UInt8(ascii: "x"): return integer(sign, digits.dropFirst(2), 16)
            case UInt8(ascii: "b"): return integer(sign, digits.dropFirst(2), 2)
            case UInt8(ascii: "0")...UInt8(ascii: "9") where digits.allSatisfy(isDigit):
                return integer(sign, digits[1...], 8)
            default: break
            }
        }
        if digits.allSatisfy(isDigit), isDigit(first) { return integer(sign, digits[...], 10) }
        guard isFraction(body) else { return nil }
        let plain = sign + String(decoding: digits, as: UTF8.self)
        return Double(plain.hasSuffix(".") ? plain + "0" : plain).map { .double($0) }
    }

    private static func integer(_ sign: String, _ digits: ArraySlice<UInt8>, _ radix: Int) -> ConfigValue? {
        Int(sign + String(decoding: digits, as: UTF8.self), radix: radix).map { .integer($0) }
    }

    private static let specials: [String: Double] = [
        ".inf": .infinity, ".Inf": .infinity, ".INF": .infinity, "+.inf": .infinity, "-.inf": -.infinity,
        "-.Inf": -.infinity, "-.INF": -.infinity, ".nan": .nan, ".NaN": .nan, ".NAN": .nan,
    ]

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    /// Hours and minutes, which YAML 1.1 counts together.
    private static func sexagesimal(_ bytes: [UInt8]) -> Int? {
        let parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard let first = parts.first, let digit = first.first, digit != 0x30,
            parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isDigit) })
        else { return nil }
        var total = 0
        for (place, part) in parts.enumerated() {
            guard let number = Int(String(decoding: part, as: UTF8.self)),
                place == 0 || (number < 60 && part.count <= 2),
                total < Int.max / 100
            else { return nil }
            total = total * 60 + number
        }
        return total
    }

    /// Digits with a point; an exponent only behind one, and with its sign.
    private static func isFraction(_ bytes: [UInt8]) -> Bool {
        guard let point = bytes.firstIndex(of: 0x2E), point + 1 < bytes.count || point > 0 else { return false }
        guard bytes[..<point].allSatisfy({ isDigit($0) || $0 == 0x5F }) else { return false }
        if point == 0, !bytes.dropFirst().prefix(1).allSatisfy(isDigit) { return false }
        var rest = bytes[(point + 1)...].drop { isDigit($0) || $0 == 0x5F }
        guard let mark = rest.popFirst() else { return true }
        guard mark == 0x65 || mark == 0x45, let sign = rest.popFirst(), sign == 0x2B || sign == 0x2D else {
            return false
        }
        return !rest.isEmpty && rest.allSatisfy(isDigit)
    }
}
