/// A value that Python counts with: booleans are 0 and 1.
enum Number {
    case integer(Int)
    case big(BigInteger)
    case double(Double)

    init?(_ value: Value) {
        switch value {
        case .integer(let number): self = .integer(number)
        case .bool(let flag): self = .integer(flag ? 1 : 0)
        case .bigInteger(let number): self = .big(number)
        case .double(let number): self = .double(number)
        default: return nil
        }
    }

    var value: Value {
        switch self {
        case .integer(let number): .integer(number)
        case .big(let number): number.value
        case .double(let number): .double(number)
        }
    }

    var double: Double {
        switch self {
        case .integer(let number): Double(number)
        case .big(let number): number.double
        case .double(let number): number
        }
    }

    var isInteger: Bool {
        if case .double = self { false } else { true }
    }

    /// Without bounds; the integer part of a float.
    var big: BigInteger {
        switch self {
        case .integer(let number): BigInteger(number)
        case .big(let number): number
        case .double(let number): BigInteger(number)
        }
    }

    var isZero: Bool {
        switch self {
        case .integer(let number): number == 0
        case .big: false
        case .double(let number): number == 0
        }
    }

    var isNegative: Bool {
        switch self {
        case .integer(let number): number < 0
        case .big(let number): number.isNegative
        case .double(let number): number < 0
        }
    }

    /// Negative, zero or positive; nil where one is nan.
    static func compare(_ one: Number, _ other: Number) -> Int? {
        switch (one, other) {
        case (.integer(let one), .integer(let other)): return one < other ? -1 : one == other ? 0 : 1
        case (.double, _), (_, .double): break
        default: return one.big < other.big ? -1 : one.big == other.big ? 0 : 1
        }
        let (left, right) = (one.double, other.double)
        if left.isNaN || right.isNaN { return nil }
        // An integer may have more digits than a double holds.
        if left == right, left.isFinite, one.isInteger != other.isInteger, left.magnitude >= 9_007_199_254_740_992 {
            return one.big < other.big ? -1 : one.big == other.big ? 0 : 1
        }
        return left < right ? -1 : left == right ? 0 : 1
    }
}
