/// What `loop` is within a loop.
final class LoopState: JinjaObject {
    private var cursor: ValueCursor
    private var known: Int?
    private let loop: Int32
    /// Where a recursive loop was begun; nil for others, as the frame holds the loop and neither would ever go.
    private let frame: Frame?
    private let depth: Int
    private var index = -1
    private var current: Value?
    private var previous: Value?
    /// The next value, once somebody asked for it.
    private var peeked: Value??
    private var compared: [Value]?

    init(_ cursor: ValueCursor, length: Int?, loop: Int32, frame: Frame?, depth: Int) {
        self.cursor = cursor
        known = length
        self.loop = loop
        self.frame = frame
        self.depth = depth
    }

    /// Goes to the next value; nil after the last.
    func advance() throws -> Value? {
        let next = try peek()
        peeked = nil
        previous = current
        current = next
        index += 1
        return next
    }

    private func peek() throws -> Value? {
        if let peeked { return peeked }
        let next = try cursor.next()
        peeked = .some(next)
        return next
    }

    private func count() throws -> Int {
        if let known { return known }
        let rest = try (peek().map { [$0] } ?? []) + cursor.rest()
        peeked = nil
        cursor = ValueCursor(rest)
        let count = index + 1 + rest.count
        known = count
        return count
    }

    var typeName: String { "LoopContext" }
    var isCallable: Bool { true }
    func length() throws -> Int? { try count() }
    func repr() throws -> String { "<LoopContext \(index + 1)/\(try count())>" }

    func attribute(named name: String) throws -> Value? {
        switch name {
        case "index": .integer(index + 1)
        case "index0": .integer(index)
        case "first": .bool(index == 0)
        case "last": .bool(try peek() == nil)
        case "length": .integer(try count())
        case "revindex": .integer(try count() - index)
        case "revindex0": .integer(try count() - index - 1)
        case "depth": .integer(depth + 1)
        case "depth0": .integer(depth)
        case "previtem": previous ?? .undefined(Undefined("previtem", hint: "there is no previous item"))
        case "nextitem": try peek() ?? .undefined(Undefined("nextitem", hint: "there is no next item"))
        case "cycle", "changed": .object(BoundMember(name, of: self))
        default: nil
        }
    }

    func callMethod(_ name: String, _ arguments: Arguments, in interpreter: Interpreter) throws -> Value {
        switch name {
        case "cycle":
            guard !arguments.positional.isEmpty else { throw TemplateError(.type, "no items for cycling given") }
            return arguments.positional[index % arguments.positional.count]
        case "changed":
            let values = arguments.positional
            defer { compared = values }
            guard let compared else { return true }
            return .bool(!Value.tuple(compared).isEqual(to: .tuple(values)))
        default:
            return try interpreter.call(interpreter.attribute(name, of: .object(self)), arguments)
        }
    }

    func call(_ arguments: Arguments, in interpreter: Interpreter) throws -> Value {
        guard let frame else {
            throw TemplateError(
                .type,
                "The loop must have the 'recursive' marker to be called recursively."
            )
        }
        let syntax = frame.template.syntax.loops[Int(loop)]
        let values = try arguments.bound("loop", "iterable")[0] ?? .none
        let text = try interpreter.captured {
            _ = try interpreter.run(syntax, loop, over: values, frame, depth: depth + 1)
        }
        return interpreter.textValue(text)
    }
}

/// A method of an object that answers in `callMethod`, named without being called.
package final class BoundMember: JinjaObject {
    private let name: String
    private let owner: any JinjaObject

    /// The method `name` of `owner`.
    package init(_ name: String, of owner: any JinjaObject) {
        self.name = name
        self.owner = owner
    }

    /// What Python would call the type.
    package var typeName: String { "method" }
    /// Whether `is callable` says yes.
    package var isCallable: Bool { true }
    /// How it is printed inside of lists.
    package func repr() throws -> String { "<bound method \(owner.typeName).\(name)>" }
    /// What a call of it gives.
    package func call(_ arguments: Arguments, in interpreter: Interpreter) throws -> Value {
        try owner.callMethod(name, arguments, in: interpreter)
    }
}
