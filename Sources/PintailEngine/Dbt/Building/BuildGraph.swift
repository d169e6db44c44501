package import PintailProject

/// Which nodes run, and what each waits for: a pure value of the manifest and the selection.
package struct BuildGraph: Sendable {
    /// The nodes that run, by unique id, level by level: parents before their children.
    package let order: [String]
    /// What each waits for.
    package let after: [String: [String]]

    /// Arranges the selected nodes of a manifest.
    ///
    /// - Parameter waitsForTests: whether what reads a node waits for the node's tests, as `build` does.
    package init(
        _ manifest: Manifest,
        running selected: Set<String>,
        waitsForTests: Bool,
        audit: AuditPlan? = nil
    ) {
        var links = Links(manifest)
        if waitsForTests { links.addTestEdges(manifest) }
        if waitsForTests { links.addUnitTests(manifest) }
        if let audit { links.addAuditEdges(audit) }
        let sorted = links.sorted()
        var nearest: [String: [String]] = [:]
        var after: [String: [String]] = [:]
        var order: [String] = []
        for id in sorted {
            var found: [String] = []
            var known: Set<String> = []
            for parent in links.parents[id] ?? [] {
                for near in nearest[parent] ?? [] where known.insert(near).inserted { found.append(near) }
            }
            // Tests of sources are waited for; there is nothing to do for a source itself.
            if selected.contains(id), manifest.sources[id] == nil {
                order.append(id)
                after[id] = found
                nearest[id] = [id]
            } else {
                nearest[id] = found
            }
        }
        self.order = Self.byLevels(order, after)
        self.after = after
    }

    /// What waits for nothing first, then what waits for that, as dbt takes its turns: some projects read by source() what
    /// a seed of theirs makes, and need no more than that to work.
    private static func byLevels(_ order: [String], _ after: [String: [String]]) -> [String] {
        var levels: [String: Int] = [:]
        for id in order { levels[id] = ((after[id] ?? []).compactMap { levels[$0] }.max() ?? -1) + 1 }
        return order.sorted { (levels[$0] ?? 0, $0) < (levels[$1] ?? 0, $1) }
    }
}

/// Who reads whom among everything that can run.
private struct Links {
    var ids: [String] = []
    var parents: [String: [String]] = [:]

    init(_ manifest: Manifest) {
        for source in manifest.sources.all { add(source.uniqueID, []) }
        for node in manifest.nodes.all where node.kind != .operation { add(node.uniqueID, node.dependsOnNodes) }
        // What they wait for is known when all else is.
        for test in manifest.unitTests.all { add(test.uniqueID, []) }
        for resource in manifest.savedQueries.all + manifest.exposures.all {
            add(resource.uniqueID, resource.dependsOnNodes)
        }
        let known = Set(ids)
        for id in ids { parents[id]?.removeAll { !known.contains($0) } }
    }

    private mutating func add(_ id: String, _ reads: [String]) {
        ids.append(id)
        parents[id] = reads
    }

    /// Lets every node wait for the tests of what it reads, as far as a test does not itself need the node or its like.
    mutating func addTestEdges(_ manifest: Manifest) {
        let tests = manifest.nodes.all.filter { $0.kind == .test }
        let isTest = Set(tests.map(\.uniqueID))
        var children: [String: [String]] = [:]
        for id in ids where !isTest.contains(id) && manifest.nodes[id] != nil {
            for parent in parents[id] ?? [] { children[parent, default: []].append(id) }
        }
        for test in tests {
            let needed = parents[test.uniqueID] ?? []
            guard let first = needed.first else { continue }
            for id in needed.count == 1 ? children[first] ?? [] : below(needed, children) {
                parents[id, default: []].append(test.uniqueID)
            }
        }
    }

    /// Lets unit tests wait for all that their model waits for and for each other, and the model for them: the first that
    /// fails ends it for the others too.
    mutating func addUnitTests(_ manifest: Manifest) {
        var earlier: [String: [String]] = [:]
        for test in manifest.unitTests.all {
            guard let model = test.dependsOnNodes.first else { continue }
            let before = earlier[model] ?? []
            parents[test.uniqueID] = (parents[model] ?? []) + before.suffix(1)
            earlier[model] = before + [test.uniqueID]
        }
        for (model, tests) in earlier { parents[model, default: []] += tests }
    }

    /// Lets tests that do not judge an audited model, and still read it, wait until it is published.
    ///
    /// A unit test reads what its model reads: the types of its fixtures are those of the published tables.
    mutating func addAuditEdges(_ audit: AuditPlan) {
        for id in ids where id.hasPrefix("test.") || id.hasPrefix("unit_test.") {
            for parent in parents[id] ?? [] {
                guard let judges = audit.tests[parent], !judges.contains(id) else { continue }
                parents[id, default: []] += judges.sorted()
            }
        }
    }

    /// The first nodes below all of several ones.
    private func below(_ needed: [String], _ children: [String: [String]]) -> [String] {
        var common: Set<String>?
        for id in needed {
            var reached: Set<String> = []
            var open = children[id] ?? []
            while let next = open.popLast() { if reached.insert(next).inserted { open += children[next] ?? [] } }
            common = common?.intersection(reached) ?? reached
            if common?.isEmpty ?? true { return [] }
        }
        let all = common ?? []
        return all.filter { id in !(parents[id] ?? []).contains { all.contains($0) } }.sorted()
    }

    /// Parents before their children, otherwise in the manifest's order.
    func sorted() -> [String] {
        var done: Set<String> = []
        var order: [String] = []
        for start in ids {
            var open = [(id: start, isLeft: false)]
            while let (id, isLeft) = open.popLast() {
                if isLeft {
                    order.append(id)
                } else if done.insert(id).inserted {
                    open.append((id, true))
                    for parent in (parents[id] ?? []).reversed() where !done.contains(parent) {
                        open.append((parent, false))
                    }
                }
            }
        }
        return order
    }
}
