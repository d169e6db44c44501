import Jinja

/// Functions that depend on nothing but their arguments, and what answers with nothing while a project is parsed.
enum TemplateFunctions {
    static func value(named name: String) -> Value? {
        switch name {
        case "log", "print", "debug", "do_nothing": .function(name) { _, _ in "" }
        case "load_result", "store_result", "store_raw_result", "write", "submit_python_job":
            .function(name) { _, _ in Value.none }
        case "local_md5":
            .function(name) { arguments, _ in .string(Digest.md5(try arguments.positional.first?.text.utf8 ?? "".utf8))
            }
        case "exceptions": .object(ExceptionFunctions())
        case "set", "set_strict": .function(name) { arguments, _ in try set(arguments) }
        case "zip", "zip_strict": .function(name) { arguments, interpreter in try zip(arguments, interpreter) }
        default: nil
        }
    }

    private static func set(_ arguments: Arguments) throws -> Value {
        let dict = DictObject()
        for value in try values(of: arguments.positional.first) { dict[try DictObject.Key(of: value)] = Value.none }
        return .list(of: dict.keys)
    }

    private static func zip(_ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
        let lists = try arguments.positional.map { try values(of: $0) }
        let count = lists.map(\.count).min() ?? 0
        return .list(of: (0..<count).map { place in .tuple(lists.map { $0[place] }) })
    }

    private static func values(of value: Value?) throws -> [Value] {
        switch value {
        case .list(let list)?: list.values
        case .tuple(let values)?: values
        case .dict(let dict)?: dict.keys
        case .string(let text)?: text.unicodeScalars.map { .string(String($0)) }
        default: []
        }
    }
}

/// `exceptions.raise_compiler_error` and its like.
final class ExceptionFunctions: JinjaObject {
    var typeName: String { "exceptions" }

    func attribute(named name: String) throws -> Value? {
        guard name != "warn" else { return .function(name) { _, _ in "" } }
        return .function(name) { arguments, _ in
            throw TemplateError(.raised, try arguments.positional.first?.text ?? name)
        }
    }
}
