/// How much there is in a project.
package struct ParseCounts: Equatable, Sendable {
    /// Nodes by kind.
    package var nodes: [ResourceKind: Int] = [:]
    /// Tables of sources.
    package var sources = 0
    /// Unit tests.
    package var unitTests = 0

    /// Nothing.
    init() {}

    /// What a manifest holds.
    init(_ manifest: Manifest) {
        let all = manifest.nodes.all
        for place in all.indices { nodes[all[place].kind, default: 0] += 1 }
        sources = manifest.sources.count
        unitTests = manifest.unitTests.count
    }
}
