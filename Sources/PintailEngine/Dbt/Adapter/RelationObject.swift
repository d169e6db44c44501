import Jinja

/// A relation in templates.
final class RelationObject: JinjaObject {
    /// The relation itself.
    let relation: Relation

    /// A relation for templates.
    init(_ relation: Relation) { self.relation = relation }

    var typeName: String { "DuckDBRelation" }
    /// Packages tell relations from other values by asking for their metadata as mappings are asked.
    var isMapping: Bool { true }
    func text() throws -> String { relation.sql }
    func repr() throws -> String { "<DuckDBRelation \(relation.sql)>" }
    func truth() throws -> Bool { true }

    func isEqual(to other: Value) -> Bool {
        if case .object(let object) = other, let other = object as? RelationObject {
            other.relation == relation
        } else {
            false
        }
    }

    func hash(into hasher: inout Hasher) { hasher.combine(relation) }

    func attribute(named name: String) throws -> Value? {
        if let value = Self.fact(name, of: relation) { return value }
        guard Self.methods.contains(name) else { return RelationClass.constant(name) }
        return .function(name) { arguments, interpreter in try self.callMethod(name, arguments, in: interpreter) }
    }

    func item(for key: Value) throws -> Value? {
        guard let name = key.asString else { return nil }
        return try attribute(named: name)
    }

    private static func fact(_ name: String, of relation: Relation) -> Value? {
        switch name {
        case "database": .optional(relation.database)
        case "schema": .optional(relation.schema)
        case "identifier", "name", "table": .optional(relation.identifier)
        case "type": .optional(relation.kind?.rawValue)
        case "is_table": .bool(relation.kind == .table)
        case "is_view": .bool(relation.kind == .view)
        case "is_cte": .bool(relation.kind == .cte)
        case "is_materialized_view": .bool(relation.kind == .materializedView)
        case "is_pointer": .bool(relation.kind == .pointerTable)
        case "is_function": .bool(relation.kind == .function)
        case "can_be_renamed", "can_be_replaced": false
        case "path":
            .object(
                NamedParts(
                    "Path",
                    [
                        ("database", .optional(relation.database)), ("schema", .optional(relation.schema)),
                        ("identifier", .optional(relation.identifier)),
                    ]
                )
            )
        case "quote_policy": .object(NamedParts("Policy", relation.quoted.values))
        case "include_policy": .object(NamedParts("Policy", relation.included.values))
        case "quote_character": "\""
        case "metadata": .dict(of: ["type": "DuckDBRelation"])
        case "dbt_created": .bool(relation.isMadeByModel)
        case "external": .optional(relation.externalText)
        case "limit": relation.limit.map { .integer($0) } ?? Value.none
        case "event_time_filter", "catalog": Value.none
        case "require_alias": .bool(relation.needsAlias)
        case "renameable_relations", "replaceable_relations": .list(of: [])
        default: nil
        }
    }

    private static let methods: Set<String> = [
        "render", "include", "quote", "incorporate", "without_identifier", "information_schema", "quoted", "matches",
        "to_dict", "replace_path", "replace", "get", "render_limited", "information_schema_only", "create_from",
        "add_ephemeral_prefix",
    ]

    func callMethod(_ name: String, _ arguments: Arguments, in interpreter: Interpreter) throws -> Value {
        var changed = relation
        switch name {
        case "render": return .string(relation.name)
        case "render_limited": return .string(relation.sql)
        case "include": try changed.included.change(arguments)
        case "quote": try changed.quoted.change(arguments)
        case "incorporate", "replace": try changed.incorporate(arguments)
        case "replace_path": try changed.replacePath(arguments.keyword)
        case "without_identifier":
            changed.included.identifier = false
            changed.identifier = nil
        case "information_schema", "information_schema_only":
            return .object(InformationSchema(relation, view: arguments[0, "view_name"]?.asString))
        case "quoted": return .string(Relation.quote(try arguments[0, "identifier"]?.text ?? ""))
        case "matches": return .bool(try matches(arguments))
        case "to_dict": return .dict(try dictionary(omitsNone: arguments[0, "omit_none"]?.isTrue ?? false))
        case "get": return try attribute(named: arguments[0, "key"]?.asString ?? "") ?? arguments[1, "default"] ?? .none
        default: return try interpreter.call(interpreter.attribute(name, of: .object(self)), arguments)
        }
        return .object(RelationObject(changed))
    }

    private func matches(_ arguments: Arguments) throws -> Bool {
        let wanted = [
            (0, "database", relation.database), (1, "schema", relation.schema), (2, "identifier", relation.identifier),
        ]
        return wanted.allSatisfy { place, name, own in
            guard let text = arguments[place, name]?.asString else { return true }
            return own?.lowercased() == text.lowercased()
        }
    }

    private func dictionary(omitsNone: Bool) throws -> DictObject {
        let dict = DictObject()
        for name in [
            "path", "type", "quote_character", "include_policy", "quote_policy", "dbt_created", "limit",
            "event_time_filter", "require_alias", "catalog", "renameable_relations", "replaceable_relations",
            "external",
        ] {
            var value = Self.fact(name, of: relation) ?? .none
            if case .object(let object) = value, let parts = object as? NamedParts { value = .dict(parts.dictionary) }
            if !(omitsNone && value.isNone) { dict[name] = value }
        }
        return dict
    }
}

extension Relation.Parts {
    var values: [(String, Value)] {
        [("database", .bool(database)), ("schema", .bool(schema)), ("identifier", .bool(identifier))]
    }

    mutating func change(_ arguments: Arguments) throws {
        if let value = arguments[0, "database"], !value.isNone { database = try value.isTrue }
        if let value = arguments[1, "schema"], !value.isNone { schema = try value.isTrue }
        if let value = arguments[2, "identifier"], !value.isNone { identifier = try value.isTrue }
    }
}

extension Relation {
    /// What `incorporate(path=…, type=…)` changes.
    mutating func incorporate(_ arguments: Arguments) throws {
        for (name, value) in arguments.keyword {
            switch name {
            case "path":
                if case .dict(let path) = value {
                    try replacePath(path.items.map { ($0.key.asString ?? "", $0.value) })
                }
            case "type": kind = value.asString.flatMap { Kind(rawValue: $0) }
            case "quote_policy": if case .dict(let policy) = value { try quoted.change(policy.asArguments) }
            case "include_policy": if case .dict(let policy) = value { try included.change(policy.asArguments) }
            case "limit": limit = value.asInteger
            case "require_alias": needsAlias = try value.isTrue
            default: continue
            }
        }
    }

    mutating func replacePath(_ parts: [(name: String, value: Value)]) throws {
        for (name, value) in parts {
            let text = value.isNone || value.isUndefined ? nil : try value.text
            switch name {
            case "database": database = text
            case "schema": schema = text
            case "identifier": identifier = text
            // Packages give other names too, and dbt passes over them.
            default: continue
            }
        }
    }
}

extension DictObject {
    var asArguments: Arguments {
        Arguments([], keyword: items.compactMap { item in item.key.asString.map { ($0, item.value) } })
    }
}

extension Value {
    static func optional(_ text: String?) -> Value { text.map { .string($0) } ?? .none }
}
