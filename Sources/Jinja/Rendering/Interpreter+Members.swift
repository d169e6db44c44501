extension Interpreter {
    /// What stands behind a dot: the attribute, else the item of that name, else undefined.
    package func attribute(_ name: String, of owner: Value) throws -> Value {
        if environment.options.isSandboxed, name.utf8.first == UInt8(ascii: "_"), isHidden(name, owner) {
            let hint = "access to attribute '\(name)' of '\(owner.typeName)' object is unsafe."
            return .undefined(Undefined(name, hint: hint, environment.options.undefined, kind: .security))
        }
        switch owner {
        case .undefined(let undefined): return try undefined.member(name)
        case .object(let object):
            if let value = try object.attribute(named: name) ?? object.item(for: .string(name)) { return value }
        case .dict(let dict):
            if Methods.has(name, owner) { return .object(BoundMethod(name, of: owner)) }
            if let value = dict[name] { return value }
        default:
            if let value = Methods.property(name, of: owner) { return value }
            if Methods.has(name, owner) { return .object(BoundMethod(name, of: owner)) }
        }
        return undefined(name, owner: described(owner))
    }

    /// Whether the name is one that Python gives to what every object has; others may be items, or are not there.
    private func isHidden(_ name: String, _ owner: Value) -> Bool {
        switch owner {
        case .dict(let dict): PythonNames.ofObjects.contains(name) && dict[name] == nil
        case .object: PythonNames.ofObjects.contains(name)
        default: true
        }
    }

    /// What stands in brackets: the item, else the attribute of that name, else undefined.
    package func item(_ key: Value, of owner: Value) throws -> Value {
        if let value = try foundItem(key, of: owner) { return value }
        switch owner {
        case .undefined(let undefined): return try undefined.member(key.text)
        case .object(let object):
            if let name = key.asString, let value = try object.attribute(named: name) { return value }
        default:
            if let name = key.asString {
                if let value = Methods.property(name, of: owner) { return value }
                if Methods.has(name, owner) { return .object(BoundMethod(name, of: owner)) }
            }
        }
        if let name = key.asString { return undefined(name, owner: described(owner)) }
        return .undefined(
            Undefined(
                try key.text,
                owner: described(owner),
                element: try key.repr,
                environment.options.undefined
            )
        )
    }

    /// The item; a key of the wrong type is like one that is missing.
    private func foundItem(_ key: Value, of owner: Value) throws -> Value? {
        do {
            return try Items.item(key, of: owner)
        } catch let error as TemplateError where error.place == nil {
            switch error.kind {
            case .type, .key, .index, .attribute: return nil
            default: throw error
            }
        }
    }

    /// What messages call the owner of an attribute that is missing.
    private func described(_ owner: Value) -> String { owner.isNone ? "None" : "\(owner.typeName) object" }
}

/// Names with which Python marks what belongs to itself.
private enum PythonNames {
    /// What objects and dictionaries answer to.
    static let ofObjects: Set<String> = [
        "__class__", "__class_getitem__", "__contains__", "__delattr__", "__delitem__", "__dict__", "__dir__",
        "__doc__",
        "__eq__", "__format__", "__ge__", "__getattribute__", "__getitem__", "__getstate__", "__gt__", "__hash__",
        "__init__", "__init_subclass__", "__ior__", "__iter__", "__le__", "__len__", "__lt__", "__module__", "__ne__",
        "__new__", "__or__", "__reduce__", "__reduce_ex__", "__repr__", "__reversed__", "__ror__", "__setattr__",
        "__setitem__", "__sizeof__", "__str__", "__subclasshook__", "__weakref__",
    ]
}

/// A method of a built-in type that was named without being called.
final class BoundMethod: JinjaObject {
    let name: String
    let owner: Value

    init(_ name: String, of owner: Value) {
        self.name = name
        self.owner = owner
    }

    var typeName: String { "builtin_function_or_method" }
    var isCallable: Bool { true }
    func repr() throws -> String { "<built-in method \(name) of \(owner.typeName) object>" }
    func attribute(named attribute: String) throws -> Value? { attribute == "__name__" ? .string(name) : nil }

    func call(_ arguments: Arguments, in interpreter: Interpreter) throws -> Value {
        try Methods.call(name, of: owner, arguments, in: interpreter) ?? .none
    }
}
