import Jinja
import PintailProject

extension Relation {
    /// What a model, seed or snapshot makes.
    init(of node: Node) {
        self.init(database: node.database, schema: node.schema, identifier: node.alias)
        isMadeByModel = true
        if let name = node.relationName { quoted = Parts(asIn: name, of: self) }
    }

    /// The table of a source, or the file that stands in its place.
    init(of source: SourceNode) throws {
        self.init(database: source.database, schema: source.schema, identifier: source.identifier)
        if let name = source.relationName { quoted = Parts(asIn: name, of: self) }
        let told = [source.meta, source.sourceMeta, source.config, source.config["meta"]?.object ?? [:]]
        guard let location = told.lazy.compactMap({ $0["external_location"]?.string }).first else { return }
        let names: [String: String] = [
            "name": source.name, "identifier": source.identifier, "schema": source.schema,
            "database": source.database ?? "", "source_name": source.sourceName,
        ]
        let filled = Self.filled(location, names)
        externalText = filled.contains("(") || filled.hasPrefix("'") ? filled : "'\(filled)'"
    }

    /// A relation by its whole name as SQL: `"shop"."main"."orders"`.
    init(written name: String) {
        let parts = name.split(separator: "\"").map(String.init).filter { $0 != "." }
        self.init(
            database: parts.dropLast(2).last,
            schema: parts.dropLast().last,
            identifier: parts.last
        )
        isMadeByModel = true
    }

    /// The name under which an ephemeral model stands in front of a query.
    init(ephemeral node: Node) {
        self.init(database: nil, schema: nil, identifier: "__dbt__cte__\(node.alias)", kind: .cte)
        quoted.identifier = false
    }

    /// A text with `{name}` and the like filled in.
    private static func filled(_ text: String, _ names: [String: String]) -> String {
        var filled = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            filled += rest[..<open]
            let name = String(rest[rest.index(after: open)..<close])
            filled += names[name] ?? String(rest[open...close])
            rest = rest[rest.index(after: close)...]
        }
        return filled + rest
    }
}

extension Relation.Parts {
    /// The parts of a relation that stand in quotes in its whole name.
    fileprivate init(asIn name: String, of relation: Relation) {
        self.init()
        if let database = relation.database { self.database = name.hasPrefix(Relation.quote(database) + ".") }
        if let schema = relation.schema { self.schema = name.contains(Relation.quote(schema) + ".") }
        if let identifier = relation.identifier { self.identifier = name.hasSuffix(Relation.quote(identifier)) }
    }
}
