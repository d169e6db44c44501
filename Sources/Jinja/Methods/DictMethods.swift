/// The methods of `dict`.
enum DictMethods {
    static let names: Set<String> = [
        "clear", "copy", "fromkeys", "get", "items", "keys", "pop", "popitem", "setdefault", "update", "values",
    ]

    static func call(_ name: String, _ dict: DictObject, _ arguments: Arguments) throws -> Value? {
        switch name {
        case "get":
            let given = try arguments.bound(name, "key", "default?")
            return dict[try key(given[0])] ?? given[1] ?? Value.none
        case "items", "keys", "values":
            _ = try arguments.bound(name)
            return .object(DictView(dict, name))
        case "update":
            for value in arguments.positional { try dict.update(from: value) }
            for (name, value) in arguments.keyword { dict[name] = value }
            return Value.none
        case "setdefault":
            let given = try arguments.bound(name, "key", "default?")
            let key = try key(given[0])
            if let value = dict[key] { return value }
            dict[key] = given[1] ?? Value.none
            return given[1] ?? Value.none
        case "pop":
            let given = try arguments.bound(name, "key", "default?")
            if let value = dict.remove(try key(given[0])) ?? given[1] { return value }
            throw TemplateError(.key, try (given[0] ?? .none).repr)
        case "popitem":
            guard let (key, value) = dict.removeLast() else {
                throw TemplateError(.key, "'popitem(): dictionary is empty'")
            }
            return .tuple([key, value])
        case "copy": return .dict(DictObject(copying: dict))
        case "clear":
            dict.removeAll()
            return Value.none
        case "fromkeys":
            let given = try arguments.bound(name, "iterable", "value?")
            let made = DictObject()
            for value in try given[0]?.elements() ?? [] { made[try key(value)] = given[1] ?? Value.none }
            return .dict(made)
        default: return nil
        }
    }

    private static func key(_ value: Value?) throws -> DictObject.Key { try DictObject.Key(of: value ?? .none) }
}

/// The keys, values or items of a dictionary as they are when somebody looks.
final class DictView: JinjaObject {
    private let dict: DictObject
    private let part: String

    init(_ dict: DictObject, _ part: String) {
        self.dict = dict
        self.part = part
    }

    var typeName: String { "dict_" + part }
    func attribute(named name: String) throws -> Value? { name == "mapping" ? .dict(dict) : nil }
    func length() throws -> Int? { dict.count }
    func repr() throws -> String { "dict_\(part)(\(try Value.list(of: values()).repr))" }

    private func values() -> [Value] {
        switch part {
        case "keys": dict.keys
        case "values": dict.values
        default: dict.items.map { .tuple([$0.key, $0.value]) }
        }
    }

    func iterate() throws -> ValueCursor? {
        let dict = dict
        let part = part
        let count = dict.count
        var place = 0
        return ValueCursor {
            guard dict.count == count else {
                throw TemplateError(.state, "dictionary changed size during iteration")
            }
            guard let entry = dict.entry(from: place) else { return nil }
            place = entry.next
            return switch part {
            case "keys": entry.key
            case "values": entry.value
            default: .tuple([entry.key, entry.value])
            }
        }
    }

    func contains(_ value: Value) throws -> Bool? {
        part == "keys" ? dict[try DictObject.Key(of: value)] != nil : nil
    }

    func isEqual(to other: Value) -> Bool {
        guard case .object(let object) = other, let other = object as? DictView else { return false }
        if self === other { return true }
        guard part == other.part, part != "values", dict.count == other.dict.count else { return false }
        return values().allSatisfy { value in other.values().contains { $0.isEqual(to: value) } }
    }
}
