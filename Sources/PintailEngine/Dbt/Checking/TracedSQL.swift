import Jinja
import PintailProject

/// A node's own SQL, and where in its template each part of it came from.
struct TracedSQL {
    let text: String
    let map: SourceMap
}

extension NodeCompilation {
    /// The node's SQL without the ephemeral models that it reads: they stand under their names.
    func traced(_ context: RunContext) throws -> TracedSQL {
        if node.test != nil { context.node.extra["_dbt_generic_test_kwargs"] = try testArguments(context) }
        let template = try Template(node)
        let (text, map) = try template.renderTraced(in: context, embedder: context)
        context.node.compiledSQL = text
        return TracedSQL(text: text, map: map)
    }
}
