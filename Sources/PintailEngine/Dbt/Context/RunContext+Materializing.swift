import Jinja
import PintailProject

extension RunContext {
    /// Renders the node's template with the names that it has while the project runs.
    func compile(_ template: Template) throws(TemplateError) -> String {
        try template.render(in: self, embedder: self)
    }

    /// Builds the node: runs its materialization, hooks and all, and gives the relations it made.
    ///
    /// - Throws: ``TemplateError``; what was not committed is taken back then.
    func materialize() throws(TemplateError) -> [Relation] {
        let name = node.config["materialized"]?.asString ?? "view"
        guard let entry = world.macros.materialization(name) else {
            throw TemplateError(
                .raised,
                "there is no materialization '\(name)'"
            )
        }
        let result: Value
        do {
            result = try Interpreter(DbtEnvironment.sql, embedder: self).call(macro: entry.definition, in: self)
        } catch {
            warehouse?.rollback()
            throw error
        }
        guard let relations = relations(of: result) else {
            warehouse?.rollback()
            throw TemplateError(
                .raised,
                "the materialization '\(name)' does not return the relations it made: end it with {{ return({'relations': [...]}) }}"
            )
        }
        for relation in relations { warehouse?.made(relation) }
        return relations
    }

    private func relations(of result: Value) -> [Relation]? {
        guard case .dict(let result) = result, case .list(let list)? = result["relations"] else { return nil }
        return list.values.compactMap { value in
            if case .object(let object) = value { (object as? RelationObject)?.relation } else { nil }
        }
    }
}
