import Jinja

extension ParseContext {
    /// Everything that is no macro.
    func constant(_ name: String) -> Value? {
        switch name {
        case "ref", "source", "config", "metric", "function": recorded(name)
        case "builtins": .object(ParseNames { [unowned self] in constant($0) })
        case "context": .object(ParseNames { [unowned self] in value(named: $0) })
        case "execute": false
        case "true", "True": true
        case "false", "False": false
        case "none", "None", "sql", "sql_now": Value.none
        case "target": .dict(surroundings.target.templateDict)
        case "env_var": ContextFunctions.environmentVariable(surroundings.environment, surroundings.asked)
        case "var": .object(VariableFunction(surroundings.vars, package) { [unowned self] in self })
        case "project_name": .string(surroundings.projectName)
        case "database": surroundings.target["database"].map(\.templateValue)
        case "schema": surroundings.target["schema"].map(\.templateValue)
        case "adapter": .object(AdapterStub(self))
        case "graph": .dict(of: ["nodes": .dict(DictObject()), "sources": .dict(DictObject())])
        case "pre_hooks", "post_hooks", "selected_resources", "graph_nodes": .list(of: [])
        case "dbt_version": "1.11.16"
        case "invocation_id": "00000000-0000-0000-0000-000000000000"
        case "thread_id": "MainThread"
        case "return":
            .function("return") { arguments, interpreter in
                throw interpreter.returning(arguments.positional.first ?? arguments.named("data") ?? .none)
            }
        default: TemplateFunctions.value(named: name)
        }
    }

    private func recorded(_ name: String) -> Value {
        switch name {
        case "ref": .function("ref") { [unowned self] arguments, _ in try noteRef(arguments) }
        case "source": .function("source") { [unowned self] arguments, _ in try noteSource(arguments) }
        case "metric":
            .function("metric") { [unowned self] arguments, _ in
                recording.metrics.append(try arguments.positional.map { try $0.text })
                return .object(this)
            }
        case "function": .function("function") { [unowned self] _, _ in .object(this) }
        default: .object(ConfigStub(self))
        }
    }

    /// Notes calls of `ref`, `source` and `config` that a template consists of.
    func record(_ calls: [Template.ConstantCall]) throws {
        // Of sources that are known without rendering dbt keeps a set.
        defer { recording.sources = ProjectParser.unique(recording.sources) }
        for call in calls {
            guard let arguments = call.arguments else { continue }
            switch call.name {
            case "ref": _ = try noteRef(arguments)
            case "source": _ = try noteSource(arguments)
            default: try noteConfig(arguments)
            }
        }
    }

    /// Notes what a call of `config` gives.
    func noteConfig(_ arguments: Arguments) throws {
        var config = ConfigObject()
        if arguments.keyword.isEmpty, case .dict(let dict)? = arguments.positional.first {
            config = ConfigObject(dict)
        } else {
            for (name, value) in arguments.keyword { config[name] = ConfigValue(value) }
        }
        for (old, new) in [("pre_hook", "pre-hook"), ("post_hook", "post-hook")] {
            guard let value = config.remove(old) else { continue }
            guard config[new] == nil else {
                throw TemplateError(.raised, "config() is given both \(old) and \(new), which are the same")
            }
            config[new] = value
        }
        recording.configs.append(config)
    }

    private func noteRef(_ arguments: Arguments) throws -> Value {
        let names = try arguments.positional.map { try $0.text }
        guard names.count == 1 || names.count == 2 else {
            throw TemplateError(
                .raised,
                "ref() takes the name of a model, or a package and a name, not \(names.count) arguments"
            )
        }
        let version = arguments.named("version") ?? arguments.named("v")
        recording.refs.append(
            RefCall(
                names[names.count - 1],
                package: names.count == 2 ? names[0] : nil,
                version: version.map { ConfigValue($0) } ?? .null
            )
        )
        return .object(this)
    }

    private func noteSource(_ arguments: Arguments) throws -> Value {
        let names = try arguments.bound("source", "source_name", "table_name").map { try $0?.text ?? "" }
        recording.sources.append(names)
        return .object(this)
    }
}

/// `context` and `builtins`: names that are looked up by name.
final class ParseNames: JinjaObject {
    private let find: (String) -> Value?

    init(_ find: @escaping (String) -> Value?) { self.find = find }

    var typeName: String { "dict" }
    var isMapping: Bool { true }

