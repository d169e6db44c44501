/// An integer without bounds, for the few that do not fit 64 bits.
package struct BigInteger: Hashable, Sendable {
    /// Digits to the base 2³², least first, without zeros at the end.
    private(set) var magnitude: [UInt32]
    private(set) var isNegative: Bool

    init(_ number: Int) {
        var rest = number.magnitude
        magnitude = []
        while rest > 0 {
            magnitude.append(UInt32(truncatingIfNeeded: rest))
            rest >>= 32
        }
        isNegative = number < 0
    }

    init(magnitude: [UInt32], isNegative: Bool) {
        var magnitude = magnitude
        while magnitude.last == 0 { magnitude.removeLast() }
        self.magnitude = magnitude
        self.isNegative = isNegative && !magnitude.isEmpty
    }

    /// The integer part of a finite number.
    init(_ number: Double) {
        var rest = number.magnitude.rounded(.towardZero)
        var digits: [UInt32] = []
        while rest >= 1 {
            let high = (rest / 4_294_967_296).rounded(.down)
            digits.append(UInt32(rest - high * 4_294_967_296))
            rest = high
        }
        self.init(magnitude: digits, isNegative: number < 0)
    }

    /// Reads digits to a base; nil where one is none.
    init?(digits: some Sequence<UInt8>, radix: UInt32, isNegative: Bool) {
        var magnitude: [UInt32] = []
        for byte in digits {
            let digit: UInt32
            switch byte {
            case 0x30...0x39: digit = UInt32(byte - 0x30)
            case 0x41...0x5A: digit = UInt32(byte - 0x41) + 10
            case 0x61...0x7A: digit = UInt32(byte - 0x61) + 10
            default: return nil
            }
            guard digit < radix else { return nil }
            Self.multiply(&magnitude, by: radix, adding: digit)
        }
        self.init(magnitude: magnitude, isNegative: isNegative)
    }

    /// As the smallest kind of value that holds it.
    package var value: Value { Int(exactly: self).map { .integer($0) } ?? .bigInteger(self) }

    var isZero: Bool { magnitude.isEmpty }

    /// How many bits its magnitude has.
    var bitWidth: Int { magnitude.count * 32 - (magnitude.last?.leadingZeroBitCount ?? 0) }

    var double: Double {
        let sum = magnitude.reversed().reduce(0.0) { $0 * 4_294_967_296 + Double($1) }
        return isNegative ? -sum : sum
    }

    static prefix func - (number: BigInteger) -> BigInteger {
        BigInteger(magnitude: number.magnitude, isNegative: !number.isNegative)
    }
}

extension BigInteger: Comparable {
    package static func < (one: BigInteger, other: BigInteger) -> Bool {
        if one.isNegative != other.isNegative { return one.isNegative }
        let order = compare(one.magnitude, other.magnitude)
        return one.isNegative ? order > 0 : order < 0
    }

    private static func compare(_ one: [UInt32], _ other: [UInt32]) -> Int {
        if one.count != other.count { return one.count < other.count ? -1 : 1 }
        for (one, other) in zip(one.reversed(), other.reversed()) where one != other { return one < other ? -1 : 1 }
        return 0
    }

    static func + (one: BigInteger, other: BigInteger) -> BigInteger {
        if one.isNegative == other.isNegative {
            return BigInteger(magnitude: sum(one.magnitude, other.magnitude), isNegative: one.isNegative)
        }
        if compare(one.magnitude, other.magnitude) >= 0 {
            return BigInteger(magnitude: difference(one.magnitude, other.magnitude), isNegative: one.isNegative)
        }
        return BigInteger(magnitude: difference(other.magnitude, one.magnitude), isNegative: other.isNegative)
    }

    static func - (one: BigInteger, other: BigInteger) -> BigInteger { one + -other }

    static func * (one: BigInteger, other: BigInteger) -> BigInteger {
        guard !one.isZero, !other.isZero else { return BigInteger(0) }
        var product = [UInt32](repeating: 0, count: one.magnitude.count + other.magnitude.count)
        for (place, digit) in one.magnitude.enumerated() {
            var carry: UInt64 = 0
            for (offset, factor) in other.magnitude.enumerated() {
                let sum = UInt64(product[place + offset]) + UInt64(digit) * UInt64(factor) + carry
                product[place + offset] = UInt32(truncatingIfNeeded: sum)
                carry = sum >> 32
            }
            product[place + other.magnitude.count] = UInt32(truncatingIfNeeded: carry)
        }
        return BigInteger(magnitude: product, isNegative: one.isNegative != other.isNegative)
    }

