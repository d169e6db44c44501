/// Finds what `ref` and `source` name.
package struct ReferenceIndex: Sendable {
    /// What a name leads to.
    package enum Answer: Sendable {
        case found(String)
        case disabled
        case missing
    }

    private struct Candidate: Sendable {
        let id: String
        let package: String
        let version: ConfigValue
        let latest: ConfigValue
    }

    private let root: String
    private var nodes: [String: [Candidate]] = [:]
    private var sources: [String: [(id: String, package: String)]] = [:]
    private var disabled: Set<String> = []

    /// The names of a manifest.
    package init(_ manifest: Manifest, root: String) {
        self.root = root
        let all = manifest.nodes.all
        for place in all.indices where all[place].isReferable {
            let node = all[place]
            nodes[node.name, default: []].append(
                Candidate(id: node.uniqueID, package: node.package, version: node.version, latest: node.latestVersion)
            )
        }
        for source in manifest.sources.all {
            sources["\(source.sourceName).\(source.name)", default: []].append((source.uniqueID, source.package))
        }
        for node in manifest.disabledNodes where node.isReferable { disabled.insert(node.name) }
        for source in manifest.disabledSources { disabled.insert("\(source.sourceName).\(source.name)") }
    }

    /// The node that is meant: the caller's package comes first, then the project, then any.
    package func resolve(_ ref: RefCall, from package: String) -> Answer {
        let all = nodes[ref.name] ?? []
        let places = ref.package.map { [$0] } ?? [package, root]
        for place in places {
            if let id = chosen(all.filter { $0.package == place }, ref.version) { return .found(id) }
        }
        if ref.package == nil, let id = chosen(all, ref.version) { return .found(id) }
        return disabled.contains(ref.name) ? .disabled : .missing
    }

    private func chosen(_ candidates: [Candidate], _ version: ConfigValue) -> String? {
        candidates.first { candidate in
            version.isNull
                ? candidate.version.isNull || candidate.version.plainText == candidate.latest.plainText
                : candidate.version.plainText == version.plainText
        }?.id
    }

    /// The table of a source that is meant.
    package func resolve(source names: [String], from package: String) -> Answer {
        let key = names.joined(separator: ".")
        let all = sources[key] ?? []
        let best = all.first { $0.package == package } ?? all.first { $0.package == root } ?? all.first
        if let best { return .found(best.id) }
        return disabled.contains(key) ? .disabled : .missing
    }

    /// Whether everything that a node reads is there.
    func resolves(all node: Node) -> Bool {
        // Two ways to name one node are no gap: only where fewer were found than named are names looked up again.
        guard node.dependsOnNodes.count < Set(node.refs).count + Set(node.sources).count else { return true }
        let answers =
            node.refs.map { resolve($0, from: node.package) }
            + node.sources.map { resolve(source: $0, from: node.package) }
        return answers.allSatisfy { if case .found = $0 { true } else { false } }
    }

    /// What may have been meant.
    package func nearest(to ref: RefCall) -> String? {
        if !ref.version.isNull, let versions = nodes[ref.name] {
            return "it has the versions " + versions.map(\.version.plainText).sorted().joined(separator: ", ")
        }
        return didYouMean(ref.name, among: nodes.keys)
    }

    /// What may have been meant.
    package func nearest(toSource names: [String]) -> String? {
        didYouMean(names.joined(separator: "."), among: sources.keys)
    }
}
