extension Interpreter {
    /// The value of an expression.
    func evaluate(_ id: Syntax.ExpressionID, _ frame: Frame) throws -> Value {
        switch frame.template.syntax.expressions[Int(id)] {
        case .constant(let constant): return frame.template.syntax.constants[Int(constant)].value
        case .local(let slot, let name):
            if let value = frame.slots[Int(slot)] { return value }
            return global(name, id, frame)
        case .global(let name): return global(name, id, frame)
        case .chained(let links, let name): return chained(links, frame) ?? global(name, id, frame)
        default: return try evaluateCompound(id, frame)
        }
    }

    private func evaluateCompound(_ id: Syntax.ExpressionID, _ frame: Frame) throws -> Value {
        try checkStack()
        switch frame.template.syntax.expressions[Int(id)] {
        case .attribute(let object, let name):
            let object = try evaluate(object, frame)
            frame.at = id
            return try attribute(frame.template.syntax.names[Int(name)], of: object)
        case .item(let object, let key): return try item(object, key, id, frame)
        case .call(let callee, let arguments): return try call(callee, arguments, id, frame)
        case .filter(let input, let name, let arguments):
            return try filter(try evaluate(input, frame), name, arguments, id, frame)
        case .test(let input, let name, let arguments): return .bool(try test(input, name, arguments, id, frame))
        case .operation(let operation, let left, let right):
            let left = try evaluate(left, frame)
            let right = try evaluate(right, frame)
            frame.at = id
            return try left.operate(operation, with: right)
        case .comparison(let first, let rest): return .bool(try compare(first, rest, id, frame))
        case .and(let left, let right):
            let left = try evaluate(left, frame)
            return try left.isTrue ? try evaluate(right, frame) : left
        case .or(let left, let right):
            let left = try evaluate(left, frame)
            return try left.isTrue ? left : try evaluate(right, frame)
        case .not(let operand): return .bool(try !evaluate(operand, frame).isTrue)
        case .conditional(let test, let then, let otherwise):
            return try conditional(test, then, otherwise, frame)
        default: return try evaluateRest(id, frame)
        }
    }

    private func evaluateRest(_ id: Syntax.ExpressionID, _ frame: Frame) throws -> Value {
        switch frame.template.syntax.expressions[Int(id)] {
        case .concatenation(let parts): return try concatenate(parts, frame)
        case .list(let values): return .list(of: try all(values, frame))
        case .tuple(let values): return .tuple(try all(values, frame))
        case .dict(let entries): return try dict(entries, id, frame)
        case .negative(let operand):
            let value = try evaluate(operand, frame)
            frame.at = id
            return try value.negated()
        case .positive(let operand):
            let value = try evaluate(operand, frame)
            frame.at = id
            return try value.affirmed()
        case .slice(let start, let stop, let step):
            let parts = try [start, stop, step].map { $0 < 0 ? Value.none : try evaluate($0, frame) }
            return .object(SliceObject(parts[0], parts[1], parts[2]))
        default: return try evaluate(id, frame)
        }
    }

    // MARK: Names

    private func chained(_ links: Syntax.Span, _ frame: Frame) -> Value? {
        var place = Int(links.start)
        let end = place + Int(links.count)
        while place < end {
            var holder = frame
            for _ in 0..<frame.template.syntax.links[place] {
                guard let parent = holder.parent else { return nil }
                holder = parent
            }
            if let value = holder.slots[Int(frame.template.syntax.links[place + 1])] { return value }
            place += 2
        }
        return nil
    }

    private func global(_ name: Syntax.NameID, _ id: Syntax.ExpressionID, _ frame: Frame) -> Value {
        let text = frame.template.syntax.names[Int(name)]
        frame.at = id
        if let value = frame.world.value(named: text) ?? special(text, frame) { return value }
        return undefined(text)
    }

    private func special(_ name: String, _ frame: Frame) -> Value? {
        switch name {
        case "super":
            guard let block = frame.block else { return BuiltinFunctions.all[name] }
            return .object(BlockReference(block.name, level: block.level + 1, frame.world))
        case "self": return .object(TemplateReference(frame.world))
        default: return BuiltinFunctions.all[name]
        }
    }

    func undefined(_ name: String, hint: String? = nil, owner: String? = nil) -> Value {
        .undefined(Undefined(name, hint: hint, owner: owner, environment.options.undefined))
    }

    // MARK: Operators

