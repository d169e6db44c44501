import Jinja

extension ProjectParser {
    /// Renders a draft, decides its configuration and puts it into the manifest.
    func add(_ draft: NodeDraft) {
        let context = context(of: draft.package.name)
        let own = RelationStub(database: profile.database, schema: profile.schema, identifier: draft.name)
        var asksForItself = false
        context.begin(own) { [profile] in
            asksForItself = true
            return [
                "name": .string(draft.name), "unique_id": .string(draft.uniqueID), "alias": .string(draft.name),
                "package_name": .string(draft.package.name), "resource_type": .string(draft.kind.rawValue),
                "path": .string(draft.path), "original_file_path": .string(draft.original),
                "fqn": .list(draft.fqn.map { .string($0) }), "schema": .string(profile.schema),
                "database": .string(profile.database), "config": [:], "tags": [], "meta": [:],
                "raw_code": .string(draft.code), "version": draft.version?.number ?? .null,
            ]
        }
        if draft.language == "python" {
            context.recording = PythonModel.recording(of: draft.code)
        } else if DbtTemplates.isTemplate(draft.code) {
            render(draft, context)
        }
        notes?.note(context.recording, of: draft.uniqueID, code: asksForItself ? "" : draft.code)
        var node = node(of: draft, context.recording)
        renderHooks(of: &node, shown: draft.shown, context)
        if draft.kind == .seed, !(node.refs.isEmpty && node.sources.isEmpty) {
            problems.append(
                Diagnostic(
                    "a hook of seed '\(node.name)' reads other nodes, and a seed waits for none",
                    at: draft.patch?.location ?? draft.location,
                    hint: "name what it reads without ref() or source()"
                )
            )
        }
        name(&node)
        guard node.config["enabled"]?.bool ?? true else {
            manifest.disabledNodes.append(node)
            if let patch = draft.patch { addTests(of: node, draft, patch) }
            return
        }
        if let other = manifest.nodes[node.uniqueID] {
            problems.append(
                Diagnostic(
                    "there are two \(node.kind.rawValue)s '\(node.name)' in '\(node.package)'",
                    at: draft.location,
                    hint: "the other is \(other.originalFilePath)"
                )
            )
            return
        }
        manifest.nodes[node.uniqueID] = node
        if let patch = draft.patch { addTests(of: node, draft, patch) }
    }

    private func render(_ draft: NodeDraft, _ context: ParseContext) {
        do {
            let template = try Template(
                draft.code,
                name: draft.shown,
                from: draft.codeStart,
                in: DbtTemplates.parsing
            )
            // Most models only name what they read: their calls are known without running them.
            if context.recordsCalls, template.onlyCalls(ParseContext.recordedNames) {
                try context.record(template.calls(of: ParseContext.recordedNames))
            } else {
                _ = try template.render(in: context)
            }
        } catch {
            note(error, "\(draft.kind.rawValue) '\(draft.name)'", at: draft.location)
        }
    }

    /// The node with its configuration and what property files say of it.
    private func node(of draft: NodeDraft, _ recording: Recording) -> Node {
        let layers = layers(of: draft, recording.configs)
        var config = ConfigDefaults.of(draft.kind)
        for layer in layers { ConfigRules.lay(layer, over: &config) }
        Self.normalize(&config)
        var node = Node(
            draft.kind,
            uniqueID: draft.uniqueID,
            name: draft.name,
            package: draft.package.name,
            path: draft.path,
            originalFilePath: draft.original,
            fqn: draft.fqn,
            config: config,
            location: draft.location
        )
        node.unrenderedConfig = unrenderedConfig(of: draft, recording.configs)
        node.tags = Self.unique(config["tags"]?.items.map(\.plainText) ?? [])
        node.meta = config["meta"]?.object ?? [:]
        node.docs = config["docs"]?.object ?? node.docs
        node.checksum = draft.checksum
        node.isKnownByPath = draft.isKnownByPath
        node.rawCode = draft.code
        node.codeStart = draft.codeStart
        node.language = draft.language
        node.refs = recording.refs
        node.sources = recording.sources
        node.metrics = Self.unique(recording.metrics)
        node.dependsOnMacros = recording.macros
        node.createdAt = now
        if draft.kind == .seed { node.rootPath = draft.package.directory }
        if draft.kind == .model { node.access = config["access"]?.string ?? "protected" }
        node.group = config["group"]?.string
        if let patch = draft.patch { describe(&node, draft, patch) }
        return node
    }

    /// What hooks call and read counts as the node's own.
    func renderHooks(of node: inout Node, shown: String, _ context: ParseContext) {
        let hooks = (node.config["pre-hook"]?.items ?? []) + (node.config["post-hook"]?.items ?? [])
        let texts = hooks.compactMap { $0["sql"].string }.filter(DbtTemplates.isTemplate)
        guard !texts.isEmpty else { return }
        let (refs, sources) = (context.recording.refs.count, context.recording.sources.count)
        for text in texts {
            do {
                _ = try Template(text, name: shown, in: DbtTemplates.parsing).render(in: context)
            } catch {
                problems.append(
                    Diagnostic(error, at: node.location, in: "a hook of \(node.kind.rawValue) '\(node.name)'")
                )
            }
        }
        node.refs += context.recording.refs.dropFirst(refs)
        node.sources += context.recording.sources.dropFirst(sources)
        node.dependsOnMacros = context.recording.macros
    }

