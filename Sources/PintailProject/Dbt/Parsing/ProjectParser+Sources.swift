extension ProjectParser {
    /// Adds the tables of a source, as the project that uses its package may override them.
    func declareSource(_ written: PropertyPatch) {
        if let package = written.node["overrides"]?.string, package != written.package { return }
        let override = sourceOverrides["\(written.package).\(written.name)"]
        let patch = override.map { written.overridden(by: $0) } ?? written
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
            add(table, name, patch, package, written)
        }
    }

    /// What a project says of the sources of its packages, by package and name.
    func findSourceOverrides() {
        for patch in declarations where patch.section == "sources" {
            guard let package = patch.node["overrides"]?.string, package != patch.package else { continue }
            sourceOverrides["\(package).\(patch.name)"] = patch
            let isKnown = declarations.contains {
                $0.section == "sources" && $0.package == package && $0.name == patch.name
            }
            guard !isKnown else { continue }
            problems.append(
                Diagnostic(
                    "the package '\(package)' has no source '\(patch.name)' to override",
                    at: patch.location,
                    hint: didYouMean(package, among: packages.map(\.name)),
                    severity: .warning
                )
            )
        }
    }

    private func add(
        _ table: PropertyNode,
        _ name: String,
        _ patch: PropertyPatch,
        _ package: DbtPackage,
        _ written: PropertyPatch
    ) {
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
        source.unrenderedDatabase = written.node["database"]?.string
        source.schema = rendered(patch.node["schema"], patch).string ?? patch.name
        source.unrenderedSchema = written.node["schema"]?.string
        source.loader = rendered(table["loader"] ?? patch.node["loader"], patch).string ?? ""
        let (whole, own) = (documented(patch.node, patch), documented(table, patch))
        (source.sourceDescription, source.description) = (whole.text, own.text)
        source.docBlocks = own.blocks
        let quoting = (patch.node["quoting"]?.value.object ?? [:]).merging(table["quoting"]?.value.object ?? [:])
        source.quoting = source.quoting.merging(quoting)
        source.freshness = config["freshness"] ?? .null
        source.loadedAtField = config["loaded_at_field"]?.string
        source.loadedAtQuery = config["loaded_at_query"]?.string
        source.external = Self.external(rendered(table["external"], patch))
        source.unrenderedConfig = unrenderedConfig(of: table, patch, package, fqn)
        source.columns = columns(of: table, patch)
        source.relationName =
            source.externalText
            ?? relation(source.database, source.schema, source.identifier, quoting)
        source.createdAt = now
        guard config["enabled"]?.bool ?? true else {
            source.sourceDescription = patch.node["description"]?.string ?? ""
            source.description = table["description"]?.string ?? ""
            manifest.disabledSources.append(source)
            addTests(of: table, source, patch)
            return
        }
        if let other = manifest.sources[source.uniqueID] {
            noteDouble("sources", "\(source.sourceName).\(source.name)", at: source.location, other: other.location)
            return
        }
        manifest.sources[source.uniqueID] = source
        addTests(of: table, source, patch)
    }

    private func configuration(of table: PropertyNode, _ patch: PropertyPatch, _ package: DbtPackage, _ fqn: [String])
        -> ConfigObject
    {
        let beside = ["meta", "tags", "freshness", "loaded_at_field"]
        var config: ConfigObject = [
            "enabled": true, "event_time": nil,
            "freshness": .object(Self.noFreshness), "loaded_at_field": nil,
            "loaded_at_query": nil, "meta": [:], "tags": [], "static_analysis": nil,
        ]
        var layers = ConfigRules.layers(package.configurations["sources"] ?? [:], fqn: fqn)
        layers += [self.config(of: patch.node, patch, beside: beside), self.config(of: table, patch, beside: beside)]
        if package.name != root.name { layers += ConfigRules.layers(root.configurations["sources"] ?? [:], fqn: fqn) }
        // A query is rendered when it runs.
        if let query = (table["loaded_at_query"] ?? table["config"]?["loaded_at_query"])?.string
            ?? (patch.node["loaded_at_query"] ?? patch.node["config"]?["loaded_at_query"])?.string
        {
            layers.append(["loaded_at_query": .string(query)])
        }
        for layer in layers {
            let old = config["freshness"]?.object
            ConfigRules.lay(layer, over: &config)
            // A table's freshness replaces its source's limit by limit; null takes it away.
            if let new = layer["freshness"]?.object, let old { config["freshness"] = .object(old.merging(new)) }
        }
        return config
    }

    /// What is written in the same places; what always can be said of a table is there.
    private func unrenderedConfig(
        of table: PropertyNode,
        _ patch: PropertyPatch,
        _ package: DbtPackage,
        _ fqn: [String]
    ) -> ConfigObject {
        func layers(_ package: DbtPackage) -> [ConfigObject] {
            ConfigRules.layers(package.unrenderedConfigurations["sources"] ?? [:], fqn: fqn)
        }
        var own: ConfigObject = ["loaded_at_field": nil, "loaded_at_query": nil, "meta": [:], "tags": []]
        for node in [patch.node, table] {
            var written = ConfigObject()
            for key in Self.besideSources { if let value = node[key]?.value { written[key] = value } }
            let beside = written["meta"]?.object
            written = written.merging(node["config"]?.value.object ?? [:])
            if let beside, let inside = written["meta"]?.object { written["meta"] = .object(beside.merging(inside)) }
            let limits = own["freshness"]?.object
            ConfigRules.lay(written, over: &own)
            if case .object(let freshness)? = written["freshness"] {
                own["freshness"] = .object((limits ?? Self.noFreshness).merging(freshness))
            }
        }
        var config = ConfigObject()
        for layer in layers(package) + [own] + (package.name == root.name ? [] : layers(root)) {
            for (key, value) in layer { config[key] = value }
        }
        return config
    }

    private static let besideSources = ["meta", "tags", "freshness", "loaded_at_field", "loaded_at_query"]
    private static let noLimit: ConfigValue = ["count": nil, "period": nil]
    private static let noFreshness: ConfigObject = ["warn_after": noLimit, "error_after": noLimit, "filter": nil]

    /// With everything that may be said of a table outside of the database.
    private static func external(_ written: ConfigValue) -> ConfigValue {
        guard case .object(let object) = written else { return written }
        let whole: ConfigObject = [
            "location": nil, "file_format": nil, "row_format": nil, "tbl_properties": nil, "partitions": nil,
        ]
        return .object(whole.merging(object))
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
            tags: self.config(of: patch.node, patch, beside: ["tags"])["tags"]?.items.map(\.plainText) ?? [],
            patch: patch
        )
        for test in table.tests { addTest(test, target, column: nil) }
        for column in table["columns"]?.items ?? [] {
            for test in column.tests { addTest(test, target, column: column) }
        }
    }
}

