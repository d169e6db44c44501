/// Reads numbers as Python's `int()` and `float()` do.
enum NumberText {
    static func integer(_ text: String, base: Int = 10) -> Value? {
        guard base == 0 || (2...36).contains(base) else { return nil }
        var digits = Array(
            StringMethods.stripped(text, nil).unicodeScalars.map { scalar -> UInt8 in
                if let digit = CodePoint.decimalDigit(scalar) { return 0x30 + UInt8(digit) }
                return scalar.isASCII ? UInt8(scalar.value) : 0
            }
        )[...]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative || digits.first == UInt8(ascii: "+") { digits.removeFirst() }
        var radix = base
        if digits.count > 2, digits.first == 0x30, let prefixed = prefixRadix(digits[digits.startIndex + 1]),
            base == prefixed || base == 0
        {
            radix = prefixed
            digits = digits.dropFirst(2)
            if digits.first == 0x5F { digits.removeFirst() }
        } else if base == 0 {
            radix = 10
            if digits.first == 0x30, digits.contains(where: { $0 != 0x30 && $0 != 0x5F }) { return nil }
        }
        guard let plain = withoutUnderscores(digits), plain.count <= 4300,
            let number = BigInteger(digits: plain, radix: UInt32(radix), isNegative: isNegative)
        else { return nil }
        return number.value
    }

    private static func prefixRadix(_ letter: UInt8) -> Int? {
        switch letter | 0x20 {
        case UInt8(ascii: "x"): 16
        case UInt8(ascii: "o"): 8
        case UInt8(ascii: "b"): 2
        default: nil
        }
    }

    /// Underscores may stand between digits only.
    private static func withoutUnderscores(_ digits: ArraySlice<UInt8>) -> [UInt8]? {
        guard let first = digits.first, let last = digits.last, first != 0x5F, last != 0x5F else { return nil }
        var plain: [UInt8] = []
        var previous: UInt8 = 0
        for digit in digits {
            if digit == 0x5F, previous == 0x5F { return nil }
            if digit != 0x5F { plain.append(digit) }
            previous = digit
        }
        return plain
    }

    static func double(_ text: String) -> Double? {
        let stripped = StringMethods.stripped(text, nil)
        let lower = stripped.lowercased()
        let unsigned = lower.first == "-" || lower.first == "+" ? String(lower.dropFirst()) : lower
        switch unsigned {
        case "inf", "infinity": return lower.first == "-" ? -.infinity : .infinity
        case "nan": return .nan
        default: break
        }
        let bytes = Array(unsigned.utf8)
        guard bytes.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 || "._e+-".utf8.contains($0) }) else { return nil }
        for (place, byte) in bytes.enumerated() where byte == 0x5F {
            let isBetween =
                place > 0 && place + 1 < bytes.count && isDigit(bytes[place - 1]) && isDigit(bytes[place + 1])
            if !isBetween { return nil }
        }
        var plain = String(decoding: Array(lower.utf8).filter { $0 != 0x5F }, as: UTF8.self)
        if plain.hasSuffix(".") { plain += "0" }
        return Double(plain.replacing(".e", with: ".0e"))
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}