    func attribute(named name: String) throws -> Value? {
        guard name == "get" else { return find(name) }
        return .function("get") { [find] arguments, _ in
            let given = try arguments.bound("get", "key", "default?")
            return try find(given[0]?.text ?? "") ?? given[1] ?? .none
        }
    }
    func item(for key: Value) throws -> Value? { find(try key.text) }
    func contains(_ value: Value) throws -> Bool? { find(try value.text) != nil }
}

/// `var('name', default)` and `var.has_var`.
final class VariableFunction: JinjaObject {
    private let scopes: VariableScopes
    private let package: String
    /// The names that a variable's text can have in braces.
    private let names: () -> any Globals

    init(_ scopes: VariableScopes, _ package: String, _ names: @escaping () -> any Globals) {
        self.scopes = scopes
        self.package = package
        self.names = names
    }

    var typeName: String { "ParseVar" }
    var isCallable: Bool { true }

    func attribute(named name: String) throws -> Value? {
        guard name == "has_var" else { return nil }
        return .function("has_var") { [scopes, package] arguments, _ in
            .bool(scopes.value(of: try arguments.positional.first?.text ?? "", for: package) != nil)
        }
    }

    func call(_ arguments: Arguments, in interpreter: Interpreter) throws -> Value {
        let given = try arguments.bound("var", "var_name", "default?")
        guard let value = scopes.value(of: try given[0]?.text ?? "", for: package) else { return given[1] ?? .none }
        guard let text = value.string, DbtTemplates.isTemplate(text) else { return value.templateValue }
        return .string(try interpreter.render(Template(text, name: "var", in: DbtTemplates.parsing), in: names()))
    }
}

/// `config(…)`, `config.get(…)`: notes what is configured and knows nothing yet.
final class ConfigStub: JinjaObject {
    private unowned let context: ParseContext

    init(_ context: ParseContext) { self.context = context }

    var typeName: String { "ParseConfigObject" }
    var isCallable: Bool { true }

    func call(_ arguments: Arguments, in interpreter: Interpreter) throws -> Value {
        try context.noteConfig(arguments)
        return ""
    }

    func attribute(named name: String) throws -> Value? {
        switch name {
        case "get", "require", "meta_get", "meta_require": .function(name) { _, _ in "" }
        case "persist_relation_docs", "persist_column_docs": .function(name) { _, _ in false }
        case "set":
            .function(name) { [unowned context] arguments, _ in
                let given = try arguments.bound("set", "name", "value")
                context.recording.configs.append([try given[0]?.text ?? "": given[1].map { ConfigValue($0) } ?? .null])
                return ""
            }
        default: nil
        }
    }
}

/// `adapter` while the project is parsed: dispatches macros; questions about the database have empty answers.
final class AdapterStub: JinjaObject {
    private unowned let context: ParseContext

    init(_ context: ParseContext) { self.context = context }

    var typeName: String { "ParseDatabaseWrapper" }

    func attribute(named name: String) throws -> Value? {
        switch name {
        case "dispatch": return .function(name) { [unowned self] arguments, _ in try dispatch(arguments) }
        case "quote", "quote_as_configured":
            return .function(name) { arguments, _ in .string("\"" + (try arguments.positional.first?.text ?? "") + "\"")
            }
        case "type": return .function(name) { _, _ in "duckdb" }
        case "Relation": return .object(context.this)
        case _ where Self.lists.contains(name): return .function(name) { _, _ in .list(of: []) }
        case _ where Self.nothings.contains(name): return .function(name) { _, _ in Value.none }
        default: return .function(name) { _, _ in "" }
        }
    }

    private static let lists: Set<String> = [
        "get_columns_in_relation", "get_missing_columns", "list_relations", "list_schemas",
        "list_relations_without_caching",
        "get_column_schema_from_query", "get_partitions_metadata",
    ]
    private static let nothings: Set<String> = ["get_relation", "execute", "run_query", "get_catalog"]

    private func dispatch(_ arguments: Arguments) throws -> Value {
        let given = try arguments.bound("dispatch", "macro_name", "macro_namespace?", "packages?")
        let name = try given[0]?.text ?? ""
        let namespace = try given[1].flatMap { $0.isNone ? nil : try $0.text }
        if let macro = context.surroundings.macros.dispatched(name, namespace: namespace, from: context.package) {
            return context.callable(macro)
        }
        return .undefined(Undefined(name, .propagating))
    }
}