    /// Quotient and remainder as Python's `//` and `%` give them: the quotient rounds down.
    func dividedDown(by divisor: BigInteger) -> (quotient: BigInteger, remainder: BigInteger) {
        let (quotient, rest) = Self.divide(magnitude, by: divisor.magnitude)
        let negative = isNegative != divisor.isNegative
        let floor = BigInteger(magnitude: quotient, isNegative: negative)
        let remainder = BigInteger(magnitude: rest, isNegative: isNegative)
        guard negative, !remainder.isZero else { return (floor, remainder) }
        return (floor - BigInteger(1), remainder + divisor)
    }

    func power(_ exponent: Int) -> BigInteger {
        var result = BigInteger(1)
        var factor = self
        var rest = exponent
        while rest > 0 {
            if rest & 1 == 1 { result = result * factor }
            rest >>= 1
            if rest > 0 { factor = factor * factor }
        }
        return result
    }

    private static func sum(_ one: [UInt32], _ other: [UInt32]) -> [UInt32] {
        var digits: [UInt32] = []
        var carry: UInt64 = 0
        for place in 0..<max(one.count, other.count) {
            let sum =
                (place < one.count ? UInt64(one[place]) : 0) + (place < other.count ? UInt64(other[place]) : 0) + carry
            digits.append(UInt32(truncatingIfNeeded: sum))
            carry = sum >> 32
        }
        if carry > 0 { digits.append(UInt32(carry)) }
        return digits
    }

    private static func difference(_ one: [UInt32], _ other: [UInt32]) -> [UInt32] {
        var digits: [UInt32] = []
        var borrow: Int64 = 0
        for place in one.indices {
            var rest = Int64(one[place]) - (place < other.count ? Int64(other[place]) : 0) - borrow
            borrow = rest < 0 ? 1 : 0
            if rest < 0 { rest += 1 << 32 }
            digits.append(UInt32(rest))
        }
        return digits
    }

    /// Long division, a bit at a time: rare and short.
    private static func divide(_ one: [UInt32], by other: [UInt32]) -> ([UInt32], [UInt32]) {
        if other.count == 1 {
            var digits = one
            let rest = divide(&digits, by: other[0])
            return (digits, rest == 0 ? [] : [rest])
        }
        var quotient = [UInt32](repeating: 0, count: one.count)
        var rest: [UInt32] = []
        for place in stride(from: one.count * 32 - 1, through: 0, by: -1) {
            multiply(&rest, by: 2, adding: (one[place / 32] >> UInt32(place % 32)) & 1)
            if compare(rest, other) >= 0 {
                rest = difference(rest, other)
                while rest.last == 0 { rest.removeLast() }
                quotient[place / 32] |= 1 << UInt32(place % 32)
            }
        }
        return (quotient, rest)
    }

    /// Divides in place and gives the remainder.
    private static func divide(_ digits: inout [UInt32], by divisor: UInt32) -> UInt32 {
        var rest: UInt64 = 0
        for place in digits.indices.reversed() {
            let part = rest << 32 | UInt64(digits[place])
            digits[place] = UInt32(part / UInt64(divisor))
            rest = part % UInt64(divisor)
        }
        while digits.last == 0 { digits.removeLast() }
        return UInt32(rest)
    }

    private static func multiply(_ digits: inout [UInt32], by factor: UInt32, adding addend: UInt32) {
        var carry = UInt64(addend)
        for place in digits.indices {
            let product = UInt64(digits[place]) * UInt64(factor) + carry
            digits[place] = UInt32(truncatingIfNeeded: product)
            carry = product >> 32
        }
        if carry > 0 { digits.append(UInt32(carry)) }
    }
}

extension BigInteger: CustomStringConvertible {
    package var description: String { text(radix: 10) }

    func text(radix: UInt32) -> String {
        guard !isZero else { return "0" }
        var rest = magnitude
        var bytes: [UInt8] = []
        while !rest.isEmpty {
            let digit = UInt8(Self.divide(&rest, by: radix))
            bytes.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
        }
        if isNegative { bytes.append(0x2D) }
        return String(decoding: bytes.reversed(), as: UTF8.self)
    }
}

extension Int {
    /// The number, if 64 bits hold it.
    init?(exactly big: BigInteger) {
        guard big.magnitude.count <= 2 else { return nil }
        let magnitude = big.magnitude.reversed().reduce(UInt(0)) { $0 << 32 | UInt($1) }
        if big.isNegative {
            guard magnitude <= Int.min.magnitude else { return nil }
            self = Int(truncatingIfNeeded: 0 &- magnitude)
        } else {
            guard magnitude <= UInt(Int.max) else { return nil }
            self = Int(magnitude)
        }
    }
}
