extension SelectableGraph {
    /// The nodes of a project that was read, without going through its `manifest.json`.
    ///
    /// What JSON says of nodes, and what `state:` compares, is not in it.
    package init(_ manifest: Manifest) {
        var nodes: [SelectableNode] = []
        nodes.reserveCapacity(manifest.nodes.count + manifest.sources.count)
        for node in manifest.nodes.all where node.config["enabled"]?.bool ?? true { nodes.append(SelectableNode(node)) }
        for source in manifest.sources.all { nodes.append(SelectableNode(source)) }
        for resource in manifest.exposures.all + manifest.metrics.all { nodes.append(SelectableNode(resource)) }
        for test in manifest.unitTests.all { nodes.append(SelectableNode(test)) }
        for resource in manifest.semanticModels.all + manifest.savedQueries.all {
            nodes.append(SelectableNode(resource))
        }
        var macros: [String: SelectableMacro] = [:]
        for macro in manifest.macros.all {
            macros[macro.uniqueID] = SelectableMacro(text: macro.text, macros: macro.dependsOnMacros)
        }
        self.init(project: manifest.projectName, nodes: nodes, macros: macros)
    }
}

extension SelectableNode {
    fileprivate init(_ node: Node) {
        self.init(id: node.uniqueID, kind: node.kind, name: node.name, package: node.package)
        fqn = node.fqn
        tags = node.tags
        path = node.path
        originalFilePath = node.originalFilePath
        patchPath = node.patchPath
        if node.kind == .test {
            test = node.test.map { .generic(name: $0.name, namespace: $0.namespace) } ?? .singular
        }
        access = node.access
        version = node.version.isNull ? nil : node.version.plainText
        latestVersion = node.latestVersion.isNull ? nil : node.latestVersion.plainText
        parents = node.dependsOnNodes
        macros = node.dependsOnMacros
        config = JSONTree(.object(node.config))
    }

    fileprivate init(_ source: SourceNode) {
        self.init(id: source.uniqueID, kind: .source, name: source.name, package: source.package)
        fqn = source.fqn
        tags = source.tags
        path = source.originalFilePath
        originalFilePath = source.originalFilePath
        patchPath = source.patchPath
        sourceName = source.sourceName
        config = JSONTree(.object(source.config))
    }

    fileprivate init(_ resource: Resource) {
        self.init(id: resource.uniqueID, kind: resource.kind, name: resource.name, package: resource.package)
        fqn = resource.fqn
        tags = resource.tags
        path = resource.path
        originalFilePath = resource.originalFilePath
        parents = resource.dependsOnNodes
        macros = resource.dependsOnMacros
        config = JSONTree(.object(resource.config))
    }

    fileprivate init(_ test: UnitTestNode) {
        self.init(id: test.uniqueID, kind: .unitTest, name: test.name, package: test.package)
        fqn = test.fqn
        tags = test.tags
        path = test.path
        originalFilePath = test.originalFilePath
        testedModel = test.model
        version = test.version.isNull ? nil : test.version.plainText
        parents = test.dependsOnNodes
        config = JSONTree(.object(test.config))
    }
}

extension JSONTree {
    /// A configuration's value.
    fileprivate init(_ value: ConfigValue) {
        switch value {
        case .null: self = .null
        case .bool(let flag): self = .bool(flag)
        case .integer(let number): self = .integer(Int64(number))
        case .double(let number): self = .number(number)
        case .string(let text): self = .text(text)
        case .list(let items): self = .list(items.map { JSONTree($0) })
        case .object(let object): self = .object(object.map { Member(key: $0.key, value: JSONTree($0.value)) })
        }
    }
}
