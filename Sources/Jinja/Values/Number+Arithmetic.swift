#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension Number {
    /// A power with more bits would take the memory of the whole process.
    private static let widestPower = 1 << 20

    static func operate(_ operation: BinaryOperator, _ one: Number, _ other: Number) throws -> Value {
        if one.isInteger, other.isInteger, operation != .divide { return try integers(operation, one, other) }
        let (left, right) = (one.double, other.double)
        switch operation {
        case .add: return .double(left + right)
        case .subtract: return .double(left - right)
        case .multiply: return .double(left * right)
        case .divide:
            guard right != 0 else {
                let words = one.isInteger && other.isInteger ? "division by zero" : "float division by zero"
                throw TemplateError(.zeroDivision, words)
            }
            return .double(left / right)
        case .divideDown:
            guard right != 0 else { throw TemplateError(.zeroDivision, "float floor division by zero") }
            return .double(((left - floorRemainder(left, right)) / right).rounded())
        case .remainder:
            guard right != 0 else { throw TemplateError(.zeroDivision, "float modulo") }
            return .double(floorRemainder(left, right))
        case .power: return try power(left, right)
        }
    }

    /// The remainder with the sign of the divisor.
    static func floorRemainder(_ one: Double, _ other: Double) -> Double {
        let rest = fmod(one, other)
        if rest == 0 { return other < 0 ? -0.0 : 0.0 }
        return (rest < 0) != (other < 0) ? rest + other : rest
    }

    private static func power(_ base: Double, _ exponent: Double) throws -> Value {
        if base == 0, exponent < 0 {
            throw TemplateError(.zeroDivision, "0.0 cannot be raised to a negative power")
        }
        let result = pow(base, exponent)
        if result.isNaN, !base.isNaN, !exponent.isNaN {
            throw TemplateError(.type, "complex numbers are not known here")
        }
        if result.isInfinite, base.isFinite, exponent.isFinite {
            throw TemplateError(.overflow, "(34, 'Numerical result out of range')")
        }
        return .double(result)
    }

    private static func integers(_ operation: BinaryOperator, _ one: Number, _ other: Number) throws -> Value {
        switch operation {
        case .add: return (one.big + other.big).value
        case .subtract: return (one.big - other.big).value
        case .multiply: return (one.big * other.big).value
        case .divideDown, .remainder:
            guard !other.isZero else {
                let words = operation == .remainder ? "integer modulo by zero" : "integer division or modulo by zero"
                throw TemplateError(.zeroDivision, words)
            }
            if case .integer(let one) = one, case .integer(let other) = other, other != -1 {
                let rest = one % other
                let shift = rest != 0 && (rest < 0) != (other < 0)
                return .integer(
                    operation == .remainder ? (shift ? rest + other : rest) : one / other - (shift ? 1 : 0)
                )
            }
            let (quotient, remainder) = one.big.dividedDown(by: other.big)
            return (operation == .remainder ? remainder : quotient).value
        case .power:
            if other.isNegative { return try power(one.double, other.double) }
            guard case .integer(let exponent) = other else { return try hugePower(one) }
            let width = max(1, one.big.bitWidth)
            guard width == 1 || exponent < widestPower / width else { return try hugePower(one) }
            if width == 1 { return one.isNegative && exponent % 2 == 0 ? 1 : (exponent == 0 ? 1 : one.value) }
            return one.big.power(exponent).value
        case .divide: return .none
        }
    }

    private static func hugePower(_ base: Number) throws -> Value {
        throw TemplateError(.limit, "a power is too large")
    }
}
