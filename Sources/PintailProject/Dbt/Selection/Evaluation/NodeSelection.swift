/// Finds the nodes that a selector means in a graph.
package struct NodeSelection: Sendable {
    /// What was found, and what was asked for in vain.
    package struct Outcome: Sendable {
        /// The nodes.
        package var nodes: NodeSet
        /// One for each part that selects nothing.
        package var warnings: [Diagnostic]
    }

    /// Where it is looked.
    package var graph: SelectableGraph
    /// Which tests come along, where the selector does not say.
    package var indirect: IndirectSelection
    /// What `state:`, `result:` and `source_status:` compare with.
    package var earlier: EarlierState

    /// Looks in `graph`, beside what earlier runs left.
    package init(
        in graph: SelectableGraph,
        indirect: IndirectSelection = .eager,
        earlier: EarlierState = EarlierState()
    ) {
        self.graph = graph
        self.indirect = indirect
        self.earlier = earlier
    }

    /// Finds the nodes, those of the wanted kinds only; `nil` wants every kind.
    ///
    /// - Throws: a ``Diagnostic`` when the selector asks for artifacts that were not given.
    package func nodes(
        _ selector: NodeSelector,
        kinds: Set<ResourceKind>? = nil
    ) throws(Diagnostic) -> Outcome {
        var warnings: [Diagnostic] = []
        var nodes = try bundle(selector, waits: false, warnings: &warnings).selected
        if let kinds {
            for index in nodes where !kinds.contains(graph.nodes[index].kind) { nodes.remove(index) }
        }
        return Outcome(nodes: nodes, warnings: warnings)
    }

    /// What is selected, with the tests that still wait for a parent.
    private struct Bundle {
        var selected: NodeSet
        var waiting: NodeSet
    }

    private func bundle(
        _ selector: NodeSelector,
        waits: Bool,
        warnings: inout [Diagnostic]
    ) throws(Diagnostic) -> Bundle {
        switch selector {
        case .criterion(let criterion):
            return try bundle(criterion)
        case .waiting(let inner):
            return try bundle(inner, waits: true, warnings: &warnings)
        case .difference(let base, let minus):
            var result = try bundle(base, waits: false, warnings: &warnings)
            let taken = try bundle(minus, waits: false, warnings: &warnings)
            result.selected.subtract(taken.selected)
            result.waiting.subtract(taken.waiting.union(taken.selected))
            return result
        case .union(let parts):
            return try combine(parts, waits: waits, warnings: &warnings) { $0.formUnion($1) }
        case .intersection(let parts, let written):
            let result = try combine(parts, waits: waits, warnings: &warnings) { $0.formIntersection($1) }
            if let written, result.selected.isEmpty {
                warnings.append(nothing(written: written, parts: parts))
            }
            return result
        }
    }

    private func combine(
        _ parts: [NodeSelector],
        waits: Bool,
        warnings: inout [Diagnostic],
        by join: (inout NodeSet, NodeSet) -> Void
    ) throws(Diagnostic) -> Bundle {
        guard let first = parts.first else { return none }
        var result = try bundle(first, waits: false, warnings: &warnings)
        result.waiting.formUnion(result.selected)
        for part in parts.dropFirst() {
            let next = try bundle(part, waits: false, warnings: &warnings)
            join(&result.selected, next.selected)
            join(&result.waiting, next.waiting.union(next.selected))
        }
        if waits { admitWaiting(&result) }
        return result
    }

    private var none: Bundle {
        Bundle(selected: NodeSet(count: graph.nodes.count), waiting: NodeSet(count: graph.nodes.count))
    }

    private func bundle(_ criterion: SelectionCriterion) throws(Diagnostic) -> Bundle {
        let found = try matches(criterion)
        var result = none
        result.selected = found.union(neighbours(of: found, for: criterion))
        bringTests(into: &result, mode: criterion.indirect ?? indirect)
        return result
    }

    private func neighbours(of found: NodeSet, for criterion: SelectionCriterion) -> NodeSet {
        var result = NodeSet(count: graph.nodes.count)
        if criterion.isWithChildrensParents {
            let below = graph.children.reached(from: found, depth: nil).union(found)
            result.formUnion(below)
            result.formUnion(graph.parents.reached(from: below, depth: nil))
        }
        result.formUnion(reached(from: found, criterion.parents, by: graph.parents))
        result.formUnion(reached(from: found, criterion.children, by: graph.children))
        return result
    }

    private func reached(
        from found: NodeSet,
        _ reach: SelectionCriterion.Reach,
        by edges: Adjacency
    ) -> NodeSet {
        switch reach {
        case .none: NodeSet(count: graph.nodes.count)
        case .steps(let depth): edges.reached(from: found, depth: depth)
        case .all: edges.reached(from: found, depth: nil)
        }
    }
}

// Tests that come along.
extension NodeSelection {
    private func bringTests(into bundle: inout Bundle, mode: IndirectSelection) {
        guard mode != .empty else { return }
        let selected = bundle.selected
        var present = selected
        if mode == .buildable {
            present.formUnion(graph.parents.reached(from: selected, depth: nil))
            present.formUnion(graph.nodes { $0.kind == .source })
        }
        for index in selected {
            for child in graph.children[index] where graph.nodes[Int(child)].kind.isTest {
                if mode == .eager || hasParents(Int(child), in: present) {
                    bundle.selected.insert(Int(child))
                } else {
                    bundle.waiting.insert(Int(child))
                }
            }
        }
    }

    /// Takes in the tests whose parents have come from another part of the selector.
    private func admitWaiting(_ bundle: inout Bundle) {
        guard indirect == .cautious || indirect == .buildable else { return }
        var present = bundle.selected
        if indirect == .buildable { present.formUnion(graph.parents.reached(from: bundle.selected, depth: nil)) }
        for index in bundle.waiting where graph.nodes[index].kind == .test && hasParents(index, in: present) {
            bundle.selected.insert(index)
        }
    }

    /// A parent that is no node of the graph, such as a disabled one, is not there.
    private func hasParents(_ index: Int, in present: NodeSet) -> Bool {
        graph.nodes[index].parents.allSatisfy { parent in
            graph.index(of: parent).map { present.contains($0) } ?? false
        }
    }
}

// Words for what selects nothing.
extension NodeSelection {
    private func nothing(written: String, parts: [NodeSelector]) -> Diagnostic {
        Diagnostic("the selector '\(written)' selects nothing", hint: hint(parts), severity: .warning)
    }

    /// A single name that was mistyped has a neighbour.
    private func hint(_ parts: [NodeSelector]) -> String? {
        guard parts.count == 1, case .criterion(let criterion) = parts[0], !Glob.isPattern(criterion.value) else {
            return parts.count > 1 ? "no node fulfils all its parts" : nil
        }
        switch criterion.method {
        case .fqn: return didYouMean(criterion.value, among: names { $0.kind.isTest ? [] : [$0.name] })
        case .tag: return didYouMean(criterion.value, among: names { $0.tags })
        case .package: return didYouMean(criterion.value, among: names { [$0.package] })
        case .path, .file: return didYouMean(criterion.value, among: names { [$0.originalFilePath] })
        default: return nil
        }
    }

    private func names(_ names: (SelectableNode) -> [String]) -> Set<String> {
        Set(graph.nodes.flatMap(names))
    }
}
