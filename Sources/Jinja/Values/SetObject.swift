/// Python's `set`, in the order of insertion: what embedders offer as `set(...)`.
package final class SetObject: JinjaObject {
    private let members = DictObject()

    /// A set of these values; fails for what cannot be hashed.
    package init(_ values: [Value] = []) throws { for value in values { try insert(value) } }

    private func insert(_ value: Value) throws { members[try DictObject.Key(of: value)] = Value.none }

    /// The members in order.
    package var values: [Value] { members.keys }

    /// What Python would call the type.
    package var typeName: String { "set" }
    /// How many values it has.
    package func length() throws -> Int? { members.count }
    /// Its values one after the other.
    package func iterate() throws -> ValueCursor? { ValueCursor(values) }
    /// Whether a value is in it.
    package func contains(_ value: Value) throws -> Bool? { members[try DictObject.Key(of: value)] != nil }
    /// How it is printed inside of lists.
    package func repr() throws -> String {
        members.isEmpty ? "set()" : "{" + (try values.map { try $0.repr }).joined(separator: ", ") + "}"
    }

    /// Whether it equals another value.
    package func isEqual(to other: Value) -> Bool {
        guard case .object(let object) = other, let other = object as? SetObject else { return false }
        return members.count == other.members.count
            && values.allSatisfy { value in other.values.contains { $0.isEqual(to: value) } }
    }
    package func hash(into hasher: inout Hasher) { hasher.combine(members.count) }

    private static let methods: Set<String> = [
        "add", "remove", "discard", "pop", "clear", "copy", "update", "union", "intersection", "difference",
        "symmetric_difference", "issubset", "issuperset", "isdisjoint",
    ]

    /// What stands behind the dot.
    package func attribute(named name: String) throws -> Value? {
        Self.methods.contains(name) ? .object(BoundMember(name, of: self)) : nil
    }

    /// What an operator gives; nil where Python has none.
    package func operate(_ operation: BinaryOperator, with other: Value, reflected: Bool) throws -> Value? {
        guard operation == .subtract, !reflected, case .object(let object) = other, let other = object as? SetObject
        else { return nil }
        return .object(try SetObject(try values.filter { try other.contains($0) == false }))
    }

    /// What a call of one of its methods gives.
    package func callMethod(_ name: String, _ arguments: Arguments, in interpreter: Interpreter) throws -> Value {
        let others =
            try arguments.positional.first.map { value in
                ["add", "remove", "discard"].contains(name) ? [] : try value.elements()
            } ?? []
        let given = arguments.positional.first ?? Value.none
        switch name {
        case "add": try insert(given)
        case "remove":
            guard members.remove(try DictObject.Key(of: given)) != nil else {
                throw TemplateError(.key, try given.repr)
            }
        case "discard": members.remove(try DictObject.Key(of: given))
        case "clear": members.removeAll()
        case "update": for other in try arguments.positional.flatMap({ try $0.elements() }) { try insert(other) }
        case "pop":
            guard let last = members.removeLast() else { throw TemplateError(.key, "'pop from an empty set'") }
            return last.0
        case "copy": return .object(try SetObject(values))
        case "union": return .object(try SetObject(values + arguments.positional.flatMap { try $0.elements() }))
        default: return try compared(name, others, arguments, interpreter)
        }
        return .none
    }

    private func compared(
        _ name: String,
        _ others: [Value],
        _ arguments: Arguments,
        _ interpreter: Interpreter
    ) throws -> Value {
        let other = try SetObject(others)
        let missing = try other.values.filter { try contains($0) == false }
        let own = try values.filter { try other.contains($0) == false }
        switch name {
        case "intersection": return .object(try SetObject(try values.filter { try other.contains($0) == true }))
        case "difference": return .object(try SetObject(own))
        case "symmetric_difference": return .object(try SetObject(own + missing))
        case "issubset": return .bool(own.isEmpty)
        case "issuperset": return .bool(missing.isEmpty)
        case "isdisjoint": return .bool(own.count == members.count)
        default: return try interpreter.call(interpreter.attribute(name, of: .object(self)), arguments)
        }
    }
}
