/// A macro that can be called.
package final class Macro: JinjaObject {
    /// Where it was defined.
    package let definition: Definition
    private let world: World
    private let enclosing: Frame?

    /// A macro that finds the names it does not set itself in `globals`.
    package convenience init(_ definition: Definition, _ globals: any Globals) {
        self.init(definition, World(globals), enclosing: nil)
    }

    init(_ definition: Definition, _ world: World, enclosing: Frame?) {
        self.definition = definition
        self.world = world
        self.enclosing = enclosing
    }

    /// What Python would call the type.
    package var typeName: String { "Macro" }
    /// Whether `is callable` says yes.
    package var isCallable: Bool { true }
    /// How it is printed inside of lists.
    package func repr() throws -> String { "<Macro '\(name)'>" }

    /// The macro's name; a call block is an anonymous macro.
    package var name: String { definition.syntax.isCallBlock ? "caller" : definition.name }

    /// What stands behind the dot.
    package func attribute(named name: String) throws -> Value? {
        let syntax = definition.syntax
        return switch name {
        case "name": syntax.isCallBlock ? Value.none : .string(definition.name)
        case "arguments":
            .tuple(syntax.parameters.map { .string(definition.template.syntax.names[Int($0.name)]) })
        case "catch_kwargs": .bool(syntax.kwargsSlot >= 0)
        case "catch_varargs": .bool(syntax.varargsSlot >= 0)
        case "caller": .bool(syntax.callerSlot >= 0)
        default: nil
        }
    }

    /// What a call of it gives.
    package func call(_ arguments: Arguments, in interpreter: Interpreter) throws -> Value {
        try interpreter.step()
        let syntax = definition.syntax
        let frame = Frame(definition.template, layout: syntax.frame, parent: enclosing, world: world)
        frame.macro = name
        let given = try bind(arguments, syntax, frame, interpreter)
        do {
            let text = try interpreter.enter(frame) {
                try interpreter.captured {
                    try fill(given, syntax, frame, interpreter)
                    _ = try interpreter.execute(syntax.body, frame)
                }
            }
            return interpreter.textValue(text)
        } catch is CarriedValue where !syntax.isCallBlock {
            return interpreter.takeCarried()
        }
    }

    /// Puts the arguments in their slots and gives back which parameters were given.
    private func bind(
        _ arguments: Arguments,
        _ syntax: Syntax.MacroSyntax,
        _ frame: Frame,
        _ interpreter: Interpreter
    ) throws -> [Bool] {
        let names = definition.template.syntax.names
        var given = [Bool](repeating: false, count: syntax.parameters.count)
        for (place, (parameter, value)) in zip(syntax.parameters, arguments.positional).enumerated() {
            frame.slots[Int(parameter.slot)] = value
            given[place] = true
        }
        var rest: [(name: String, value: Value)] = []
        var caller: Value?
        for (name, value) in arguments.keyword {
            let place = syntax.parameters.firstIndex { names[Int($0.name)] == name }
            if let place, !given[place] {
                frame.slots[Int(syntax.parameters[place].slot)] = value
                given[place] = true
            } else if place == nil, name == "caller", syntax.callerSlot >= 0 {
                caller = value
            } else {
                rest.append((name, value))
            }
        }
        if syntax.callerSlot >= 0, !syntax.parameters.contains(where: { $0.slot == syntax.callerSlot }) {
            frame.slots[Int(syntax.callerSlot)] = caller ?? interpreter.undefined("caller", hint: "No caller defined")
        }
        try catchRest(rest, Array(arguments.positional.dropFirst(given.count)), syntax, frame)
        return given
    }

    private func catchRest(
        _ keywords: [(name: String, value: Value)],
        _ positional: [Value],
        _ syntax: Syntax.MacroSyntax,
        _ frame: Frame
    ) throws {
        if syntax.kwargsSlot >= 0 {
            let dict = DictObject()
            for (name, value) in keywords { dict[name] = value }
            frame.slots[Int(syntax.kwargsSlot)] = .dict(dict)
        } else if let first = keywords.first {
            throw TemplateError(
                .type,
                first.name == "caller"
                    ? "macro '\(name)' was invoked with two values for the special caller argument. This is most likely a bug."
                    : "macro '\(name)' takes no keyword argument '\(first.name)'"
            )
        }
        if syntax.varargsSlot >= 0 {
            frame.slots[Int(syntax.varargsSlot)] = .tuple(positional)
        } else if !positional.isEmpty {
            throw TemplateError(
                .type,
                "macro '\(name)' takes not more than \(syntax.parameters.count) argument(s)"
            )
        }
    }

    /// Gives every parameter that was left out its default, in order, so that one may name those before it.
    private func fill(
        _ given: [Bool],
        _ syntax: Syntax.MacroSyntax,
        _ frame: Frame,
        _ interpreter: Interpreter
    ) throws {
        for (parameter, isGiven) in zip(syntax.parameters, given) where !isGiven {
            let name = definition.template.syntax.names[Int(parameter.name)]
            frame.slots[Int(parameter.slot)] =
                parameter.fallback >= 0
                ? try interpreter.evaluate(parameter.fallback, frame)
                : interpreter.undefined(name, hint: "parameter '\(name)' was not provided")
        }
    }
}