    /// Weakest first: folders of the package, property file, template, folders of the project that uses the package.
    private func layers(of draft: NodeDraft, _ calls: [ConfigObject]) -> [ConfigObject] {
        let fqn = draft.fqn
        let sections = ConfigDefaults.sections(of: draft.kind)
        var layers = sections.flatMap { ConfigRules.layers(draft.package.configurations[$0] ?? [:], fqn: fqn) }
        if let patch = draft.patch {
            layers.append(config(of: patch.node, patch, beside: Self.beside))
            if let version = draft.version { layers.append(config(of: version.entry, patch, beside: Self.beside)) }
        }
        layers += draft.configs + calls
        if draft.package.name != root.name {
            layers += sections.flatMap { ConfigRules.layers(root.configurations[$0] ?? [:], fqn: fqn) }
        }
        return layers
    }

    private static let beside = ["meta", "tags", "docs", "group", "access"]

    /// What is written in the same places; of a key that several give the strongest counts alone.
    private func unrenderedConfig(of draft: NodeDraft, _ calls: [ConfigObject]) -> ConfigObject {
        let sections = ConfigDefaults.sections(of: draft.kind)
        var layers = sections.flatMap {
            ConfigRules.layers(draft.package.unrenderedConfigurations[$0] ?? [:], fqn: draft.fqn)
        }
        if let entry = draft.patch?.node {
            var written = ConfigObject()
            for key in Self.beside { if let value = entry[key]?.value { written[key] = value } }
            // What stands in property files is kept as it was rendered, but for hooks.
            for setting in entry["config"]?.entries ?? [] {
                let isHook = ConfigRules.canonical(setting.key).hasSuffix("-hook")
                written[setting.key] =
                    isHook ? setting.value.value : draft.patch.map { rendered(setting.value, $0) } ?? .null
            }
            layers.append(written)
        }
        if let patch = draft.patch, let version = draft.version {
            layers.append(config(of: version.entry, patch, beside: Self.beside))
        }
        layers += calls
        if draft.package.name != root.name {
            layers += sections.flatMap { ConfigRules.layers(root.unrenderedConfigurations[$0] ?? [:], fqn: draft.fqn) }
        }
        var config = ConfigObject()
        // Only calls of config() give `pre_hook` its other name.
        for layer in layers { for (key, value) in layer { config[key] = value } }
        return config
    }

    /// Booleans where words were written.
    private static func normalize(_ config: inout ConfigObject) {
        if case .object(let names)? = config["snapshot_meta_column_names"],
            case .object(let all)? = ConfigDefaults.snapshot["snapshot_meta_column_names"]
        {
            config["snapshot_meta_column_names"] = .object(all.merging(names))
        }
        if case .string(let word)? = config["enabled"] { config["enabled"] = .bool(word.lowercased() == "true") }
    }

    static func unique<Element: Hashable>(_ elements: [Element]) -> [Element] {
        var seen: Set<Element> = []
        return elements.filter { seen.insert($0).inserted }
    }

    private func describe(_ node: inout Node, _ draft: NodeDraft, _ patch: PropertyPatch) {
        node.patchPath = "\(patch.package)://\(patch.file.original)"
        var text = documented(patch.node, patch)
        if let version = draft.version {
            let own = documented(version.entry, patch)
            if !own.text.isEmpty { text = own }
            node.version = version.number
            node.latestVersion = version.latest
            let columns = PropertyNode(
                content: .mapping([
                    PropertyEntry(
                        key: "columns",
                        keyStart: 0,
                        value: PropertyNode(content: .sequence(version.columns), start: 0)
                    )
                ]),
                start: version.entry.start
            )
            node.columns = self.columns(of: columns, patch)
        } else {
            node.columns = columns(of: patch.node, patch)
        }
        (node.description, node.docBlocks) = text
        let constraints = draft.version?.entry["constraints"] ?? patch.node["constraints"]
        node.constraints = (constraints?.value.items ?? []).map { Constraints.whole($0, ofModel: true) }
        if node.config["contract"]?["enforced"] == true {
            node.contractChecksum = Constraints.checksum(of: node)
        }
        let date = draft.version.map { $0.entry["deprecation_date"] } ?? patch.node["deprecation_date"]
        node.deprecationDate = (date?.string).map(MomentText.whole)
        if case .object(let spine)? = patch.node["time_spine"]?.value {
            node.timeSpine = .object((["custom_granularities": []] as ConfigObject).merging(spine))
        }
    }
}