    private func all(_ span: Syntax.Span, _ frame: Frame) throws -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(Int(span.count))
        for place in span.range { values.append(try evaluate(frame.template.syntax.children[place], frame)) }
        return values
    }

    private func dict(_ span: Syntax.Span, _ id: Syntax.ExpressionID, _ frame: Frame) throws -> Value {
        let dict = DictObject()
        let values = try all(span, frame)
        frame.at = id
        for place in stride(from: 0, to: values.count, by: 2) {
            dict[try DictObject.Key(of: values[place])] = values[place + 1]
        }
        return .dict(dict)
    }

    private func concatenate(_ span: Syntax.Span, _ frame: Frame) throws -> Value {
        var text = ""
        let values = try all(span, frame)
        let isMarkup = autoescapes && values.contains { if case .markup = $0 { true } else { false } }
        for value in values { text += isMarkup ? try HTML.escaped(value) : try value.text }
        return isMarkup ? .markup(text) : .string(text)
    }

    private func conditional(
        _ test: Syntax.ExpressionID,
        _ then: Syntax.ExpressionID,
        _ otherwise: Syntax.ExpressionID,
        _ frame: Frame
    ) throws -> Value {
        if try evaluate(test, frame).isTrue { return try evaluate(then, frame) }
        if otherwise >= 0 { return try evaluate(otherwise, frame) }
        let hint = "the inline if-expression evaluated to false and no else section was defined."
        // Jinja takes the plain kind here, whatever the environment says.
        return .undefined(Undefined("", hint: hint))
    }

    private func compare(
        _ first: Syntax.ExpressionID,
        _ rest: Syntax.Span,
        _ id: Syntax.ExpressionID,
        _ frame: Frame
    ) throws -> Bool {
        var left = try evaluate(first, frame)
        for place in rest.range {
            let comparison = frame.template.syntax.comparisons[place]
            let right = try evaluate(comparison.operand, frame)
            frame.at = id
            guard try comparison.relation.holds(left, right) else { return false }
            left = right
        }
        return true
    }

    private func item(
        _ object: Syntax.ExpressionID,
        _ key: Syntax.ExpressionID,
        _ id: Syntax.ExpressionID,
        _ frame: Frame
    ) throws -> Value {
        let object = try evaluate(object, frame)
        let key = try evaluate(key, frame)
        frame.at = id
        return try item(key, of: object)
    }

    // MARK: Calls

    func arguments(_ id: Int32, _ frame: Frame) throws -> Arguments {
        guard id >= 0 else { return Arguments() }
        let syntax = frame.template.syntax.calls[Int(id)]
        var arguments = Arguments(try all(syntax.positional, frame))
        for place in syntax.keywords.range {
            let keyword = frame.template.syntax.keywords[place]
            let name = frame.template.syntax.names[Int(keyword.name)]
            arguments.keyword.append((name, try evaluate(keyword.value, frame)))
        }
        if syntax.list >= 0 { arguments.positional += try evaluate(syntax.list, frame).elements() }
        if syntax.dict >= 0 { try add(evaluate(syntax.dict, frame), to: &arguments) }
        return arguments
    }

    private func add(_ keywords: Value, to arguments: inout Arguments) throws {
        guard case .dict(let dict) = keywords else {
            throw TemplateError(.type, "argument after ** must be a mapping, not \(keywords.typeName)")
        }
        for (key, value) in dict.items {
            guard let name = key.asString else { throw TemplateError(.type, "keywords must be strings") }
            guard arguments.named(name) == nil else {
                throw TemplateError(.type, "got multiple values for keyword argument '\(name)'")
            }
            arguments.keyword.append((name, value))
        }
    }

    private func call(
        _ callee: Syntax.ExpressionID,
        _ argumentsID: Int32,
        _ id: Syntax.ExpressionID,
        _ frame: Frame
    ) throws -> Value {
        try step()
        // A method is called where it is found, without an object for it.
        guard case .attribute(let object, let name) = frame.template.syntax.expressions[Int(callee)] else {
            let callee = try evaluate(callee, frame)
            let arguments = try arguments(argumentsID, frame)
            frame.at = id
            return try call(callee, arguments)
        }
        let owner = try evaluate(object, frame)
        let arguments = try arguments(argumentsID, frame)
        frame.at = id
        return try callMethod(frame.template.syntax.names[Int(name)], of: owner, arguments)
    }

    func callMethod(_ name: String, of owner: Value, _ arguments: Arguments) throws -> Value {
        if case .object(let object) = owner { return try object.callMethod(name, arguments, in: self) }
        if let result = try Methods.call(name, of: owner, arguments, in: self) { return result }
        return try call(try attribute(name, of: owner), arguments)
    }

    /// Calls a value with arguments.
    package func call(_ callee: Value, _ arguments: Arguments) throws -> Value {
        switch callee {
        case .object(let object): return try object.call(arguments, in: self)
        case .undefined(let undefined): return try undefined.called()
        default: throw TemplateError(.type, "'\(callee.typeName)' object is not callable")
        }
    }

    func filter(
        _ input: Value,
        _ name: Int32,
        _ arguments: Int32,
        _ id: Syntax.ExpressionID,
        _ frame: Frame
    ) throws -> Value {
        let arguments = try self.arguments(arguments, frame)
        frame.at = id
        guard let filter = frame.template.filters[Int(name)] else {
            throw TemplateError(.runtime, "No filter named '\(frame.template.syntax.filters[Int(name)])'.")
        }
        try step()
        return try filter(input, arguments, self)
    }

    private func test(
        _ input: Syntax.ExpressionID,
        _ name: Int32,
        _ arguments: Int32,
        _ id: Syntax.ExpressionID,
        _ frame: Frame
    ) throws -> Bool {
        let input = try evaluate(input, frame)
        let arguments = try self.arguments(arguments, frame)
        frame.at = id
        guard let test = frame.template.tests[Int(name)] else {
            throw TemplateError(.runtime, "No test named '\(frame.template.syntax.tests[Int(name)])'.")
        }
        return try test(input, arguments, self)
    }
}

extension Syntax.Comparison.Operator {
    /// Whether the relation holds between two values.
    func holds(_ left: Value, _ right: Value) throws -> Bool {
        switch self {
        case .equal, .notEqual:
            if case .undefined(let undefined) = left, undefined.behaviour == .strict { throw undefined.error }
            if case .undefined(let undefined) = right, undefined.behaviour == .strict { throw undefined.error }
            return left.isEqual(to: right) == (self == .equal)
        case .isIn: return try right.contains(left)
        case .isNotIn: return try !right.contains(left)
        default: break
        }
        let order = try left.compare(to: right, rawValue)
        if order == Value.unordered { return false }
        return switch self {
        case .less: order < 0
        case .lessOrEqual: order <= 0
        case .greater: order > 0
        default: order >= 0
        }
    }
}
