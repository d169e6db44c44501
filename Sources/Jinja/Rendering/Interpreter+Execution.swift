extension Interpreter {
    /// What a statement does to the loop around it.
    enum Flow {
        case goesOn, stops, skips
    }

    /// Runs statements one after the other.
    func execute(_ body: Syntax.Span, _ frame: Frame) throws -> Flow {
        for place in body.range {
            let flow = try execute(frame.template.syntax.statements[place], frame)
            if flow != .goesOn { return flow }
        }
        return .goesOn
    }

    private func execute(_ statement: Syntax.Statement, _ frame: Frame) throws -> Flow {
        switch statement {
        case .text(let extent): try write(extent, frame)
        case .output(let expression): try write(try evaluate(expression, frame), expression, frame)
        case .set(let target, let expression): try assign(try evaluate(expression, frame), to: target, frame)
        case .condition(let branches, let otherwise): return try choose(branches, otherwise, frame)
        case .loop(let loop): return try execute(loop: loop, frame)
        case .evaluate(let expression): _ = try evaluate(expression, frame)
        case .stop: return .stops
        case .skip: return .skips
        case .scope(let clearing, let body):
            clear(clearing, frame)
            return try execute(body, frame)
        case .with(let with): return try execute(frame.template.syntax.withs[Int(with)], frame)
        case .macro(let macro): try define(macro, frame)
        default: return try executeRest(statement, frame)
        }
        return .goesOn
    }

    private func executeRest(_ statement: Syntax.Statement, _ frame: Frame) throws -> Flow {
        var flow = Flow.goesOn
        switch statement {
        case .setBlock(let target, let filter, let body):
            var value: Value = textValue(try captured { flow = try execute(body, frame) })
            if filter >= 0 { value = try applyFilters(filter, to: value, frame) }
            try assign(value, to: target, frame)
        case .callBlock(let call, let macro): try executeCall(call, macro, frame)
        case .filterBlock(let filter, let body):
            let value = textValue(try captured { flow = try execute(body, frame) })
            try write(try applyFilters(filter, to: value, frame), filter, frame)
        case .block(let block): try executeBlock(block, frame)
        case .extends(let template): try extend(template, frame)
        case .include(let include): try execute(frame.template.syntax.includes[Int(include)], frame)
        case .importAll(let imported): try execute(frame.template.syntax.imports[Int(imported)], frame)
        case .autoescape(let flag, let body):
            let outer = autoescapes
            defer { autoescapes = outer }
            autoescapes = try evaluate(flag, frame).isTrue
            return try execute(body, frame)
        default: break
        }
        return flow
    }

    func textValue(_ text: String) -> Value { autoescapes ? .markup(text) : .string(text) }

    func clear(_ slots: Syntax.Span, _ frame: Frame) {
        for place in slots.range { frame.slots[Int(frame.template.syntax.clearings[place])] = nil }
    }

    // MARK: Output

    private func write(_ extent: Syntax.Extent, _ frame: Frame) throws {
        if frame.isMuted || frame.collectsValues, captures == frame.captures {
            if !frame.isMuted { values.append(.string(frame.template.text(extent))) }
            return
        }
        note(extent, isText: true)
        output += frame.template.source[Int(extent.start)..<Int(extent.end)]
        try checkOutput()
    }

    private func write(_ value: Value, _ expression: Syntax.ExpressionID, _ frame: Frame) throws {
        frame.at = expression
        if frame.isMuted || frame.collectsValues, captures == frame.captures {
            if frame.isMuted { return }
            // Jinja computes what depends on nothing while it compiles, and keeps the text of it.
            let isText = StaticValue.isFoldable(expression, in: frame.template.syntax)
            values.append(isText ? .string(try value.text) : value)
            return
        }
        note(frame.template.syntax.extents[Int(expression)], isText: false)
        try print(value)
    }

    // MARK: Names

    func assign(_ value: Value, to target: Int32, _ frame: Frame) throws {
        switch frame.template.syntax.targets[Int(target)] {
        case .slot(let slot, let name, let isExported):
            frame.slots[Int(slot)] = value
            if isExported, frame.template.syntax.exportsNames || frame.world.isModule {
                frame.world.exports[frame.template.syntax.names[Int(name)]] = value
            }
        case .attribute(let object, let name):
            let object = try evaluate(object, frame)
            guard case .object(let namespace) = object, namespace is Namespace else {
                throw TemplateError(.runtime, "cannot assign attribute on non-namespace object")
            }
            try namespace.setAttribute(named: frame.template.syntax.names[Int(name)], to: value)
        case .tuple(let targets):
            let values = try value.unpacked(Int(targets.count))
            for (value, place) in zip(values, targets.range) {
                try assign(value, to: frame.template.syntax.targetLists[place], frame)
            }
        }
    }

    private func execute(_ with: Syntax.With, _ frame: Frame) throws -> Flow {
        clear(with.clearing, frame)
        let values = try with.values.range.map { try evaluate(frame.template.syntax.children[$0], frame) }
        for (value, place) in zip(values, with.targets.range) {
            try assign(value, to: frame.template.syntax.targetLists[place], frame)
        }
        return try execute(with.body, frame)
    }

    private func choose(_ branches: Syntax.Span, _ otherwise: Syntax.Span, _ frame: Frame) throws -> Flow {
        for place in branches.range {
            let branch = frame.template.syntax.branches[place]
            frame.at = branch.test
            if try evaluate(branch.test, frame).isTrue { return try execute(branch.body, frame) }
        }
        return try execute(otherwise, frame)
    }

    /// Filters of a block, innermost first; the innermost has no input of its own.
    private func applyFilters(_ filter: Syntax.ExpressionID, to value: Value, _ frame: Frame) throws -> Value {
        guard filter >= 0 else { return value }
        switch frame.template.syntax.expressions[Int(filter)] {
        case .filter(let input, let name, let arguments):
            let input = try applyFilters(input, to: value, frame)
            return try self.filter(input, name, arguments, filter, frame)
        default: return try evaluate(filter, frame)
        }
    }

    // MARK: Macros

    private func define(_ macro: Int32, _ frame: Frame) throws {
        let syntax = frame.template.syntax.macros[Int(macro)]
        guard syntax.target >= 0 else { return }
        let definition = Definition(frame.template, macro)
        try assign(.object(Macro(definition, frame.world, enclosing: frame)), to: syntax.target, frame)
    }

    private func executeCall(_ call: Syntax.ExpressionID, _ macro: Int32, _ frame: Frame) throws {
        let caller = Macro(Definition(frame.template, macro), frame.world, enclosing: frame)
        guard case .call(let callee, let arguments) = frame.template.syntax.expressions[Int(call)] else { return }
        let function = try evaluate(callee, frame)
        var given = try self.arguments(arguments, frame)
        given.keyword.append(("caller", .object(caller)))
        frame.at = call
        try write(try self.call(function, given), call, frame)
    }
}

extension Value {
    /// Exactly as many values as there are targets.
    func unpacked(_ count: Int) throws -> [Value] {
        let values: [Value]
        switch self {
        case .list, .tuple, .string, .markup, .dict: values = try elements()
        default:
            var cursor = try cursor(orFail: "cannot unpack non-iterable \(typeName) object")
            values = try cursor.rest()
        }
        if values.count > count { throw TemplateError(.value, "too many values to unpack (expected \(count))") }
        if values.count < count {
            throw TemplateError(.value, "not enough values to unpack (expected \(count), got \(values.count))")
        }
        return values
    }
}
