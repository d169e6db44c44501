import Jinja

extension ProjectParser {
    /// Makes operations of what a package runs before and after everything else.
    func readHooks(of package: DbtPackage) {
        guard !(package.onRunStart + package.onRunEnd).isEmpty else { return }
        let text = (FileBytes.read(package.directory + "/dbt_project.yml")).map { String(decoding: $0, as: UTF8.self) }
        let checksum = Digest.sha256((text ?? "").trimmed.utf8)
        for (moment, hooks) in [("on-run-start", package.onRunStart), ("on-run-end", package.onRunEnd)] {
            for (place, code) in hooks.enumerated() { addHook(code, moment, place, package, checksum) }
        }
    }

    private func addHook(_ code: String, _ moment: String, _ place: Int, _ package: DbtPackage, _ checksum: String) {
        let name = "\(package.name)-\(moment)-\(place)"
        var node = Node(
            .operation,
            uniqueID: "operation.\(package.name).\(name)",
            name: name,
            package: package.name,
            path: "hooks/\(name).sql",
            originalFilePath: "./dbt_project.yml",
            fqn: [package.name, "hooks", name],
            config: ConfigDefaults.operation,
            location: SourceLocation(file: package.file, line: 1, column: 1)
        )
        let context = context(of: package.name)
        context.begin(RelationStub(database: profile.database, schema: profile.schema, identifier: name)) { [:] }
        do {
            _ = try Template(code, name: package.file, in: DbtTemplates.parsing).render(in: context)
        } catch {
            note(error, "the \(moment) hook", at: node.location)
        }
        node.rawCode = code
        node.checksum = checksum
        node.hookIndex = place
        for owner in package.name == root.name ? [package] : [package, root] {
            for layer in ConfigRules.layers(owner.configurations["models"] ?? [:], fqn: node.fqn) {
                ConfigRules.lay(layer, over: &node.config)
            }
            for layer in ConfigRules.layers(owner.unrenderedConfigurations["models"] ?? [:], fqn: node.fqn) {
                for (key, value) in layer { node.unrenderedConfig[key] = value }
            }
        }
        node.tags = Self.unique((node.config["tags"]?.items.map(\.plainText) ?? []) + [moment])
        node.meta = node.config["meta"]?.object ?? [:]
        node.refs = context.recording.refs
        node.sources = context.recording.sources
        node.dependsOnMacros = context.recording.macros
        renderHooks(of: &node, shown: package.file, context)
        node.createdAt = now
        self.name(&node)
        manifest.nodes[node.uniqueID] = node
    }
}
