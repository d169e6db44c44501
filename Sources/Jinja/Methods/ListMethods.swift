/// The methods of `list` and `tuple`.
enum ListMethods {
    static let names: Set<String> = [
        "append", "clear", "copy", "count", "extend", "index", "insert", "pop", "remove", "reverse", "sort",
    ]

    static func call(
        _ name: String,
        _ list: ListObject,
        _ arguments: Arguments,
        _ interpreter: Interpreter
    ) throws -> Value? {
        switch name {
        case "append":
            list.values.append(try arguments.bound(name, "object")[0] ?? .none)
            return Value.none
        case "extend":
            list.values += try arguments.bound(name, "iterable")[0]?.elements() ?? []
            return Value.none
        case "insert":
            let given = try arguments.bound(name, "index", "object")
            let place = try index(given[0])
            let count = list.values.count
            list.values.insert(given[1] ?? .none, at: max(0, min(count, place < 0 ? place + count : place)))
            return Value.none
        case "pop": return try pop(list, try arguments.bound(name, "index?")[0])
        case "remove":
            let value = try arguments.bound(name, "value")[0] ?? .none
            guard let place = list.values.firstIndex(where: { $0.isEqual(to: value) }) else {
                throw TemplateError(.value, "list.remove(x): x not in list")
            }
            list.values.remove(at: place)
            return Value.none
        case "clear":
            list.values = []
            return Value.none
        case "copy": return .list(of: list.values)
        case "reverse":
            list.values.reverse()
            return Value.none
        case "sort":
            try sort(list, arguments, interpreter)
            return Value.none
        default: return try call(name, list.values, arguments)
        }
    }

    /// The methods that change nothing, which tuples have as well.
    static func call(_ name: String, _ values: [Value], _ arguments: Arguments) throws -> Value? {
        switch name {
        case "count":
            let value = try arguments.bound(name, "value")[0] ?? .none
            return .integer(values.count { $0.isEqual(to: value) })
        case "index":
            let given = try arguments.bound(name, "value", "start?", "stop?")
            let count = values.count
            func clamped(_ value: Value?, _ fallback: Int) throws -> Int {
                guard let value else { return fallback }
                let place = try index(value)
                return max(0, min(count, place < 0 ? place + count : place))
            }
            let (start, stop) = (try clamped(given[1], 0), try clamped(given[2], count))
            let value = given[0] ?? .none
            guard start < stop, let place = values[start..<stop].firstIndex(where: { $0.isEqual(to: value) }) else {
                throw TemplateError(.value, "\(try value.repr) is not in list")
            }
            return .integer(place)
        default: return nil
        }
    }

    private static func index(_ value: Value?) throws -> Int {
        guard let index = value?.asInteger else {
            throw TemplateError(.type, "'\(value?.typeName ?? "")' object cannot be interpreted as an integer")
        }
        return index
    }

    private static func pop(_ list: ListObject, _ place: Value?) throws -> Value {
        guard !list.values.isEmpty else { throw TemplateError(.index, "pop from empty list") }
        let count = list.values.count
        let given = try place.map { try index($0) } ?? -1
        let at = given < 0 ? given + count : given
        guard at >= 0, at < count else { throw TemplateError(.index, "pop index out of range") }
        return list.values.remove(at: at)
    }

    private static func sort(_ list: ListObject, _ arguments: Arguments, _ interpreter: Interpreter) throws {
        guard arguments.positional.isEmpty else { throw TemplateError(.type, "sort() takes no positional arguments") }
        let given = try arguments.bound("sort", "key?", "reverse?")
        let key = given[0].flatMap { $0.isNone ? nil : $0 }
        list.values = try Sorting.sorted(list.values, isReversed: try given[1]?.isTrue ?? false) { value in
            try key.map { try interpreter.call($0, Arguments([value])) } ?? value
        }
    }
}

/// Sorts as Python does: stable, with errors where there is no order.
enum Sorting {
    static func sorted(_ values: [Value], isReversed: Bool, by key: (Value) throws -> Value) throws -> [Value] {
        let keyed = try values.map { (key: try key($0), value: $0) }
        // Swift's sort is stable; reversed order keeps equal values in their order as well.
        let sorted = try keyed.sorted { one, other in
            let order = isReversed ? try other.key.compare(to: one.key) : try one.key.compare(to: other.key)
            return order < 0 && order != Value.unordered
        }
        return sorted.map(\.value)
    }
}
