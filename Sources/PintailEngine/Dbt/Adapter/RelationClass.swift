import Jinja
import PintailProject

/// `api.Relation`: makes relations out of names.
final class RelationClass: JinjaObject {
    /// Which parts of names stand in quotes, as the project has it.
    private let quoting: ConfigObject
    init(quoting: ConfigObject) { self.quoting = quoting }

    var typeName: String { "RelationProxy" }
    func repr() throws -> String { "<class 'DuckDBRelation'>" }

    /// Names of kinds, as `api.Relation.View`.
    static func constant(_ name: String) -> Value? {
        switch name {
        case "Table": "table"
        case "View": "view"
        case "CTE": "cte"
        case "External": "external"
        case "MaterializedView": "materialized_view"
        case "Function": "function"
        default: nil
        }
    }

    func attribute(named name: String) throws -> Value? {
        switch name {
        case "create": .function(name) { arguments, _ in try self.create(arguments) }
        case "scd_args": .function(name) { arguments, _ in try Self.keyColumns(arguments) }
        case "create_from", "create_from_source", "create_from_node":
            .function(name) { arguments, _ in
                guard case .dict(let node)? = arguments.positional.last else { return .none }
                let relation = Relation(
                    database: node["database"]?.asString,
                    schema: node["schema"]?.asString,
                    identifier: (node["alias"] ?? node["identifier"])?.asString
                )
                return .object(RelationObject(relation))
            }
        case "get_relation_type":
            .object(NamedParts("RelationType", Relation.Kind.allCases.map { ($0.rawValue, .string($0.rawValue)) }))
        default: Self.constant(name)
        }
    }

    func call(_ arguments: Arguments, in interpreter: Interpreter) throws -> Value { try create(arguments) }

    private func create(_ arguments: Arguments) throws -> Value {
        func part(_ place: Int, _ name: String) throws -> String? {
            guard let value = arguments[place, name], !value.isNone, !value.isUndefined else { return nil }
            return try value.text
        }
        var relation = Relation(
            database: try part(0, "database"),
            schema: try part(1, "schema"),
            identifier: try part(2, "identifier"),
            kind: try part(3, "type").flatMap { Relation.Kind(rawValue: $0) }
        )
        try relation.quoted.change(quoting.templateDict.asArguments)
        if case .dict(let policy)? = arguments.named("quote_policy") { try relation.quoted.change(policy.asArguments) }
        if case .dict(let policy)? = arguments.named("include_policy") {
            try relation.included.change(policy.asArguments)
        }
        relation.externalText = try part(9, "external")
        return .object(RelationObject(relation))
    }

    /// What a row of a snapshot is known by: its key or keys, then its time.
    private static func keyColumns(_ arguments: Arguments) throws -> Value {
        let key = arguments[0, "primary_key"] ?? .none
        var columns = try key.asString.map { [.string($0)] } ?? key.elements()
        if let time = arguments[1, "updated_at"] { columns.append(time) }
        return .list(of: columns)
    }
}
