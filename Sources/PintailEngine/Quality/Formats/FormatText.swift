import DuckDB

/// Tells whether a text has the form of an address, and which functions ask that in SQL.
///
/// DuckDB's texts are valid UTF-8. What each form is stands in docs/checks.md, in the same words as here.
enum FormatText {
    /// `pintail_is_email` and so on.
    static let functions = [
        function("email", isEmail), function("url", isURL), function("uuid", isUUID), function("ipv4", isIPv4),
        function("ipv6", isIPv6), function("hostname") { isHostname($0) },
    ]

    private static func function(
        _ name: String,
        _ has: @escaping @Sendable (Span<UInt8>) -> Bool
    ) -> ScalarFunction {
        .ofText("pintail_is_" + name, returns: .boolean, has)
    }

    /// A local part of up to 64 bytes, `@`, and a host name of two labels or more whose last one is no number.
    ///
    /// The local part is what RFC 5321 calls a dot-string, with letters of any script (RFC 6531); no quotes, no comments.
    static func isEmail(_ text: Span<UInt8>) -> Bool {
        guard text.count <= 254, let at = text.firstPlace(of: UInt8(ascii: "@")), (1...64).contains(at) else {
            return false
        }
        guard isDotString(text.extracting(first: at)) else { return false }
        let host = text.extracting(droppingFirst: at + 1)
        guard let dot = host.lastPlace(of: UInt8(ascii: ".")), isHostname(host) else { return false }
        return !isNumber(host.extracting(droppingFirst: dot + 1))
    }

    private static func isDotString(_ text: Span<UInt8>) -> Bool {
        var wasDot = true
        var scalars = ScalarWalk(text)
        while let scalar = scalars.next() {
            if scalar == "." {
                guard !wasDot else { return false }
                wasDot = true
            } else {
                guard scalar.isLetterOrDigit || isMark(scalar) else { return false }
                wasDot = false
            }
        }
        return !wasDot
    }

    /// The marks that a local part may hold, besides letters and digits.
    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "!", "#", "$", "%", "&", "'", "*", "+", "-", "/", "=", "?", "^", "_", "`", "{", "|", "}", "~": true
        default: false
        }
    }

    /// Labels of 1 to 63 letters, digits and hyphens, none of which begins or ends with a hyphen, with dots between them; up to 253 bytes.
    ///
    /// - Parameter underscores: whether they count as letters, as browsers let them in addresses of pages.
    static func isHostname(_ text: Span<UInt8>, underscores: Bool = false) -> Bool {
        guard (1...253).contains(text.count) else { return false }
        var length = 0
        var last: Unicode.Scalar = "."
        var scalars = ScalarWalk(text)
        while let scalar = scalars.next() {
            switch scalar {
            case ".":
                guard length > 0, last != "-" else { return false }
                length = 0
            case "-": guard length > 0 else { return false }
            case "_": guard underscores else { return false }
            default: guard scalar.isLetterOrDigit else { return false }
            }
            if scalar != "." { length += 1 }
            guard length <= 63 else { return false }
            last = scalar
        }
        return length > 0 && last != "-"
    }

    /// Four numbers from 0 to 255 with dots between them, none with a zero in front.
    static func isIPv4(_ text: Span<UInt8>) -> Bool {
        var numbers = 0
        var index = 0
        while index < text.count {
            let start = index
            var value = 0
            while index < text.count, index - start < 3, let digit = text[index].digit {
                value = value * 10 + digit
                index += 1
            }
            guard index > start, value <= 255, text[start] != UInt8(ascii: "0") || index == start + 1 else {
                return false
            }
            numbers += 1
            guard index < text.count else { break }
            guard text[index] == UInt8(ascii: "."), index + 1 < text.count else { return false }
            index += 1
        }
        return numbers == 4
    }

    /// Eight groups of one to four hexadecimal digits, a run of zero groups as `::`, the last two as IPv4 (RFC 4291); no zone.
    static func isIPv6(_ text: Span<UInt8>) -> Bool {
        var groups = 0
        var hasGap = false
        var index = 0
        if text.count >= 2, text[0] == UInt8(ascii: ":") {
            guard text[1] == UInt8(ascii: ":") else { return false }
            hasGap = true
            index = 2
        }
        while index < text.count {
            let start = index
            while index < text.count, index - start < 4, text[index].isHex { index += 1 }
            if index < text.count, text[index] == UInt8(ascii: ".") {
                guard isIPv4(text.extracting(droppingFirst: start)) else { return false }
                groups += 2
                break
            }
            guard index > start else { return false }
            groups += 1
            guard index < text.count else { break }
            guard text[index] == UInt8(ascii: ":"), index + 1 < text.count else { return false }
            index += 1
            guard text[index] == UInt8(ascii: ":") else { continue }
            guard !hasGap else { return false }
            hasGap = true
            index += 1
        }
        return hasGap ? groups <= 7 : groups == 8
    }

    /// 8-4-4-4-12 hexadecimal digits.
    static func isUUID(_ text: Span<UInt8>) -> Bool {
        guard text.count == 36 else { return false }
        for index in 0..<36 {
            let isHyphen = index == 8 || index == 13 || index == 18 || index == 23
            guard isHyphen ? text[index] == UInt8(ascii: "-") : text[index].isHex else { return false }
        }
        return true
    }

    private static func isNumber(_ text: Span<UInt8>) -> Bool {
        for index in 0..<text.count where text[index].digit == nil { return false }
        return true
    }
}

extension Unicode.Scalar {
    /// A letter, a mark of one, or a digit, of any script.
    fileprivate var isLetterOrDigit: Bool {
        switch self {
        case "a"..."z", "A"..."Z", "0"..."9": true
        case _ where isASCII: false
        default:
            switch properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
                .spacingMark, .decimalNumber:
                true
            default: false
            }
        }
    }
}
