/// An operator between two values.
package enum BinaryOperator: String, Sendable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case divideDown = "//"
    case remainder = "%"
    case power = "**"

    /// What Python's message calls it.
    var described: String { self == .power ? "** or pow()" : rawValue }
}

extension Value {
    /// The result of an operator between two values, as Python computes it.
    package func operate(_ operation: BinaryOperator, with other: Value) throws -> Value {
        if case .integer(let one) = self, case .integer(let other) = other,
            let result = Self.quickly(operation, one, other)
        {
            return result
        }
        if case .undefined(let undefined) = self { throw undefined.error }
        if let one = Number(self), let other = Number(other) { return try Number.operate(operation, one, other) }
        if case .object(let object) = self,
            let result = try object.operate(operation, with: other, reflected: false)
        {
            return result
        }
        if case .object(let object) = other,
            let result = try object.operate(operation, with: self, reflected: true)
        {
            return result
        }
        if case .undefined(let undefined) = other, !(operation == .remainder && asString != nil) {
            throw undefined.error
        }
        if let result = try sequenceResult(operation, with: other) { return result }
        throw TemplateError(
            .type,
            "unsupported operand type(s) for \(operation.described): '\(typeName)' and '\(other.typeName)'"
        )
    }

    private static func quickly(_ operation: BinaryOperator, _ one: Int, _ other: Int) -> Value? {
        let (result, overflow) =
            switch operation {
            case .add: one.addingReportingOverflow(other)
            case .subtract: one.subtractingReportingOverflow(other)
            case .multiply: one.multipliedReportingOverflow(by: other)
            default: (0, true)
            }
        return overflow ? nil : .integer(result)
    }

    private func sequenceResult(_ operation: BinaryOperator, with other: Value) throws -> Value? {
        switch (operation, self, other) {
        case (.add, .string(let one), .string(let other)): return .string(one + other)
        case (.add, .markup(let one), _): return other.asString == nil ? nil : .markup(try one + HTML.escaped(other))
        case (.add, .string, .markup(let text)): return .markup(try HTML.escaped(self) + text)
        case (.add, .list(let one), .list(let other)): return .list(of: one.values + other.values)
        case (.add, .tuple(let one), .tuple(let other)): return .tuple(one + other)
        case (.add, .string, _):
            throw TemplateError(.type, "can only concatenate str (not \"\(other.typeName)\") to str")
        case (.add, .list, _):
            throw TemplateError(.type, "can only concatenate list (not \"\(other.typeName)\") to list")
        case (.add, .tuple, _):
            throw TemplateError(.type, "can only concatenate tuple (not \"\(other.typeName)\") to tuple")
        case (.remainder, .string(let format), _):
            return .string(try PercentFormat.format(format, with: other))
        case (.remainder, .markup(let format), _):
            return .markup(try PercentFormat.format(format, with: HTML.escapingArguments(other)))
        case (.multiply, _, _): return try repeated(by: other) ?? other.repeated(by: self)
        default: return nil
        }
    }

    /// More would be a mistake: 'x' * 10**9.
    private static let longestRepetition = 1 << 28

    private func repeated(by count: Value) throws -> Value? {
        let length: Int
        switch self {
        case .string(let text), .markup(let text): length = text.utf8.count
        case .list(let list): length = list.values.count
        case .tuple(let values): length = values.count
        default: return nil
        }
        if case .bigInteger(let count) = count {
            guard count.isNegative || length == 0 else {
                throw TemplateError(.overflow, "cannot fit 'int' into an index-sized integer")
            }
            return try repeated(by: .integer(0))
        }
        guard let count = count.asInteger.map({ max(0, $0) }) else {
            throw TemplateError(.type, "can't multiply sequence by non-int of type '\(count.typeName)'")
        }
        let (size, overflow) = length.multipliedReportingOverflow(by: count)
        guard !overflow, size <= Self.longestRepetition else {
            throw TemplateError(.limit, "a repetition of \(length) times \(count) is too long")
        }
        switch self {
        case .string(let text): return .string(String(repeating: text, count: length == 0 ? 0 : count))
        case .markup(let text): return .markup(String(repeating: text, count: length == 0 ? 0 : count))
        case .list(let list): return .list(of: Self.repeated(list.values, count))
        case .tuple(let values): return .tuple(Self.repeated(values, count))
        default: return nil
        }
    }

    private static func repeated(_ values: [Value], _ count: Int) -> [Value] {
        guard !values.isEmpty else { return [] }
        var result: [Value] = []
        result.reserveCapacity(values.count * count)
        for _ in 0..<count { result += values }
        return result
    }

    /// The number with the other sign.
    package func negated() throws -> Value {
        switch self {
        case .integer(let number) where number != .min: return .integer(-number)
        case .double(let number): return .double(-number)
        case .undefined(let undefined): throw undefined.error
        default:
            if let number = Number(self) { return (-number.big).value }
            if case .object(let object) = self,
                let result = try object.operate(.multiply, with: .integer(-1), reflected: false)
            {
                return result
            }
            throw TemplateError(.type, "bad operand type for unary -: '\(typeName)'")
        }
    }

    /// The number itself, what `+` before it gives.
    func affirmed() throws -> Value {
        if let number = Number(self) { return number.value }
        if case .undefined(let undefined) = self { throw undefined.error }
        throw TemplateError(.type, "bad operand type for unary +: '\(typeName)'")
    }
}
