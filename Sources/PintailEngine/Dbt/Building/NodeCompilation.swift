import Jinja
import PintailProject

/// Makes SQL of a node's template.
struct NodeCompilation {
    let world: BuildWorld
    let node: Node
    let warehouse: Warehouse?

    /// The names a node's templates see, before it is compiled.
    func context() throws -> (RunContext, NodeNames) {
        let names = NodeNames(world, node, warehouse)
        return (RunContext(world.world, scope(), warehouse, names), names)
    }

    /// The node's SQL, with the ephemeral models it reads in front; the context knows it then.
    func compile(
        _ context: RunContext,
        _ names: NodeNames
    ) throws -> (sql: String, expressions: [CommonTableExpressions.Expression]) {
        guard node.kind != .seed else { return ("", []) }
        if node.test != nil { context.node.extra["_dbt_generic_test_kwargs"] = try testArguments(context) }
        let template = try Template(node)
        let own = try context.compile(template)
        let expressions = try expressions(of: names.ephemerals)
        let sql = CommonTableExpressions.adding(expressions, to: own)
        context.node.note(compiled: sql)
        return (sql, expressions)
    }

    /// The queries of ephemeral models and of those that they read, each once and before who reads it.
    private func expressions(of ephemerals: [Node]) throws -> [CommonTableExpressions.Expression] {
        var all: [CommonTableExpressions.Expression] = []
        for ephemeral in ephemerals {
            let made = try world.expressions(of: ephemeral.uniqueID) {
                let inner = NodeCompilation(world: world, node: ephemeral, warehouse: warehouse)
                let (context, names) = try inner.context()
                defer { context.close() }
                let sql = try context.compile(Template(ephemeral))
                let needed = try inner.expressions(of: names.ephemerals)
                world.artifacts.write(
                    CommonTableExpressions.adding(needed, to: sql),
                    of: ephemeral,
                    in: "compiled"
                )
                let name = Relation(ephemeral: ephemeral).identifier ?? ephemeral.name
                return needed + [CommonTableExpressions.Expression(id: ephemeral.uniqueID, name: name, sql: sql)]
            }
            for expression in made where !all.contains(expression) { all.append(expression) }
        }
        return all
    }

    /// The file as messages show it.
    var shownPath: String { node.shownPath }

    private func scope() -> NodeScope {
        let config = node.config.templateDict
        let audited = world.audits.place(of: node.uniqueID)
        let place = audited?.staged ?? Relation(of: node)
        let model = { [node] in Self.model(of: node, config, alias: place.identifier ?? node.alias) }
        var scope = NodeScope(package: node.package, model: model(), config: config, this: place)
        scope.published = audited?.target
        scope.preHooks = hooks("pre-hook")
        scope.postHooks = hooks("post-hook")
        return scope
    }

    /// The node as its artifact shows it, with the configuration that its templates change.
    private static func model(of node: Node, _ config: DictObject, alias: String) -> DictObject {
        guard case .dict(let model) = GraphValue.value(of: ArtifactEntry.bytes(of: node)) else {
            preconditionFailure("a node's entry is an object")
        }
        model["config"] = .dict(config)
        model["alias"] = .string(alias)
        return model
    }

    private func hooks(_ key: String) -> [Value] {
        (node.config[key]?.items ?? []).map { hook in
            var hook = hook.object ?? ["sql": hook, "transaction": true]
            // `before_begin()` and its like answer with JSON.
            if let text = hook["sql"]?.string, text.utf8.first == UInt8(ascii: "{"),
                case .dict(let inner)? = try? JSONReader.value(of: text), inner["sql"] != nil
            {
                hook = hook.merging(ConfigObject(inner))
            }
            return .dict(hook.templateDict)
        }
    }

    /// A generic test's arguments, rendered.
    func testArguments(_ context: RunContext) throws -> Value {
        let arguments = DictObject()
        for (name, value) in node.test?.arguments ?? [:] {
            arguments[name] = name == "column_name" ? value.templateValue : try rendered(value, context)
        }
        return .dict(arguments)
    }

    private func rendered(_ value: ConfigValue, _ context: RunContext) throws -> Value {
        switch value {
        case .string(let text):
            let code = TestArgument.isCall(text) ? "{{ \(text) }}" : text
            guard DbtTemplates.isTemplate(code) else { return .string(text) }
            return try Template(code, name: shownPath, in: DbtEnvironment.sql).renderNative(
                in: context,
                embedder: context
            )
        case .list(let items): return .list(of: try items.map { try rendered($0, context) })
        case .object(let object):
            let dict = DictObject()
            for (key, value) in object { dict[key] = try rendered(value, context) }
            return .dict(dict)
        default: return value.templateValue
        }
    }
}
