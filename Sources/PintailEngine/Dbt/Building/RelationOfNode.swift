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
    init(of source: SourceNode) {
        self.init(database: source.database, schema: source.schema, identifier: source.identifier)
        externalText = source.externalText
        if externalText == nil, let name = source.relationName { quoted = Parts(asIn: name, of: self) }
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
