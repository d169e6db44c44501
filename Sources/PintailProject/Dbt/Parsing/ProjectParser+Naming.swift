import Jinja

extension ProjectParser {
    /// Gives a node its database, schema, alias and relation, as the project's `generate_…_name` macros answer.
    func name(_ node: inout Node) {
        if node.kind == .test { node.config.settleStoredFailures() }
        let config = node.config
        node.database =
            generated("generate_database_name", config["database"], node) ?? plainDatabase(config["database"])
        node.schema = generated("generate_schema_name", config["schema"], node) ?? plainSchema(config["schema"])
        node.alias = generated("generate_alias_name", config["alias"], node) ?? plainAlias(config["alias"], node)
        if node.kind == .snapshot {
            if let schema = config["target_schema"]?.string { node.schema = schema }
            if let database = config["target_database"]?.string { node.database = database }
        }
        node.relationName = hasRelation(node) ? relation(node.database, node.schema, node.alias, root.quoting) : nil
    }

    private func hasRelation(_ node: Node) -> Bool {
        switch node.kind {
        case .model, .seed, .snapshot: !node.isEphemeral
        case .test: node.config["store_failures"]?.bool == true
        default: false
        }
    }

    /// Quoted as `quoting` says: the project's for what it makes, a source's own for sources.
    func relation(_ database: String?, _ schema: String, _ name: String, _ quoting: ConfigObject) -> String {
        let parts = [("database", database), ("schema", schema), ("identifier", name)]
        return parts.compactMap { part, text in
            text.map { quoting[part]?.bool ?? true ? "\"" + $0 + "\"" : $0 }
        }.joined(separator: ".")
    }

    private func plainDatabase(_ custom: ConfigValue?) -> String { custom?.string?.trimmed ?? profile.database }

    private func plainSchema(_ custom: ConfigValue?) -> String {
        guard let custom, !custom.isNull else { return profile.schema }
        return profile.schema + "_" + custom.plainText.trimmed
    }

    private func plainAlias(_ custom: ConfigValue?, _ node: Node) -> String {
        if let custom = custom?.string, !custom.isEmpty { return custom.trimmed }
        guard !node.version.isNull else { return node.name }
        return node.name + "_v" + node.version.plainText.map { $0 == "." ? "_" : String($0) }.joined()
    }

    /// What a macro of the project answers, or for a package's node one of the package; nil where neither has one.
    private func generated(_ name: String, _ custom: ConfigValue?, _ node: Node) -> String? {
        let own = [name] + MacroIndex.dispatchPrefixes.map { $0 + name }
        let ofPackage = node.package == root.name ? nil : macros.macro(name, in: node.package)
        guard let macro = ofPackage ?? own.lazy.compactMap({ self.macros.macro($0, in: self.root.name) }).first
        else { return nil }
        let context = context(of: root.name)
        context.begin(RelationStub(database: profile.database, schema: profile.schema, identifier: node.name)) { [:] }
        let value = Node.templateValue(of: node)
        do {
            let interpreter = Interpreter(DbtTemplates.parsing)
            let arguments = Arguments([custom?.templateValue ?? .none, .dict(value)])
            return try context.call(macro, arguments, interpreter).text.trimmed
        } catch {
            note(error, "'\(name)' for '\(node.name)'", at: node.location)
            return nil
        }
    }
}

extension ConfigObject {
    /// Lets `store_failures` and `store_failures_as` say the same; where both are given, the second counts.
    fileprivate mutating func settleStoredFailures() {
        if let form = self["store_failures_as"]?.string {
            self["store_failures"] = .bool(form != "ephemeral")
        } else if let isStored = self["store_failures"]?.bool {
            self["store_failures_as"] = isStored ? "table" : "ephemeral"
        }
    }
}

extension ParseContext {
    fileprivate func call(_ macro: MacroEntry, _ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
        guard case .object(let callable) = callable(macro) else { return .none }
        return try callable.call(arguments, in: interpreter)
    }
}

extension Node {
    /// The node as templates see it before it has a relation.
    static func templateValue(of node: Node) -> DictObject {
        let facts: ConfigObject = [
            "name": .string(node.name), "unique_id": .string(node.uniqueID), "package_name": .string(node.package),
            "resource_type": .string(node.kind.rawValue), "path": .string(node.path),
            "original_file_path": .string(node.originalFilePath), "fqn": .list(node.fqn.map { .string($0) }),
            "config": .object(node.config), "tags": .list(node.tags.map { .string($0) }), "meta": .object(node.meta),
            "version": node.version, "latest_version": node.latestVersion, "schema": .string(node.schema),
            "alias": .string(node.alias), "database": node.database.map { .string($0) } ?? .null,
            "description": .string(node.description), "raw_code": .string(node.rawCode),
            "access": node.access.map { .string($0) } ?? .null, "group": node.group.map { .string($0) } ?? .null,
        ]
        return facts.templateDict
    }
}
