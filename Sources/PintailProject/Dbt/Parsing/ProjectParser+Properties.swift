extension ProjectParser {
    /// Sections about nodes that have files of their own.
    private static let describing: Set<String> = ["models", "seeds", "snapshots", "analyses", "macros"]
    private static let declaring: Set<String> = [
        "sources", "exposures", "metrics", "semantic_models", "saved_queries", "groups", "unit_tests",
    ]
    private static let others: Set<String> = ["version", "data_tests", "tests", "functions", "anchors"]

    /// Reads a package's property files.
    func readProperties(of package: DbtPackage) {
        for found in list(package.propertyPaths, of: package, endings: [".yml", ".yaml"]) {
            // dbt drops blanks at a file's end: a text that ends there has no line feed.
            guard let file = read(found.original, of: package)?.withoutBlanksAtEnd else { continue }
            do throws(Diagnostic) {
                let document = try PropertyReader.read(file)
                for entry in document.root.entries ?? [] { take(entry, found, document, package) }
            } catch {
                problems.append(error)
            }
        }
    }

    private func take(_ entry: PropertyEntry, _ found: FoundFile, _ document: PropertyDocument, _ package: DbtPackage) {
        let known = Self.describing.union(Self.declaring).union(Self.others)
        guard known.contains(entry.key) else {
            problems.append(
                Diagnostic(
                    "'\(entry.key)' is nothing that a property file declares",
                    at: document.location(of: entry),
                    hint: didYouMean(entry.key, among: known),
                    severity: .warning
                )
            )
            return
        }
        for item in entry.value.items ?? [] {
            let patch = PropertyPatch(
                section: entry.key == "tests" ? "data_tests" : entry.key,
                package: package.name,
                file: found,
                document: document,
                node: item
            )
            guard item["name"] != nil || entry.key == "groups" else {
                problems.append(
                    Diagnostic(
                        "an entry of '\(entry.key)' has no name",
                        at: document.location(of: item),
                        hint: "add 'name:'"
                    )
                )
                continue
            }
            if package.name == root.name {
                problems += PropertyKeys.warnings(item, section: patch.section, in: document)
            }
            add(patch)
        }
    }

    private func add(_ patch: PropertyPatch) {
        if Self.declaring.contains(patch.section) || (patch.section == "snapshots" && patch.node["relation"] != nil) {
            declarations.append(patch)
            return
        }
        let key = PatchKey(section: patch.section, package: patch.package, name: patch.name)
        if let first = patches[key] {
            noteDescribedTwice(patch, first: first)
        } else {
            patches[key] = patch
        }
    }

    func noteDescribedTwice(_ patch: PropertyPatch, first: PropertyPatch) {
        problems.append(
            Diagnostic(
                "'\(patch.name)' is described twice under '\(patch.section)'",
                at: patch.location,
                hint: "it is first described at \(first.location.file):\(first.location.line)"
            )
        )
    }

    func declare(_ patch: PropertyPatch) {
        switch patch.section {
        case "sources": declareSource(patch)
        case "exposures": declareExposure(patch)
        case "unit_tests": declareUnitTest(patch)
        case "groups": declareGroup(patch)
        case "snapshots": declareSnapshot(patch)
        case "metrics": declareMetric(patch)
        case "semantic_models": declareSemanticModel(patch)
        default: declareSavedQuery(patch)
        }
    }

    /// Renders a value of a property file with what such files can name.
    func rendered(_ node: PropertyNode?, _ patch: PropertyPatch) -> ConfigValue {
        guard let node else { return .null }
        let value = node.value
        do {
            return try ValueRenderer(globals: context(of: patch.package)).render(value, name: patch.document.file.path)
        } catch {
            note(error, "'\(patch.name)'", at: patch.document.location(of: node))
            return value
        }
    }

    /// The `config` of an entry, with the keys that may stand beside it; hooks stay as they are.
    func config(of node: PropertyNode, _ patch: PropertyPatch, beside: [String] = []) -> ConfigObject {
        var config = ConfigObject()
        for key in beside { if let value = node[key] { config[key] = rendered(value, patch) } }
        for entry in node["config"]?.entries ?? [] {
            let isHook = ConfigRules.canonical(entry.key).hasSuffix("-hook")
            let value = isHook ? entry.value.value : rendered(entry.value, patch)
            if entry.key == "meta" || entry.key == "tags" {
                ConfigRules.lay([entry.key: value], over: &config)
            } else {
                // A null here says nothing and what folders configure goes on, but for the parts of the relation's name.
                if !value.isNull || ["schema", "database", "alias", "freshness"].contains(entry.key) {
                    config[ConfigRules.canonical(entry.key)] = value
                }
            }
        }
        return config
    }

    /// The description of an entry with its `doc()`s filled in.
    func description(of node: PropertyNode?, _ patch: PropertyPatch) -> String { documented(node, patch).text }

    /// The same with the unique ids of the blocks that it uses.
    func documented(_ node: PropertyNode?, _ patch: PropertyPatch) -> (text: String, blocks: [String]) {
        guard let node = node?["description"], let text = node.string else { return ("", []) }
        guard DbtTemplates.isTemplate(text) else { return (text, []) }
        do {
            let globals = DocContext(context(of: patch.package), manifest.docs, root: root.name)
            let value = try ValueRenderer(globals: globals).render(text, name: patch.document.file.path)
            return (value.plainText, Self.unique(globals.used.ids))
        } catch {
            note(error, "the description of '\(patch.name)'", at: patch.document.location(of: node))
            return (text, [])
        }
    }

    func columns(of node: PropertyNode, _ patch: PropertyPatch) -> [ColumnEntry] {
        let entries: [PropertyNode] = node["columns"]?.items ?? []
        return entries.compactMap { column -> ColumnEntry? in
            guard let name = column["name"]?.value.plainText else { return nil }
            var entry = ColumnEntry(name)
            entry.location = patch.document.location(of: column["name"] ?? column)
            (entry.description, entry.docBlocks) = documented(column, patch)
            let config = config(of: column, patch, beside: ["meta", "tags"])
            entry.meta = config["meta"]?.object ?? [:]
            entry.tags = config["tags"]?.items.map(\.plainText) ?? []
            entry.config = entry.config.merging(config)
            entry.config["tags"] = .list(entry.tags.map { .string($0) })
            entry.dataType = rendered(column["data_type"], patch).string
            entry.quote = column["quote"]?.value.bool
            entry.granularity = column["granularity"]?.string
            entry.constraints = (column["constraints"]?.value.items ?? []).map { Constraints.whole($0, ofModel: false) }
            return entry
        }
    }

    private func isDisabled(_ key: PatchKey) -> Bool {
        manifest.disabledNodes.contains { $0.name == key.name && $0.package == key.package }
    }

    func warnOfUnusedPatches() {
        let sections = ["models": ResourceKind.model, "seeds": .seed, "snapshots": .snapshot, "analyses": .analysis]
        for (key, patch) in patches where !usedPatches.contains(key) {
            guard let kind = sections[key.section], !isDisabled(key) else { continue }
            if kind != .analysis { addTests(ofMissing: patch) }
            guard key.package == root.name else { continue }
            let names = manifest.nodes.all.filter { $0.kind == kind }.map(\.name)
            problems.append(
                Diagnostic(
                    "there is no \(kind.rawValue) '\(key.name)' to describe",
                    at: patch.location,
                    hint: didYouMean(key.name, among: names),
                    severity: .warning
                )
            )
        }
    }
}
