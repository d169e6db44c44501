/// What an unquoted scalar means: YAML 1.2's core schema, where `yes` and `on` are texts.
///
/// https://yaml.org/spec/1.2.2/#1032-tag-resolution. Digits with a leading zero stay a text, since what begins so is a
/// code and not a count; a whole number beyond 64 bits stays one too, so that no digit is lost.
enum ScalarResolution {
    static func resolve(_ text: String) -> ConfigNode.Content {
        switch text {
        case "", "~", "null", "Null", "NULL": .null
        case "true", "True", "TRUE": .scalar(.boolean(true))
        case "false", "False", "FALSE": .scalar(.boolean(false))
        default: number(text).map { .scalar($0) } ?? .scalar(.text(text))
        }
    }

    /// The number a text writes, if it does.
    static func number(_ text: String) -> Scalar? {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, isDigit(first) || "+-.".utf8.contains(first) else { return nil }
        if let special = specials[text] { return .number(special) }
        if text.hasPrefix("0x") { return Int64(text.dropFirst(2), radix: 16).map { .integer($0) } }
        if text.hasPrefix("0o") { return Int64(text.dropFirst(2), radix: 8).map { .integer($0) } }
        let digits = first == 0x2B || first == 0x2D ? bytes.dropFirst() : bytes[...]
        guard let firstDigit = digits.first else { return nil }
        if firstDigit == 0x30, let second = digits.dropFirst().first, isDigit(second) { return nil }
        if digits.allSatisfy(isDigit) { return Int64(text).map { .integer($0) } }
        guard isDecimal(digits), let number = Double(text.hasSuffix(".") ? text + "0" : text) else { return nil }
        return .number(number)
    }

    private static let specials: [String: Double] = [
        ".inf": .infinity, ".Inf": .infinity, ".INF": .infinity, "+.inf": .infinity, "-.inf": -.infinity,
        "-.Inf": -.infinity, "-.INF": -.infinity, ".nan": .nan, ".NaN": .nan, ".NAN": .nan,
    ]

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    /// Digits, a point and an exponent: `(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`.
    private static func isDecimal(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        let whole = rest.prefix(while: isDigit)
        rest = rest.dropFirst(whole.count)
        var fraction = 0
        if rest.first == 0x2E {
            rest = rest.dropFirst()
            fraction = rest.prefix(while: isDigit).count
            rest = rest.dropFirst(fraction)
        }
        guard whole.count + fraction > 0 else { return false }
        guard let mark = rest.first else { return true }
        guard mark == 0x65 || mark == 0x45 else { return false }
        rest = rest.dropFirst()
        if let sign = rest.first, sign == 0x2B || sign == 0x2D { rest = rest.dropFirst() }
        return !rest.isEmpty && rest.allSatisfy(isDigit)
    }
}