extension PropertyPatch {
    /// The entry with another's keys in the place of its own, table by table.
    func overridden(by other: PropertyPatch) -> PropertyPatch {
        var entries = node.overridden(by: other.node, but: ["name", "overrides", "tables"]).entries ?? []
        let tables = other.node["tables"]?.items ?? []
        if let place = entries.firstIndex(where: { $0.key == "tables" }) {
            let own = entries[place].value.items ?? []
            let merged = own.map { table in
                let change = tables.first { $0["name"]?.string == table["name"]?.string }
                return change.map { table.overridden(by: $0, but: ["name"]) } ?? table
            }
            entries[place].value.content = .sequence(merged)
        }
        return PropertyPatch(
            section: section,
            package: package,
            file: file,
            document: document,
            node: PropertyNode(content: .mapping(entries), start: node.start, length: node.length)
        )
    }
}

extension PropertyNode {
    fileprivate func overridden(by other: PropertyNode, but kept: Set<String>) -> PropertyNode {
        var entries = self.entries ?? []
        for entry in other.entries ?? [] where !kept.contains(entry.key) {
            if let place = entries.firstIndex(where: { $0.key == entry.key }) {
                entries[place] = entry
            } else {
                entries.append(entry)
            }
        }
        return PropertyNode(content: .mapping(entries), start: start, length: length)
    }
}
