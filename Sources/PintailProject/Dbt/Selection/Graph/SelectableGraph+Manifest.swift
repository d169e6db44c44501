extension SelectableGraph {
    /// Where a manifest keeps the nodes of a graph, in the order that dbt walks them.
    private static let sections = [
        "nodes", "sources", "exposures", "metrics", "unit_tests", "semantic_models", "saved_queries", "functions",
    ]

    /// Reads a `manifest.json`; `path` is what messages call it.
    ///
    /// - Throws: a ``Diagnostic`` when it is not JSON, or JSON that is no manifest.
    package init(manifest bytes: [UInt8], path: String) throws(Diagnostic) {
        let tree = try ArtifactFile.read(bytes, path: path)
        guard let nodes = tree["nodes"], case .object = nodes else {
            throw Diagnostic("'\(path)' is no manifest: it has no 'nodes'", hint: "name a manifest.json")
        }
        self.init(manifest: tree)
    }

    /// Takes a manifest that has been read.
    init(manifest tree: JSONTree) {
        var nodes: [SelectableNode] = []
        for section in Self.sections {
            for member in tree[section]?.members ?? [] {
                let isEnabled = member.value["config"]?["enabled"] != .bool(false)
                if isEnabled, let node = SelectableNode(entry: member.value, id: member.key) { nodes.append(node) }
            }
        }
        var macros: [String: SelectableMacro] = [:]
        for member in tree["macros"]?.members ?? [] {
            let calls = member.value["depends_on"]?["macros"]?.texts ?? []
            macros[member.key] = SelectableMacro(text: member.value["macro_sql"]?.text ?? "", macros: calls)
        }
        self.init(project: tree["metadata"]?["project_name"]?.text ?? "", nodes: nodes, macros: macros)
    }
}

extension SelectableNode {
    /// Reads an entry of a manifest; `nil` when it is of a kind that nobody knows.
    init?(entry: JSONTree, id: String) {
        let word = entry["resource_type"]?.text ?? String(id.prefix { $0 != "." })
        guard let kind = ResourceKind(rawValue: word) else { return nil }
        self.init(id: id, kind: kind, name: entry["name"]?.text ?? id, package: entry["package_name"]?.text ?? "")
        self.entry = entry
        config = entry["config"] ?? .object([])
        fqn = entry["fqn"]?.texts ?? []
        tags = entry["tags"]?.texts ?? []
        if kind == .unitTest { tags = config["tags"]?.texts ?? [] }
        path = entry["path"]?.text ?? ""
        originalFilePath = entry["original_file_path"]?.text ?? ""
        patchPath = entry["patch_path"]?.text
        sourceName = entry["source_name"]?.text
        testedModel = kind == .unitTest ? entry["model"]?.text : nil
        test = kind == .test ? Test(metadata: entry["test_metadata"]) : nil
        access = entry["access"]?.text
        version = entry["version"]?.scalarText
        latestVersion = entry["latest_version"]?.scalarText
        parents = entry["depends_on"]?["nodes"]?.texts ?? []
        macros = entry["depends_on"]?["macros"]?.texts ?? []
    }
}

extension SelectableNode.Test {
    /// A test without metadata is a query of its own.
    fileprivate init(metadata: JSONTree?) {
        if let name = metadata?["name"]?.text {
            self = .generic(name: name, namespace: metadata?["namespace"]?.text)
        } else {
            self = .singular
        }
    }
}

/// Reads the JSON files that earlier runs left.
enum ArtifactFile {
    static func read(_ bytes: [UInt8], path: String) throws(Diagnostic) -> JSONTree {
        do {
            return try JSONReader.read(bytes)
        } catch {
            let file = SourceFile(path: path, text: String(decoding: bytes, as: UTF8.self))
            throw Diagnostic(
                "'\(path)' is not JSON: \(error.message)",
                at: file.location(offset: error.offset),
                hint: "make the artifacts anew"
            )
        }
    }
}
