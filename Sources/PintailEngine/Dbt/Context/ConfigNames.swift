import Jinja

/// `config`: what is configured for the node; called, it says nothing, as the project has read it before.
final class ConfigNames: JinjaObject {
    unowned let context: RunContext
    init(_ context: RunContext) { self.context = context }

    var typeName: String { "RuntimeConfigObject" }
    var isCallable: Bool { true }
    func call(_ arguments: Arguments, in interpreter: Interpreter) throws -> Value { "" }

    private static let methods: Set<String> = [
        "get", "require", "set", "persist_relation_docs", "persist_column_docs", "meta_get", "meta_require",
    ]

    func attribute(named name: String) throws -> Value? {
        guard Self.methods.contains(name) else { return name == "model" ? .dict(context.node.model) : nil }
        return .function(name) { arguments, interpreter in try self.callMethod(name, arguments, in: interpreter) }
    }

    func callMethod(_ name: String, _ arguments: Arguments, in interpreter: Interpreter) throws -> Value {
        let key = try arguments[0, "name"]?.text ?? ""
        let config = context.node.config
        switch name {
        case "get":
            let fallback = arguments[1, "default"]
            guard let value = config[key], fallback == nil || !value.isNone else { return fallback ?? .none }
            return value
        case "require": return try required(key, config)
        case "set":
            config[key] = arguments[1, "value"] ?? Value.none
            return ""
        case "meta_get", "meta_require":
            if case .dict(let meta)? = config["meta"], let value = meta[key] { return value }
            if name == "meta_get" { return arguments[1, "default"] ?? .none }
            return try required(key, DictObject())
        case "persist_relation_docs": return .bool(try persists("relation"))
        case "persist_column_docs": return .bool(try persists("columns"))
        default: return try interpreter.call(interpreter.attribute(name, of: .object(self)), arguments)
        }
    }

    private func required(_ key: String, _ config: DictObject) throws -> Value {
        if let value = config[key] { return value }
        let name = try context.node.model["unique_id"]?.text ?? ""
        throw TemplateError(.raised, "\(name) needs a config '\(key)'")
    }

    private func persists(_ what: String) throws -> Bool {
        guard case .dict(let persisted)? = context.node.config["persist_docs"] else { return false }
        return try persisted[what]?.isTrue ?? false
    }
}
