import Jinja

extension ProjectParser {
    /// Adds an exposure.
    func declareExposure(_ patch: PropertyPatch) {
        guard var exposure = resource(.exposure, patch) else { return }
        for item in patch.node["depends_on"]?.items ?? [] { record(item, patch, &exposure) }
        for key in ["type", "owner", "maturity", "url", "label"] {
            exposure.properties[key] = rendered(patch.node[key], patch)
        }
        insert(exposure)
    }

    /// Adds a group.
    func declareGroup(_ patch: PropertyPatch) {
        guard var group = resource(.group, patch) else { return }
        group.properties["owner"] = rendered(patch.node["owner"], patch)
        if let other = manifest.groups[group.uniqueID] {
            noteDouble("groups", group.name, at: group.location, other: other.location)
        }
        manifest.groups[group.uniqueID] = group
    }

    /// Adds what is kept as it is written: metrics, semantic models, saved queries.
    func declareKept(_ patch: PropertyPatch) {
        let kinds: [String: ResourceKind] = [
            "metrics": .metric, "semantic_models": .semanticModel, "saved_queries": .savedQuery,
        ]
        guard let kind = kinds[patch.section], var resource = resource(kind, patch) else { return }
        for entry in patch.node.entries ?? [] where !["name", "description", "config"].contains(entry.key) {
            // Filters are templates of another language, which nobody reads here.
            resource.properties[entry.key] = entry.value.value
        }
        if let model = patch.node["model"] { record(model, patch, &resource) }
        insert(resource)
    }

    private func resource(_ kind: ResourceKind, _ patch: PropertyPatch) -> Resource? {
        guard let package = packages.first(where: { $0.name == patch.package }) else { return nil }
        var resource = Resource(
            kind,
            name: patch.name,
            package: package.name,
            path: patch.file.path,
            originalFilePath: patch.file.original,
            fqn: [package.name] + patch.file.folders + [patch.name],
            location: patch.location
        )
        resource.description = description(of: patch.node, patch)
        var config: ConfigObject = kind == .group ? [:] : ["enabled": true, "meta": [:]]
        let sections = ConfigDefaults.sections(of: kind)
        var layers = sections.flatMap { ConfigRules.layers(package.configurations[$0] ?? [:], fqn: resource.fqn) }
        layers.append(self.config(of: patch.node, patch, beside: ["meta", "tags", "group"]))
        if package.name != root.name {
            layers += sections.flatMap { ConfigRules.layers(root.configurations[$0] ?? [:], fqn: resource.fqn) }
        }
        for layer in layers { ConfigRules.lay(layer, over: &config) }
        resource.config = config
        resource.tags = Self.unique(config["tags"]?.items.map(\.plainText) ?? [])
        resource.meta = config["meta"]?.object ?? [:]
        resource.createdAt = now
        return resource
    }

    /// Notes what a text like `ref('orders')` names.
    private func record(_ node: PropertyNode, _ patch: PropertyPatch, _ resource: inout Resource) {
        guard let text = node.string else { return }
        let context = context(of: patch.package)
        context.begin(RelationStub(database: profile.database, schema: profile.schema, identifier: resource.name)) {
            [:]
        }
        let written = DbtTemplates.isTemplate(text) ? text : "{{ " + text + " }}"
        do {
            _ = try Template(written, name: patch.document.file.path, in: DbtTemplates.parsing).render(in: context)
        } catch {
            note(error, "\(resource.kind.rawValue) '\(resource.name)'", at: patch.document.location(of: node))
        }
        resource.refs += context.recording.refs
        resource.sources += context.recording.sources
        resource.metrics += context.recording.metrics
    }

