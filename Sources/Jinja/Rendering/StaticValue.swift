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

    /// Whether an expression names and calls nothing, so that its value is the same each time.
    static func isFoldable(_ id: Syntax.ExpressionID, in syntax: Syntax) -> Bool {
        guard id >= 0 else { return true }
        func all(_ span: Syntax.Span) -> Bool { span.range.allSatisfy { isFoldable(syntax.children[$0], in: syntax) } }
        func arguments(_ id: Int32) -> Bool {
            guard id >= 0 else { return true }
            let call = syntax.calls[Int(id)]
            return call.list < 0 && call.dict < 0 && all(call.positional)
                && call.keywords.range.allSatisfy { isFoldable(syntax.keywords[$0].value, in: syntax) }
        }
        switch syntax.expressions[Int(id)] {
        case .constant: return true
        case .global, .local, .chained, .call, .slice: return false
        case .tuple(let span), .list(let span), .dict(let span), .concatenation(let span): return all(span)
        case .attribute(let operand, _), .negative(let operand), .positive(let operand), .not(let operand):
            return isFoldable(operand, in: syntax)
        case .item(let one, let other), .operation(_, let one, let other), .and(let one, let other),
            .or(let one, let other):
            return isFoldable(one, in: syntax) && isFoldable(other, in: syntax)
        case .comparison(let first, let rest):
            return isFoldable(first, in: syntax)
                && rest.range.allSatisfy { isFoldable(syntax.comparisons[$0].operand, in: syntax) }
        case .filter(let input, let name, let call):
            // What is marked is not printed as it is and therefore not kept as text.
            return !syntax.filters[Int(name)].hasPrefix("as_") && isFoldable(input, in: syntax) && arguments(call)
        case .test(let input, _, let call): return isFoldable(input, in: syntax) && arguments(call)
        case .conditional(let test, let then, let otherwise):
            return otherwise >= 0 && [test, then, otherwise].allSatisfy { isFoldable($0, in: syntax) }
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
