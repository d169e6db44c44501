#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Reads numbers written in text, and refuses those that would not come back as they were written.
enum NumberText {
    /// The whole number that a text is, when it is written as DuckDB itself would write it.
    ///
    /// `007`, `+5`, `-0`, `1_000`, `0x10`, `1e3` and ` 5` are no integers: they would lose something.
    @inline(__always)
    static func integer(_ text: Span<UInt8>) -> Int64? {
        guard let (isNegative, start) = sign(text), let first = digit(text, start) else { return nil }
        let digits = text.count - start
        if first == 0 { return digits == 1 && !isNegative ? 0 : nil }
        guard digits <= 19 else { return nil }
        var magnitude: UInt64 = 0
        for index in start..<text.count {
            guard let digit = digit(text, index) else { return nil }
            magnitude = magnitude &* 10 &+ digit
        }
        return signed(magnitude, isNegative)
    }

    /// The whole number that a user asked for: leading zeros, a plus sign and spaces around it are fine.
    static func lenientInteger(_ text: Span<UInt8>) -> Int64? {
        let bounds = trimmed(text)
        var start = bounds.lowerBound
        guard start < bounds.upperBound else { return nil }
        let isNegative = text[start] == UInt8(ascii: "-")
        if isNegative || text[start] == UInt8(ascii: "+") { start += 1 }
        guard start < bounds.upperBound else { return nil }
        var magnitude: UInt64 = 0
        for index in start..<bounds.upperBound {
            guard let digit = digit(text, index) else { return nil }
            let (product, overflows) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, carries) = product.addingReportingOverflow(digit)
            guard !overflows, !carries else { return nil }
            magnitude = sum
        }
        return signed(magnitude, isNegative)
    }

    /// The whole number of up to 38 digits that a text is, under the rules of ``integer(_:)``.
    static func hugeInteger(_ text: Span<UInt8>) -> Int128? {
        guard let (isNegative, start) = sign(text), let first = digit(text, start) else { return nil }
        let digits = text.count - start
        if first == 0 { return digits == 1 && !isNegative ? 0 : nil }
        guard digits <= 38 else { return nil }
        var magnitude: Int128 = 0
        for index in start..<text.count {
            guard let digit = digit(text, index) else { return nil }
            magnitude = magnitude &* 10 &+ Int128(digit)
        }
        return isNegative ? -magnitude : magnitude
    }

    /// The greatest whole number up to which every one has a `Double` of its own.
    private static let exactIntegers: UInt64 = 1 << 53

    /// The powers of ten that a `Double` holds exactly.
    private static let powers: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]

    /// The floating-point number that a text is, when a `Double` keeps all its digits.
    ///
    /// Up to 17 significant digits, which is what programs write for a `Double`; whole numbers up to 2^53. Leading zeros are
    /// refused as in ``integer(_:)``. `point` is the decimal separator.
    @inline(__always)
    static func double(_ text: Span<UInt8>, point: UInt8 = UInt8(ascii: ".")) -> Double? {
        var scan = DecimalScan()
        guard scan.read(text, point: point) else { return special(text) }
        guard !scan.hasLeadingZero else { return nil }
        guard scan.isExact else { return nil }
        return value(scan, text, point: point)
    }

    /// The floating-point number that a user asked for: any spelling, digits may be lost.
    static func lenientDouble(_ text: Span<UInt8>, point: UInt8 = UInt8(ascii: ".")) -> Double? {
        let trimmed = text.extracting(trimmed(text))
        var scan = DecimalScan()
        guard scan.read(trimmed, point: point, allowsPlus: true) else { return special(trimmed) }
        return value(scan, trimmed, point: point)
    }

    /// Clinger's fast path: a mantissa and a power of ten that are both exact give the exactly rounded quotient.
    @inline(__always)
    private static func value(_ scan: DecimalScan, _ text: Span<UInt8>, point: UInt8) -> Double? {
        if scan.mantissa <= exactIntegers, scan.digits <= 19, scan.exponent >= -22, scan.exponent <= 22 {
            let mantissa = Double(scan.mantissa)
            let value =
                scan.exponent < 0 ? mantissa / powers[-scan.exponent] : mantissa * powers[scan.exponent]
            return scan.isNegative ? -value : value
        }
        return parsed(text, point: point)
    }

    /// Lets the C library read what the fast path cannot; nothing in the process sets a locale, so the point is a point.
    private static func parsed(_ text: Span<UInt8>, point: UInt8) -> Double? {
        let value = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: text.count + 1) { buffer in
            for index in text.indices {
                unsafe buffer[index] = CChar(bitPattern: text[index] == point ? UInt8(ascii: ".") : text[index])
            }
            unsafe buffer[text.count] = 0
            return unsafe buffer.baseAddress.map { unsafe strtod($0, nil) } ?? .nan
        }
        return value.isFinite ? value : nil
    }

    /// `nan`, `inf` and `infinity`, in any case.
    @inline(never)
    private static func special(_ text: Span<UInt8>) -> Double? {
        guard text.count >= 3, text.count <= 9 else { return nil }
        let isNegative = text[0] == UInt8(ascii: "-")
        let word = String(decoding: ((isNegative ? 1 : 0)..<text.count).map { text[$0] | 0x20 }, as: UTF8.self)
        switch word {
        case "nan": return isNegative ? nil : .nan
        case "inf", "infinity": return isNegative ? -.infinity : .infinity
        default: return nil
        }
    }

    @inline(__always)
    private static func sign(_ text: Span<UInt8>) -> (isNegative: Bool, start: Int)? {
        guard text.count > 0 else { return nil }
        let isNegative = text[0] == UInt8(ascii: "-")
        guard !isNegative || text.count > 1 else { return nil }
        return (isNegative, isNegative ? 1 : 0)
    }

    @inline(__always)
    private static func digit(_ text: Span<UInt8>, _ index: Int) -> UInt64? {
        let value = text[index] &- UInt8(ascii: "0")
        return value <= 9 ? UInt64(value) : nil
    }

    @inline(__always)
    private static func signed(_ magnitude: UInt64, _ isNegative: Bool) -> Int64? {
        if !isNegative { return magnitude <= UInt64(Int64.max) ? Int64(magnitude) : nil }
        return magnitude <= Int64.min.magnitude ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil
    }

    /// What is left of a text without the white space around it.
    static func trimmed(_ text: Span<UInt8>) -> Range<Int> {
        var start = 0
        var end = text.count
        while start < end, isSpace(text[start]) { start += 1 }
        while end > start, isSpace(text[end - 1]) { end -= 1 }
        return start..<end
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 9 && byte <= 13) }
}

