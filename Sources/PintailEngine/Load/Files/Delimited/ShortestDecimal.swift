/// The shortest decimal number that reads back as a `Double`, found by trial.
///
/// A decimal of up to 15 digits is the only one of that length which reads back as its `Double`, so one that is found is
/// the shortest, but for the zeros at its end. Most columns hold prices or measurements with some number of digits
/// behind the point: the number that fitted last is tried first.
struct DecimalTrial {
    /// The digits behind the point, and the power of ten that brings them before it.
    private(set) var scale = 2
    private var power = 100.0
    /// The same power as a whole number.
    private(set) var unit: UInt64 = 100
    /// Trials in vain; numbers that have no short form are tried only so often.
    private var misses = 0

    private static let limit = 1e15
    private static let mostMisses = 8
    private static let scales = [1, 2, 3, 4, 6, 8, 10, 12, 15]

    /// The number without its point, before so many digits as ``scale`` tells; `nil` when it has too many.
    @inline(__always)
    mutating func significand(of magnitude: Double) -> UInt64? {
        if let found = Self.attempt(magnitude, power) { return found }
        return misses < Self.mostMisses ? search(magnitude) : nil
    }

    @inline(__always)
    private static func attempt(_ magnitude: Double, _ power: Double) -> UInt64? {
        let scaled = magnitude * power + 0.5
        guard scaled < limit else { return nil }
        let whole = UInt64(scaled)
        // Both are exact, and a quotient is rounded as a number that is read.
        return Double(whole) / power == magnitude ? whole : nil
    }

    private mutating func search(_ magnitude: Double) -> UInt64? {
        for scale in Self.scales {
            let unit = (0..<scale).reduce(UInt64(1)) { unit, _ in unit * 10 }
            guard let found = Self.attempt(magnitude, Double(unit)) else { continue }
            (self.scale, self.power, self.unit) = (scale, Double(unit), unit)
            return found
        }
        misses += 1
        return nil
    }
}

/// The digits of a number as Swift prints it: the shortest that read back as the same.
private struct PrintedDigits {
    /// The digits from the first to the last that is not 0.
    private(set) var significand: UInt64 = 0
    private(set) var count = 0
    /// How many digits stand before the point; negative when zeros follow the point first.
    private(set) var pointAt = 0

    /// Reads `12.5`, `1e-05`, `5.0e+20`.
    init(_ text: String) {
        var exponent = 0
        var isNegative = false
        var isBehindPoint = false
        var isExponent = false
        var zeros = 0
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "."): isBehindPoint = true
            case UInt8(ascii: "e"): isExponent = true
            case UInt8(ascii: "-"): isNegative = isExponent
            case UInt8(ascii: "+"): continue
            default:
                let digit = Int(byte) - 48
                if isExponent {
                    exponent = exponent * 10 + digit
                } else {
                    if !isBehindPoint, count + zeros > 0 || digit > 0 { pointAt += 1 }
                    add(digit, isBehindPoint, &zeros)
                }
            }
        }
        pointAt += isNegative ? -exponent : exponent
    }

    /// Zeros count only once another digit follows.
    private mutating func add(_ digit: Int, _ isBehindPoint: Bool, _ zeros: inout Int) {
        guard digit > 0 else {
            if count > 0 { zeros += 1 } else if isBehindPoint { pointAt -= 1 }
            return
        }
        for _ in 0..<zeros { significand *= 10 }
        significand = significand * 10 + UInt64(digit)
        count += zeros + 1
        zeros = 0
    }
}

extension TextCursor {
    /// The most bytes a `Double` takes: `-1.2345678901234567e-300`.
    static var widestDouble: Int { 32 }

    /// Writes a number of any size as DuckDB does, by the digits that Swift prints.
    ///
    /// DuckDB 1.5.5 itself prints 2^81, 2^91 and 2^807 wrong: the first as 4.8e+24, the last as A.07e+242.
    mutating func append(printed text: String) {
        let digits = PrintedDigits(text)
        let (count, point) = (digits.count, digits.pointAt)
        guard point > -4, point <= 16 else { return append(scientific: digits) }
        if point <= 0 {
            append(ShortText("0.".utf8))
            append(UInt64(0), digits: -point)
            append(digits.significand, digits: count)
        } else if point >= count {
            append(number: digits.significand)
            append(UInt64(0), digits: point - count)
            append(ShortText(".0".utf8))
        } else {
            let unit = (0..<count - point).reduce(UInt64(1)) { unit, _ in unit * 10 }
            append(number: digits.significand / unit)
            append(UInt8(ascii: "."))
            append(digits.significand % unit, digits: count - point)
        }
    }

    private mutating func append(scientific digits: PrintedDigits) {
        let exponent = digits.pointAt - 1
        let unit = (1..<digits.count).reduce(UInt64(1)) { unit, _ in unit * 10 }
        append(number: digits.significand / unit)
        if digits.count > 1 {
            append(UInt8(ascii: "."))
            append(digits.significand % unit, digits: digits.count - 1)
        }
        append(UInt8(ascii: "e"))
        append(UInt8(ascii: exponent < 0 ? "-" : "+"))
        append(UInt64(exponent.magnitude), digits: exponent.magnitude < 100 ? 2 : 3)
    }

    /// Writes what is no finite number.
    mutating func append(notFinite isNaN: Bool, isNegative: Bool) {
        if isNegative { append(UInt8(ascii: "-")) }
        append(ShortText((isNaN ? "nan" : "inf").utf8))
    }
}
