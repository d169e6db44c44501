/// A macro as far as `state:` asks: what it says and what it calls.
package struct SelectableMacro: Hashable, Sendable {
    /// Its text.
    package var text: String
    /// The macros it calls, by id.
    package var macros: [String]

    /// States a macro.
    package init(text: String, macros: [String]) {
        self.text = text
        self.macros = macros
    }
}

/// The enabled nodes of a dbt project with who reads whom; made from a project or from its `manifest.json`.
package struct SelectableGraph: Sendable {
    /// The project's own package.
    package let project: String
    /// In the order of the manifest.
    package let nodes: [SelectableNode]
    /// Macros by id.
    package let macros: [String: SelectableMacro]
    private let indexes: [String: Int]
    let parents: Adjacency
    let children: Adjacency

    /// Joins the nodes by what each says it reads; ids that are not among them are passed over.
    package init(project: String, nodes: [SelectableNode], macros: [String: SelectableMacro] = [:]) {
        self.project = project
        self.nodes = nodes
        self.macros = macros
        var indexes: [String: Int] = [:]
        indexes.reserveCapacity(nodes.count)
        for (index, node) in nodes.enumerated() { indexes[node.id] = index }
        var edges: [(from: Int32, to: Int32)] = []
        for (index, node) in nodes.enumerated() {
            for parent in node.parents {
                if let parent = indexes[parent] { edges.append((Int32(index), Int32(parent))) }
            }
        }
        self.indexes = indexes
        parents = Adjacency(count: nodes.count, edges: edges)
        children = Adjacency(count: nodes.count, edges: edges.map { ($0.to, $0.from) })
    }

    /// The node with this id.
    package subscript(id: String) -> SelectableNode? { indexes[id].map { nodes[$0] } }

    /// Where the node with this id stands in ``nodes``.
    package func index(of id: String) -> Int? { indexes[id] }

    /// The ids of a set's nodes, in alphabetical order.
    package func ids(of set: NodeSet) -> [String] { set.map { nodes[$0].id }.sorted() }

    /// The nodes for which a claim holds.
    func nodes(where holds: (SelectableNode) -> Bool) -> NodeSet {
        var set = NodeSet(count: nodes.count)
        for index in nodes.indices where holds(nodes[index]) { set.insert(index) }
        return set
    }
}