/// The parts of a decimal number, taken apart in one pass.
private struct DecimalScan {
    var mantissa: UInt64 = 0
    /// The power of ten that the mantissa is to be multiplied by.
    var exponent = 0
    /// Significant digits: from the first that is not zero.
    var digits = 0
    var isNegative = false
    var hasLeadingZero = false
    private var isWhole = true

    /// Reads `-?digits[.digits][e[+-]digits]`; false when the text is something else.
    @inline(__always)
    mutating func read(_ text: Span<UInt8>, point: UInt8, allowsPlus: Bool = false) -> Bool {
        var index = 0
        let count = text.count
        guard count > 0 else { return false }
        if text[0] == UInt8(ascii: "-") || (allowsPlus && text[0] == UInt8(ascii: "+")) {
            isNegative = text[0] == UInt8(ascii: "-")
            index = 1
        }
        let first = index
        while index < count, take(text[index]) { index += 1 }
        let whole = index - first
        hasLeadingZero = whole > 1 && text[first] == UInt8(ascii: "0")
        var fraction = 0
        if index < count, text[index] == point {
            index += 1
            isWhole = false
            while index < count, take(text[index]) {
                index += 1
                fraction += 1
            }
        }
        guard whole + fraction > 0 else { return false }
        exponent -= fraction
        return index == count || readExponent(text, from: index)
    }

    /// Adds a digit to the mantissa, which holds the first 19 that count.
    @inline(__always)
    private mutating func take(_ byte: UInt8) -> Bool {
        let digit = byte &- UInt8(ascii: "0")
        guard digit <= 9 else { return false }
        if digits < 19 {
            mantissa = mantissa &* 10 &+ UInt64(digit)
            if mantissa != 0 { digits += 1 }
        } else {
            digits += 1
        }
        return true
    }

    private mutating func readExponent(_ text: Span<UInt8>, from start: Int) -> Bool {
        guard text[start] | 0x20 == UInt8(ascii: "e") else { return false }
        var index = start + 1
        var isDown = false
        if index < text.count, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") {
            isDown = text[index] == UInt8(ascii: "-")
            index += 1
        }
        guard index < text.count, text.count - index <= 4 else { return false }
        var value = 0
        while index < text.count {
            let digit = text[index] &- UInt8(ascii: "0")
            guard digit <= 9 else { return false }
            value = value * 10 + Int(digit)
            index += 1
        }
        isWhole = false
        exponent += isDown ? -value : value
        return true
    }

    /// Whether a `Double` keeps what was written.
    var isExact: Bool {
        // Any 15 digits survive: https://en.wikipedia.org/wiki/Double-precision_floating-point_format
        if digits <= 15 { return true }
        if isWhole { return digits <= 16 && mantissa <= 1 << 53 }
        return digits <= 17
    }
}