    private func insert(_ resource: Resource) {
        guard resource.config["enabled"]?.bool ?? true else {
            manifest.disabledResources.append(resource)
            return
        }
        let tables = [manifest.exposures, manifest.metrics, manifest.semanticModels, manifest.savedQueries]
        if let other = tables.lazy.compactMap({ $0[resource.uniqueID] }).first {
            let kind = resource.kind.rawValue.map { $0 == "_" ? " " : String($0) }.joined()
            noteDouble(kind == "saved query" ? "saved queries" : kind + "s", resource.name, at: resource.location, other: other.location)
        }
        switch resource.kind {
        case .exposure: manifest.exposures[resource.uniqueID] = resource
        case .metric: manifest.metrics[resource.uniqueID] = resource
        case .semanticModel: manifest.semanticModels[resource.uniqueID] = resource
        default: manifest.savedQueries[resource.uniqueID] = resource
        }
    }

    /// Adds a unit test, once for each version of its model.
    func declareUnitTest(_ patch: PropertyPatch) {
        guard let package = packages.first(where: { $0.name == patch.package }) else { return }
        let model = rendered(patch.node["model"], patch).plainText
        let models = manifest.nodes.all.filter { $0.kind == .model && $0.name == model }
        let targets =
            models.filter { $0.package == package.name }.isEmpty ? models : models.filter { $0.package == package.name }
        guard !targets.isEmpty else {
            let isDisabled = manifest.disabledNodes.contains { $0.name == model }
            if !isDisabled {
                problems.append(
                    Diagnostic(
                        "the unit test '\(patch.name)' is of the model '\(model)', which does not exist",
                        at: patch.document.location(of: patch.node["model"] ?? patch.node),
                        hint: didYouMean(model, among: manifest.nodes.all.filter { $0.kind == .model }.map(\.name))
                    )
                )
            }
            return
        }
        for target in targets where covers(target, patch.node["versions"]?.value) { add(patch, of: target, package) }
    }

    private func covers(_ model: Node, _ versions: ConfigValue?) -> Bool {
        guard !model.version.isNull, let versions else { return true }
        let number = model.version.plainText
        if let included = versions["include"].list { return included.contains { $0.plainText == number } }
        return !versions["exclude"].items.contains { $0.plainText == number }
    }

    private func add(_ patch: PropertyPatch, of model: Node, _ package: DbtPackage) {
        let suffix = model.version.isNull ? "" : "_v" + model.version.plainText
        let name = patch.name + suffix
        var test = UnitTestNode(
            uniqueID: "unit_test.\(package.name).\(model.name).\(name)",
            name: name,
            model: model.name,
            package: package.name,
            path: patch.file.path,
            originalFilePath: patch.file.original,
            fqn: [package.name] + patch.file.folders + [model.name, name],
            expect: Self.rows(patch.node["expect"]),
            location: patch.location
        )
        test.description = description(of: patch.node, patch)
        test.given = (patch.node["given"]?.items ?? []).map { Self.rows($0) }
        test.overrides = patch.node["overrides"]?.value ?? .null
        var layers = ConfigRules.layers(package.configurations["unit_tests"] ?? [:], fqn: test.fqn)
        layers.append(config(of: patch.node, patch, beside: ["meta", "tags"]))
        if package.name != root.name {
            layers += ConfigRules.layers(root.configurations["unit_tests"] ?? [:], fqn: test.fqn)
        }
        for layer in layers { ConfigRules.lay(layer, over: &test.config) }
        test.versions = patch.node["versions"]?.value ?? .null
        test.version = model.version
        test.schema = model.schema
        test.dependsOnNodes = [model.uniqueID]
        test.checksum = Digest.sha256(patch.node.value.pythonText.utf8)
        test.createdAt = now
        if let other = manifest.unitTests[test.uniqueID] {
            noteDouble("unit tests", test.name, at: test.location, other: other.location)
        }
        if test.config["enabled"]?.bool ?? true { manifest.unitTests[test.uniqueID] = test }
    }

    private static func rows(_ node: PropertyNode?) -> UnitTestNode.Rows {
        UnitTestNode.Rows(
            input: node?["input"]?.string,
            format: node?["format"]?.string ?? "dict",
            rows: node?["rows"]?.value ?? .null,
            fixture: node?["fixture"]?.string
        )
    }
}
