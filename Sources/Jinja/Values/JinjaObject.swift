/// A value with attributes, items or a call of its own, made by whoever embeds templates.
///
/// Everything has a default: an object without attributes, equal to itself alone. Called on the rendering thread only.
package protocol JinjaObject: AnyObject {
    /// What Python would call its type.
    var typeName: String { get }
    /// Whether `is defined` says no.
    var isUndefined: Bool { get }

    /// What stands behind the dot; nil where there is nothing.
    func attribute(named name: String) throws -> Value?
    /// Gives an attribute a new value (`set object.name = value`).
    func setAttribute(named name: String, to value: Value) throws
    /// What stands in brackets; nil where there is nothing.
    func item(for key: Value) throws -> Value?
    /// Calls it.
    func call(_ arguments: Arguments, in interpreter: Interpreter) throws -> Value
    /// Calls an attribute; answer here to spare an object for the method.
    func callMethod(_ name: String, _ arguments: Arguments, in interpreter: Interpreter) throws -> Value
    /// Values one after the other; nil where it cannot be gone through.
    func iterate() throws -> ValueCursor?
    /// How many values it has; nil where Python's `len` fails.
    func length() throws -> Int?
    /// Whether a value is in it; nil to search by going through it.
    func contains(_ value: Value) throws -> Bool?
    /// How it is printed.
    func text() throws -> String
    /// How it is printed inside of lists.
    func repr() throws -> String
    /// Whether an `if` takes it for true.
    func truth() throws -> Bool
    /// Whether it equals another value.
    func isEqual(to other: Value) -> Bool
    /// Feeds what `isEqual` compares.
    func hash(into hasher: inout Hasher)
    /// Whether `is callable` says yes.
    var isCallable: Bool { get }
    /// Whether `is mapping` says yes.
    var isMapping: Bool { get }
    /// Order against another value: negative, zero, positive; nil where there is none.
    func compare(to other: Value) throws -> Int?
    /// The result of an operator with this on the left (`reflected`: right) side; nil where Python has none.
    func operate(_ operation: BinaryOperator, with other: Value, reflected: Bool) throws -> Value?
}

extension JinjaObject {
    /// Whether `is defined` says no.
    package var isUndefined: Bool { false }
    /// Whether `is callable` says yes.
    package var isCallable: Bool { false }
    /// Whether `is mapping` says yes.
    package var isMapping: Bool { false }
    /// What stands behind the dot.
    package func attribute(named name: String) throws -> Value? { nil }
    /// Gives an attribute a new value.
    package func setAttribute(named name: String, to value: Value) throws {
        throw TemplateError(.attribute, "'\(typeName)' object has no attribute '\(name)'")
    }
    /// What stands in brackets.
    package func item(for key: Value) throws -> Value? {
        guard case .string(let name) = key else { return nil }
        return try attribute(named: name)
    }
    /// What a call of it gives.
    package func call(_ arguments: Arguments, in interpreter: Interpreter) throws -> Value {
        throw TemplateError(.type, "'\(typeName)' object is not callable")
    }
    /// What a call of one of its methods gives.
    package func callMethod(_ name: String, _ arguments: Arguments, in interpreter: Interpreter) throws -> Value {
        let method = try interpreter.attribute(name, of: .object(self))
        return try interpreter.call(method, arguments)
    }
    /// Its values one after the other.
    package func iterate() throws -> ValueCursor? { nil }
    /// How many values it has.
    package func length() throws -> Int? { nil }
    /// Whether a value is in it.
    package func contains(_ value: Value) throws -> Bool? { nil }
    /// How it is printed.
    package func text() throws -> String { try repr() }
    /// How it is printed inside of lists.
    package func repr() throws -> String { "<\(typeName) object>" }
    /// Whether an `if` takes it for true.
    package func truth() throws -> Bool { try length().map { $0 != 0 } ?? true }
    /// Whether it equals another value.
    package func isEqual(to other: Value) -> Bool {
        if case .object(let other) = other { other === self } else { false }
    }
    package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
    /// Its order against another value.
    package func compare(to other: Value) throws -> Int? { nil }
    /// What an operator gives; nil where Python has none.
    package func operate(_ operation: BinaryOperator, with other: Value, reflected: Bool) throws -> Value? { nil }
}
