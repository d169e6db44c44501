extension NodeSelection {
    func stateMatches(_ criterion: SelectionCriterion) throws(Diagnostic) -> NodeSet {
        guard let before = earlier.graph else { throw missing("manifest.json", for: criterion) }
        guard let claim = StateClaim(rawValue: criterion.value) else {
            preconditionFailure("the parser lets no other state through")
        }
        var macros = MacroChanges(from: before.macros, to: graph.macros)
        var found = NodeSet(count: graph.nodes.count)
        for (index, node) in graph.nodes.enumerated() {
            if Self.holds(claim, for: node, before: before[node.id], macros: &macros) { found.insert(index) }
        }
        return found
    }

    private static func holds(
        _ claim: StateClaim,
        for node: SelectableNode,
        before: SelectableNode?,
        macros: inout MacroChanges
    ) -> Bool {
        let change = before.map { NodeChange(old: $0, new: node) }
        switch claim {
        case .new: return before == nil
        case .old: return before != nil
        case .modified: return isModified(node, change) || macros.reach(node)
        case .unmodified: return !isModified(node, change) && !macros.reach(node)
        case .macros: return macros.reach(node)
        case .body: return node.kind.isManifestNode && change?.isBodyChanged ?? true
        case .configs: return node.kind != .unitTest && change?.isConfigChanged ?? true
        case .persistedDescriptions: return node.kind.isManifestNode && change?.isPersistedDescriptionChanged ?? true
        case .relation:
            return node.kind.isManifestNode || node.kind == .source ? change?.isRelationChanged ?? true : false
        case .contract: return node.kind.isManifestNode && change?.isContractChanged ?? true
        }
    }
}

extension NodeSelection {
    /// What only describes or lies outside is new, and never modified, when it was not there before.
    private static func isModified(_ node: SelectableNode, _ change: NodeChange?) -> Bool {
        if let change { return change.isChanged }
        switch node.kind {
        case .source, .exposure, .metric, .semanticModel, .savedQuery: return false
        default: return true
        }
    }
}

/// Which macros say something else than before, and whom that reaches.
struct MacroChanges {
    private let changed: Set<String>
    private let macros: [String: SelectableMacro]
    /// What is known of macros that have been asked about.
    private var known: [String: Bool] = [:]

    /// A macro that is gone has changed too.
    init(from before: [String: SelectableMacro], to now: [String: SelectableMacro]) {
        var changed = Set(before.keys.filter { now[$0] == nil })
        for (id, macro) in now where before[id]?.text != macro.text { changed.insert(id) }
        self.changed = Self.isOfAnother(before, than: now) ? changed.filter { !Self.isBuiltIn($0) } : changed
        macros = now
    }

    /// Whether the manifests come from two programs: dbt's built-in macros mean the same as ours, in other words.
    private static func isOfAnother(_ before: [String: SelectableMacro], than now: [String: SelectableMacro]) -> Bool {
        let shared = before.filter { isBuiltIn($0.key) && now[$0.key] != nil }
        return shared.count { now[$0.key]?.text == $0.value.text } * 2 < shared.count
    }

    private static func isBuiltIn(_ id: String) -> Bool {
        id.hasPrefix("macro.dbt.") || id.hasPrefix("macro.dbt_duckdb.")
    }

    /// Whether the node calls a changed macro, by itself or through others.
    mutating func reach(_ node: SelectableNode) -> Bool {
        guard !changed.isEmpty else { return false }
        for macro in node.macros where isReached(macro) { return true }
        return false
    }

    /// Walks without recursion: macros may call each other in rings.
    private mutating func isReached(_ start: String) -> Bool {
        if let answer = known[start] { return answer }
        var seen: Set<String> = [start]
        var open = [start]
        var isFound = false
        while let id = open.popLast(), !isFound {
            isFound = changed.contains(id) || known[id] == true
            for called in macros[id]?.macros ?? [] where seen.insert(called).inserted { open.append(called) }
        }
        known[start] = isFound
        return isFound
    }
}
