import PintailProject

/// Which models are judged before they replace what was there, and by which tests: a pure value of the manifest.
package struct AuditPlan: Sendable {
    /// The tests that judge each audited model, by unique id.
    private(set) var tests: [String: Set<String>] = [:]
    /// The model that each of these tests judges.
    private(set) var models: [String: String] = [:]

    /// Nothing is audited.
    static let none = AuditPlan()

    private init() {}

    /// Finds, for every model that is to be audited, the tests that run and need nothing but it and what it is made of.
    ///
    /// A test that needs more, as one that compares two models of which neither reads the other, comes after both.
    init(_ manifest: Manifest, running: Set<String>, isAudited: (Node) -> Bool) {
        let audited = Set(
            manifest.nodes.all.filter { node in
                running.contains(node.uniqueID) && Self.isReplaceable(node) && isAudited(node)
            }.map(\.uniqueID)
        )
        guard !audited.isEmpty else { return }
        for test in manifest.nodes.all where test.kind == .test && running.contains(test.uniqueID) {
            let model = test.dependsOnNodes.first { id in
                audited.contains(id) && Self.madeOf(test.dependsOnNodes, id, manifest)
            }
            guard let model else { continue }
            tests[model, default: []].insert(test.uniqueID)
            models[test.uniqueID] = model
        }
    }

    /// The part that some nodes are concerned with.
    func keeping(_ running: Set<String>) -> AuditPlan {
        var part = AuditPlan()
        part.models = models.filter { running.contains($0.key) && running.contains($0.value) }
        for (test, model) in part.models { part.tests[model, default: []].insert(test) }
        return part
    }

    /// Whether its relation can be built under another name and take its own in one step.
    private static func isReplaceable(_ node: Node) -> Bool {
        switch node.kind {
        case .seed: true
        case .model: !["ephemeral", "table_function", "materialized_view"].contains(node.materialization)
        default: false
        }
    }

    /// Whether all of `needed` is a node or what the node is made of.
    private static func madeOf(_ needed: [String], _ id: String, _ manifest: Manifest) -> Bool {
        var missing = Set(needed)
        missing.remove(id)
        var open = missing.isEmpty ? [] : [id]
        var known: Set<String> = []
        while !missing.isEmpty, let next = open.popLast() {
            for parent in manifest.nodes[next]?.dependsOnNodes ?? [] where known.insert(parent).inserted {
                missing.remove(parent)
                open.append(parent)
            }
        }
        return missing.isEmpty
    }
}
