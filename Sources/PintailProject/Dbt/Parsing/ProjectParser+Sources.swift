extension ProjectParser {
    /// Adds the tables of a source.
    func declareSource(_ patch: PropertyPatch) {
        guard let package = packages.first(where: { $0.name == patch.package }) else { return }
        for table in patch.node["tables"]?.items ?? [] {
            guard let name = table["name"]?.value.plainText else {
                problems.append(
                    Diagnostic(
                        "a table of the source '\(patch.name)' has no name",
                        at: patch.document.location(of: table)
                    )
                )
                continue
            }
            add(table, name, patch, package)
        }
    }

    private func add(_ table: PropertyNode, _ name: String, _ patch: PropertyPatch, _ package: DbtPackage) {
        let fqn = [package.name] + patch.file.folders + [patch.name, name]
        var source = SourceNode(
            patch.name,
            name,
            package: package.name,
            originalFilePath: patch.file.original,
            fqn: fqn,
            location: patch.document.location(of: table["name"] ?? table)
        )
        let config = configuration(of: table, patch, package, fqn)
        source.config = config
        source.tags = Self.unique(config["tags"]?.items.map(\.plainText) ?? []).sorted()
        source.config["tags"] = .list(source.tags.map { .string($0) })
        source.meta = config["meta"]?.object ?? [:]
        source.sourceMeta = self.config(of: patch.node, patch, beside: ["meta"])["meta"]?.object ?? [:]
        source.identifier = rendered(table["identifier"], patch).string ?? name
        source.database =
            rendered(patch.node["database"], patch).string ?? rendered(patch.node["catalog"], patch).string
            ?? profile.database
        source.unrenderedDatabase = patch.node["database"]?.string
        source.schema = rendered(patch.node["schema"], patch).string ?? patch.name
        source.unrenderedSchema = patch.node["schema"]?.string
        source.loader = rendered(table["loader"] ?? patch.node["loader"], patch).string ?? ""
        source.sourceDescription = description(of: patch.node, patch)
        source.description = description(of: table, patch)
        let quoting = (patch.node["quoting"]?.value.object ?? [:]).merging(table["quoting"]?.value.object ?? [:])
        source.quoting = source.quoting.merging(quoting)
        source.freshness = config["freshness"] ?? .null
        source.loadedAtField = config["loaded_at_field"]?.string
        source.loadedAtQuery = config["loaded_at_query"]?.string
        source.external = rendered(table["external"], patch)
        source.columns = columns(of: table, patch)
        source.relationName = relation(source.database, source.schema, source.identifier, ["quoting": .object(quoting)])
        source.createdAt = now
        guard config["enabled"]?.bool ?? true else {
            manifest.disabledSources.append(source)
            return
        }
        manifest.sources[source.uniqueID] = source
        addTests(of: table, source, patch)
    }

    private func configuration(of table: PropertyNode, _ patch: PropertyPatch, _ package: DbtPackage, _ fqn: [String])
        -> ConfigObject
    {
        let beside = ["meta", "tags", "freshness", "loaded_at_field", "loaded_at_query"]
        let noLimit: ConfigValue = ["count": nil, "period": nil]
        var config: ConfigObject = [
            "enabled": true, "event_time": nil,
            "freshness": ["warn_after": noLimit, "error_after": noLimit, "filter": nil], "loaded_at_field": nil,
            "loaded_at_query": nil, "meta": [:], "tags": [], "static_analysis": nil,
        ]
        var layers = ConfigRules.layers(package.configurations["sources"] ?? [:], fqn: fqn)
        layers += [self.config(of: patch.node, patch, beside: beside), self.config(of: table, patch, beside: beside)]
        if package.name != root.name { layers += ConfigRules.layers(root.configurations["sources"] ?? [:], fqn: fqn) }
        for layer in layers {
            let old = config["freshness"]?.object
            ConfigRules.lay(layer, over: &config)
            // A table's freshness replaces its source's limit by limit; null takes it away.
            if let new = layer["freshness"]?.object, let old { config["freshness"] = .object(old.merging(new)) }
        }
        return config
    }

    private func addTests(of table: PropertyNode, _ source: SourceNode, _ patch: PropertyPatch) {
        let target = TestTarget(
            name: "\(source.sourceName)_\(source.name)",
            reference: "source('\(source.sourceName)', '\(source.name)')",
            ref: nil,
            source: [source.sourceName, source.name],
            attached: nil,
            section: "sources",
            entry: source.sourceName,
            group: nil,
            patch: patch
        )
        for test in table.tests { addTest(test, target, column: nil) }
        for column in table["columns"]?.items ?? [] {
            for test in column.tests { addTest(test, target, column: column) }
        }
    }
}
