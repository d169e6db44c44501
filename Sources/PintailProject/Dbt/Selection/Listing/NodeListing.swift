/// How `ls` writes nodes.
package enum ListingForm: String, Sendable, CaseIterable {
    case selector, name, path, json
}

/// The lines that `ls` prints: a pure function of nodes.
package struct NodeListing: Sendable {
    /// The kinds that are listed where nobody says which.
    package static let standardKinds = Set(ResourceKind.allCases).subtracting([
        .analysis, .operation, .inline, .macro, .group, .documentation, .fixture,
    ])

    /// What JSON says of a node where nobody says what.
    package static let standardKeys = [
        "alias", "name", "package_name", "depends_on", "tags", "config", "resource_type", "source_name",
        "original_file_path", "unique_id",
    ]

    /// How nodes are written.
    package var form: ListingForm
    /// What JSON says of each; empty for the standard keys.
    package var keys: [String]

    /// Chooses a form, and for JSON its keys.
    package init(form: ListingForm = .selector, keys: [String] = []) {
        self.form = form
        self.keys = keys
    }

    /// One line a node, in alphabetical order of the ids.
    package func lines(of set: NodeSet, in graph: SelectableGraph) -> [String] {
        set.map { graph.nodes[$0] }.sorted { $0.id < $1.id }.map(line)
    }

    private func line(_ node: SelectableNode) -> String {
        switch form {
        case .selector: node.selectorName
        case .name: node.listedName
        case .path: node.originalFilePath
        case .json: json(node)
        }
    }

    /// Keys that a node does not have are left out; a key with points goes into what it names.
    private func json(_ node: SelectableNode) -> String {
        let wanted = keys.isEmpty ? node.known.members.map(\.key).filter(Self.standardKeys.contains) : keys
        let members = wanted.compactMap { key in
            node.value(at: key).map { JSONTree.Member(key: key, value: $0) }
        }
        return JSONTree.object(members).line
    }
}

extension SelectableNode {
    /// What selects this node and hardly another.
    fileprivate var selectorName: String {
        switch kind {
        case .source: "source:\(package).\(sourceName ?? "").\(name)"
        case .exposure: "exposure:\(package).\(name)"
        case .metric: "metric:\(package).\(name)"
        case .savedQuery: "saved_query:\(package).\(name)"
        case .semanticModel: "semantic_model:\(package).\(name)"
        case .unitTest: "unit_test:\(package).\(name)"
        default: fqn.joined(separator: ".")
        }
    }

    fileprivate var listedName: String {
        switch kind {
        case .source: "\(sourceName ?? "").\(name)"
        case .model: version.map { "\(name).v\($0)" } ?? name
        default: name
        }
    }

    fileprivate func value(at key: String) -> JSONTree? {
        if let value = known[key] { return value }
        var found: JSONTree? = known
        for part in key.split(separator: ".") { found = found?[String(part)] }
        return found
    }

    /// The entry as a manifest writes it, and where that was not kept what the graph knows itself.
    fileprivate var known: JSONTree {
        guard entry.members.isEmpty else { return entry }
        return .object([
            .init(key: "name", value: .text(name)),
            .init(key: "resource_type", value: .text(kind.rawValue)),
            .init(key: "package_name", value: .text(package)),
            .init(key: "original_file_path", value: .text(originalFilePath)),
            .init(key: "unique_id", value: .text(id)),
            .init(key: "config", value: config),
            .init(key: "tags", value: .list(tags.map { .text($0) })),
        ])
    }
}
