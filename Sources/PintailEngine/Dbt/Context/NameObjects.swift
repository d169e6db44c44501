import Jinja
import PintailProject

/// A package's macros: what stands behind `dbt_utils.` and `dbt.`.
final class PackageObject: JinjaObject {
    let name: String
    unowned let context: RunContext

    init(_ name: String, _ context: RunContext) {
        self.name = name
        self.context = context
    }

    var typeName: String { "dict" }
    var isMapping: Bool { true }
    func attribute(named macro: String) throws -> Value? {
        context.world.macros.macro(macro, ofNamespace: name).map { context.value(of: $0) }
    }
    func contains(_ value: Value) throws -> Bool? {
        value.asString.map { context.world.macros.macro($0, ofNamespace: name) != nil } ?? false
    }
    func iterate() throws -> ValueCursor? {
        ValueCursor(context.world.macros.names(in: name).sorted().map { .string($0) })
    }
}

/// `context`: every name a template can use, by name.
final class ContextNames: JinjaObject {
    unowned let context: RunContext
    init(_ context: RunContext) { self.context = context }

    var typeName: String { "dict" }
    var isMapping: Bool { true }

    func attribute(named name: String) throws -> Value? {
        switch name {
        case "get":
            .function(name) { arguments, _ in
                arguments[0, "key"]?.asString.flatMap { self.context.value(named: $0) } ?? arguments[1, "default"]
                    ?? .none
            }
        case "keys": .function(name) { _, _ in .list(of: self.names.map { .string($0) }) }
        case "update":
            .function(name) { arguments, _ in
                if case .dict(let more)? = arguments.positional.first {
                    for (key, value) in more.items { self.context.node.extra[try key.text] = value }
                }
                for (name, value) in arguments.keyword { self.context.node.extra[name] = value }
                return .none
            }
        default: context.value(named: name)
        }
    }

    func item(for key: Value) throws -> Value? { key.asString.flatMap { context.value(named: $0) } }
    func contains(_ value: Value) throws -> Bool? {
        value.asString.map { context.value(named: $0) != nil } ?? false
    }
    func iterate() throws -> ValueCursor? { ValueCursor(names.map { .string($0) }) }

    private var names: [String] {
        (context.world.macros.reachableNames(from: context.node.package).union(ContextFunctions.all.keys)
            .union(ContextFunctions.plain.keys)).sorted()
    }
}

/// `builtins`: dbt's own names where macros have taken them.
final class BuiltInNames: JinjaObject {
    unowned let context: RunContext
    init(_ context: RunContext) { self.context = context }

    var typeName: String { "dict" }
    var isMapping: Bool { true }
    func attribute(named name: String) throws -> Value? { context.builtIn(name) }
    func item(for key: Value) throws -> Value? { key.asString.flatMap { context.builtIn($0) } }
}

/// `flags`: what the command was told, by names in capitals.
final class FlagNames: JinjaObject {
    let flags: ConfigObject
    init(_ flags: ConfigObject) { self.flags = flags }

    private static let defaults: ConfigObject = [
        "FULL_REFRESH": false, "STORE_FAILURES": false, "WHICH": "run", "FAIL_FAST": false, "DEBUG": false,
        "QUIET": false, "EMPTY": false, "INTROSPECT": true, "USE_COLORS": false, "PRINTER_WIDTH": 80,
        "WARN_ERROR": nil, "WRITE_JSON": true, "PARTIAL_PARSE": true, "STATIC_PARSER": true, "VERSION_CHECK": true,
        "USE_EXPERIMENTAL_PARSER": false, "INDIRECT_SELECTION": "eager", "SEND_ANONYMOUS_USAGE_STATS": false,
        "NO_PRINT": nil, "LOG_FORMAT": "default", "CACHE_SELECTED_ONLY": false,
        "REQUIRE_SQL_HEADER_IN_TEST_CONFIGS": false,
    ]

    var typeName: String { "Namespace" }
    func repr() throws -> String {
        try NamedParts("Namespace", Self.defaults.merging(flags).map { ($0.key, $0.value.templateValue) }).repr()
    }
    func attribute(named name: String) throws -> Value? {
        let wanted = name.uppercased()
        if name == "get" {
            return .function(name) { arguments, _ in
                try self.attribute(named: arguments[0, "key"]?.asString ?? "") ?? arguments[1, "default"] ?? .none
            }
        }
        return (flags[wanted] ?? Self.defaults[wanted])?.templateValue ?? Value.none
    }
}
