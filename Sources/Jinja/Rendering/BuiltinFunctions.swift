/// The functions that every template finds.
enum BuiltinFunctions {
    // Functions hold nothing, but closures of values are not Sendable: each lookup makes its own object.
    static var all: Lookup { Lookup() }

    struct Lookup {
        subscript(_ name: String) -> Value? {
            switch name {
            case "range": .function(name, range)
            case "dict": .function(name) { arguments, _ in .dict(try dict("dict", arguments)) }
            case "namespace":
                .function(name) { arguments, _ in .object(Namespace(try dict("namespace", arguments))) }
            case "cycler": .function(name) { arguments, _ in .object(try Cycler(arguments.positional)) }
            case "joiner":
                .function(name) { arguments, _ in
                    .object(Joiner(try arguments.bound("joiner", "sep?")[0] ?? ", "))
                }
            case "lipsum": .function(name, LoremIpsum.call)
            default: nil
            }
        }
    }

    /// Longer ones are refused in a sandbox.
    private static let longestSandboxedRange = 100_000

    static func range(_ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
        let numbers = try arguments.positional.map { value in
            if case .undefined(let undefined) = value { throw undefined.error }
            guard let number = value.asInteger else {
                throw TemplateError(.type, "'\(value.typeName)' object cannot be interpreted as an integer")
            }
            return number
        }
        guard arguments.keyword.isEmpty else { throw TemplateError(.type, "range() takes no keyword arguments") }
        let range: RangeObject
        switch numbers.count {
        case 1: range = try RangeObject(0, numbers[0], 1)
        case 2: range = try RangeObject(numbers[0], numbers[1], 1)
        case 3: range = try RangeObject(numbers[0], numbers[1], numbers[2])
        default: throw TemplateError(.type, "range expected 1 to 3 arguments, got \(numbers.count)")
        }
        if interpreter.environment.options.isSandboxed, range.count > longestSandboxedRange {
            throw TemplateError(
                .overflow,
                "Range too big. The sandbox blocks ranges larger than MAX_RANGE (\(longestSandboxedRange))."
            )
        }
        return .object(range)
    }

    /// What `dict(...)` makes of a mapping or pairs, and of keywords.
    static func dict(_ function: String, _ arguments: Arguments) throws -> DictObject {
        guard arguments.positional.count <= 1 else {
            throw TemplateError(.type, "\(function) expected at most 1 argument, got \(arguments.positional.count)")
        }
        let dict = DictObject()
        if let source = arguments.positional.first { try dict.update(from: source) }
        for (name, value) in arguments.keyword { dict[name] = value }
        return dict
    }
}

extension DictObject {
    /// Takes the entries of a mapping or of a sequence of pairs.
    func update(from source: Value) throws {
        if case .dict(let other) = source {
            for (key, value) in other.items { self[try Key(of: key)] = value }
            return
        }
        if case .object(let object) = source, object.isMapping {
            for key in try source.elements() { self[try Key(of: key)] = try object.item(for: key) }
            return
        }
        for (place, pair) in try source.elements().enumerated() {
            guard let pair = try? pair.elements() else {
                throw TemplateError(.type, "cannot convert dictionary update sequence element #\(place) to a sequence")
            }
            guard pair.count == 2 else {
                throw TemplateError(
                    .value,
                    "dictionary update sequence element #\(place) has length \(pair.count); 2 is required"
                )
            }
            self[try Key(of: pair[0])] = pair[1]
        }
    }
}

/// Gives one value after the other, around and around.
final class Cycler: JinjaObject {
    private let values: [Value]
    private var place = 0

    init(_ values: [Value]) throws {
        guard !values.isEmpty else { throw TemplateError(.state, "at least one item has to be provided") }
        self.values = values
    }

    var typeName: String { "Cycler" }
    func attribute(named name: String) throws -> Value? {
        switch name {
        case "current": values[place]
        case "next", "reset": .object(BoundMember(name, of: self))
        default: nil
        }
    }
    func callMethod(_ name: String, _ arguments: Arguments, in interpreter: Interpreter) throws -> Value {
        switch name {
        case "next":
            defer { place = (place + 1) % values.count }
            return values[place]
        case "reset":
            place = 0
            return .none
        default: return try interpreter.call(interpreter.attribute(name, of: .object(self)), arguments)
        }
    }
}

/// Gives nothing the first time and a separator from then on.
final class Joiner: JinjaObject {
    private let separator: Value
    private var isUsed = false

    init(_ separator: Value) { self.separator = separator }

    var typeName: String { "Joiner" }
    var isCallable: Bool { true }
    func call(_ arguments: Arguments, in interpreter: Interpreter) throws -> Value {
        defer { isUsed = true }
        return isUsed ? separator : ""
    }
}
