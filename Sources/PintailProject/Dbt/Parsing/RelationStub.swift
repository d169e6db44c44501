import Jinja

/// A relation while the project is parsed: it can be printed and asked for its parts, and nobody knows more of it.
final class RelationStub: JinjaObject {
    let database: String?
    let schema: String
    let identifier: String

    init(database: String?, schema: String, identifier: String) {
        self.database = database
        self.schema = schema
        self.identifier = identifier
    }

    var typeName: String { "DuckDBRelation" }
    /// Packages tell relations from other values by asking for their metadata as mappings are asked.
    var isMapping: Bool { true }

    func attribute(named name: String) throws -> Value? {
        switch name {
        case "database": database.map { .string($0) } ?? Value.none
        case "schema": .string(schema)
        case "identifier", "name", "table", "alias": .string(identifier)
        case "type": Value.none
        case "is_table", "is_view", "is_cte", "is_dynamic_table", "is_pointer", "is_materialized_view": false
        case "metadata": .dict(of: ["type": "DuckDBRelation"])
        case "get":
            .function(name) { [self] arguments, _ in
                try attribute(named: try arguments.positional.first?.text ?? "") ?? arguments[1, "default"]
                    ?? Value.none
            }
        case "path", "quote_policy", "include_policy": .undefined(Undefined(name, .propagating))
        default: Self.methods.contains(name) ? .function(name) { _, _ in .object(self) } : nil
        }
    }

    private static let methods: Set<String> = [
        "include", "quote", "incorporate", "without_identifier", "replace_path", "matches", "quoted",
        "information_schema",
        "information_schema_only", "create", "create_from", "get", "load_relation", "replace", "from_dict", "render",
        "to_dict", "render_limited", "add_ephemeral_prefix",
    ]

    func text() throws -> String { Self.text(database, schema, identifier) }
    func repr() throws -> String { "<DuckDBRelation \(try text())>" }

    /// Quoted and qualified.
    static func text(_ database: String?, _ schema: String, _ identifier: String) -> String {
        ([database].compactMap { $0 } + [schema, identifier]).map { "\"" + $0 + "\"" }.joined(separator: ".")
    }
}
