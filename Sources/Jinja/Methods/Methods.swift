/// The methods of Python's built-in types.
enum Methods {
    /// Calls a method; nil where the type has none of that name.
    static func call(
        _ name: String,
        of owner: Value,
        _ arguments: Arguments,
        in interpreter: Interpreter
    ) throws -> Value? {
        switch owner {
        case .string(let text):
            return try StringMethods.call(name, text, arguments)
        case .markup(let text):
            let escaped = Arguments(
                try arguments.positional.map(HTML.escapingArguments),
                keyword: arguments.keyword
            )
            guard let result = try StringMethods.call(name, text, escaped) else { return nil }
            // What stays text stays safe.
            if case .string(let text) = result { return .markup(text) }
            return result
        case .list(let list): return try ListMethods.call(name, list, arguments, interpreter)
        case .tuple(let values): return try ListMethods.call(name, values, arguments)
        case .dict(let dict): return try DictMethods.call(name, dict, arguments)
        case .integer, .bigInteger, .bool, .double: return try NumberMethods.call(name, owner, arguments)
        default: return nil
        }
    }

    /// Whether the type has a method of this name.
    static func has(_ name: String, _ owner: Value) -> Bool {
        switch owner {
        case .string, .markup: StringMethods.names.contains(name)
        case .list: ListMethods.names.contains(name)
        case .tuple: name == "count" || name == "index"
        case .dict: DictMethods.names.contains(name)
        case .integer, .bigInteger, .bool: NumberMethods.integerNames.contains(name)
        case .double: NumberMethods.doubleNames.contains(name)
        default: false
        }
    }

    /// What numbers have behind the dot without a call.
    static func property(_ name: String, of owner: Value) -> Value? {
        switch (owner, name) {
        case (.integer, "real"), (.integer, "numerator"), (.double, "real"): owner
        case (.bool(let flag), "real"), (.bool(let flag), "numerator"): .integer(flag ? 1 : 0)
        case (.integer, "imag"), (.bool, "imag"): 0
        case (.double, "imag"): 0.0
        case (.integer, "denominator"), (.bool, "denominator"): 1
        default: nil
        }
    }
}
