/// The values of expressions that depend on nothing.
enum StaticValue {
    /// The value of a constant, or of a list, tuple or dictionary of constants; nil for everything else.
    static func value(of id: Syntax.ExpressionID, in syntax: Syntax) -> Value? {
        switch syntax.expressions[Int(id)] {
        case .constant(let constant): return syntax.constants[Int(constant)].value
        case .list(let span): return values(span, syntax).map { .list(of: $0) }
        case .tuple(let span): return values(span, syntax).map { .tuple($0) }
        case .dict(let span):
            guard let values = values(span, syntax) else { return nil }
            let dict = DictObject()
            for place in stride(from: 0, to: values.count, by: 2) {
                guard let key = try? DictObject.Key(of: values[place]) else { return nil }
                dict[key] = values[place + 1]
            }
            return .dict(dict)
        case .negative(let operand):
            return value(of: operand, in: syntax).flatMap { try? $0.negated() }
        default: return nil
        }
    }

    private static func values(_ span: Syntax.Span, _ syntax: Syntax) -> [Value]? {
        var values: [Value] = []
        for place in span.range {
            guard let value = value(of: syntax.children[place], in: syntax) else { return nil }
            values.append(value)
        }
        return values
    }
}
