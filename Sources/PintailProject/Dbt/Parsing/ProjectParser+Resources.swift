import Jinja

extension ProjectParser {
    /// Adds an exposure.
    func declareExposure(_ patch: PropertyPatch) {
        guard var exposure = resource(.exposure, patch) else { return }
        for item in patch.node["depends_on"]?.items ?? [] { record(item, patch, &exposure) }
        for key in ["type", "owner", "maturity", "url", "label"] {
            exposure.properties[key] = rendered(patch.node[key], patch)
        }
        if case .object(let owner)? = exposure.properties["owner"] {
            exposure.properties["owner"] = .object((["email": nil, "name": nil] as ConfigObject).merging(owner))
        }
        insert(exposure)
    }

    /// Adds a group.
    func declareGroup(_ patch: PropertyPatch) {
        guard var group = resource(.group, patch) else { return }
        let owner = rendered(patch.node["owner"], patch).object ?? [:]
        group.properties["owner"] = .object((["email": nil, "name": nil] as ConfigObject).merging(owner))
        group.properties["description"] = patch.node["description"]?.value ?? .null
        if let other = manifest.groups[group.uniqueID] {
            noteDouble("groups", group.name, at: group.location, other: other.location)
        }
        manifest.groups[group.uniqueID] = group
    }

    /// What all resources have in common; nil where its package is not known.
    ///
    /// - Parameter measure: the measure that a metric is made of; its patch is then the semantic model's.
    func resource(_ kind: ResourceKind, _ patch: PropertyPatch, ofMeasure measure: String? = nil) -> Resource? {
        guard let package = packages.first(where: { $0.name == patch.package }) else { return nil }
        let name = measure ?? patch.name
        var resource = Resource(
            kind,
            name: name,
            package: package.name,
            path: patch.file.path,
            originalFilePath: patch.file.original,
            fqn: [package.name] + patch.file.folders + [name],
            location: patch.location
        )
        if kind == .group {
            resource.description = patch.node["description"]?.string ?? ""
        } else {
            resource.description = description(of: patch.node, patch)
        }
        configure(&resource, measure == nil ? patch : nil, package)
        resource.createdAt = now
        return resource
    }

    private func configure(_ resource: inout Resource, _ patch: PropertyPatch?, _ package: DbtPackage) {
        let kind = resource.kind
        var config = ConfigDefaults.ofResource(kind)
        var beside = config.keys.filter { ["meta", "tags", "group"].contains($0) }
        if kind == .savedQuery { beside = ["group"] }
        if kind == .metric { beside.removeAll { $0 == "meta" } }
        let own = patch.map { self.config(of: $0.node, $0, beside: beside) } ?? [:]
        var unrendered = ConfigObject()
        let sections = ConfigDefaults.sections(of: kind)
        let fqn = resource.fqn
        func layers(_ package: DbtPackage, isRendered: Bool) -> [ConfigObject] {
            let all = isRendered ? package.configurations : package.unrenderedConfigurations
            return sections.flatMap { ConfigRules.layers(all[$0] ?? [:], fqn: fqn) }
        }
        let abroad = package.name == root.name ? nil : root
        for layer in layers(package, isRendered: true) + [own] + (abroad.map { layers($0, isRendered: true) } ?? []) {
            kind == .group ? Self.layPlainly(layer, over: &config) : ConfigRules.lay(layer, over: &config)
        }
        let written = patch?.node["config"]?.value.object ?? [:]
        for layer in layers(package, isRendered: false) + [written]
            + (abroad.map { layers($0, isRendered: false) } ?? [])
        {
            for (key, value) in layer where kind != .savedQuery || key != "tags" { unrendered[key] = value }
        }
        resource.config = config
        resource.unrenderedConfig = unrendered
        let besideTags = patch.map { rendered($0.node["tags"], $0).items } ?? []
        resource.tags = Self.unique(((config["tags"]?.items ?? []) + besideTags).map(\.plainText)).sorted()
        if kind == .exposure { resource.config["tags"] = .list(resource.tags.map { .string($0) }) }
        resource.meta = config["meta"]?.object ?? [:]
        // What stands beside a metric's configuration is no part of it, and holds where that says nothing.
        if kind == .metric, resource.meta.isEmpty, let patch {
            resource.meta = rendered(patch.node["meta"], patch).object ?? [:]
        }
    }

    /// A group's configuration keeps what is said of models as it is written, but for hooks.
    private static func layPlainly(_ layer: ConfigObject, over config: inout ConfigObject) {
        for (key, value) in layer where !ConfigRules.canonical(key).hasSuffix("-hook") {
            if key == "meta" {
                ConfigRules.lay([key: value], over: &config)
            } else {
                config[key] = value
            }
        }
    }

    /// Notes what a text like `ref('orders')` names.
    func record(_ node: PropertyNode, _ patch: PropertyPatch, _ resource: inout Resource) {
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

    /// Puts a resource into the manifest.
    func insert(_ resource: Resource) {
        guard resource.config["enabled"]?.bool ?? true else {
            manifest.disabledResources.append(resource)
            return
        }
        let tables = [manifest.exposures, manifest.metrics, manifest.semanticModels, manifest.savedQueries]
        if let other = tables.lazy.compactMap({ $0[resource.uniqueID] }).first {
            let kind = resource.kind.words
            noteDouble(
                kind == "saved query" ? "saved queries" : kind + "s",
                resource.name,
                at: resource.location,
                other: other.location
            )
        }
        switch resource.kind {
        case .exposure: manifest.exposures[resource.uniqueID] = resource
        case .metric: manifest.metrics[resource.uniqueID] = resource
        case .semanticModel: manifest.semanticModels[resource.uniqueID] = resource
        default: manifest.savedQueries[resource.uniqueID] = resource
        }
    }
}
