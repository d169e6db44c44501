import Jinja
import PintailProject

extension Relation {
    /// What a model, seed or snapshot makes.
    init(of node: Node) {
        self.init(database: node.database, schema: node.schema, identifier: node.alias)
        isMadeByModel = true
        needsAlias = true
    }

    /// The table of a source, or the file that stands in its place.
    init(of source: SourceNode) throws {
        self.init(database: source.database, schema: source.schema, identifier: source.identifier)
        needsAlias = true
        for part in ["database", "schema", "identifier"] where source.quoting[part]?.bool == false {
            switch part {
            case "database": quoted.database = false
            case "schema": quoted.schema = false
            default: quoted.identifier = false
            }
        }
        externalText = source.externalText
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
        needsAlias = true
    }

    /// The name under which an ephemeral model stands in front of a query.
    init(ephemeral node: Node) {
        self.init(database: nil, schema: nil, identifier: "__dbt__cte__\(node.alias)", kind: .cte)
        quoted.identifier = false
    }
}
