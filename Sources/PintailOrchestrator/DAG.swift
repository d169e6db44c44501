/// Things that wait for each other without ever waiting in a circle.
///
/// Every order it gives is stable: where dependencies leave a choice, the order of declaration decides.
package struct DAG<ID: Hashable & Sendable>: Sendable {
    /// The nodes in the order of their declaration.
    package let nodes: [ID]
    /// The nodes, each after everything it depends on.
    package let topologicalOrder: [ID]
    private let upstream: [ID: [ID]]
    private let downstream: [ID: [ID]]

    /// Takes nodes and, for each, what it depends on; a dependency named twice counts once.
    ///
    /// - Throws: ``DAGError`` for the first node declared twice, dependency that is no node, or cycle.
    package init(_ declarations: [(id: ID, after: [ID])]) throws(DAGError<ID>) {
        nodes = declarations.map(\.id)
        var upstream: [ID: [ID]] = [:]
        for (id, after) in declarations {
            var seen: Set<ID> = []
            guard upstream.updateValue(after.filter { seen.insert($0).inserted }, forKey: id) == nil else {
                throw .declaredTwice(id)
            }
        }
        var downstream: [ID: [ID]] = [:]
        for id in nodes {
            for dependency in upstream[id, default: []] {
                guard upstream[dependency] != nil else { throw .unknownDependency(dependency, of: id) }
                downstream[dependency, default: []].append(id)
            }
        }
        self.upstream = upstream
        self.downstream = downstream
        topologicalOrder = Self.sort(nodes, upstream, downstream)
        if topologicalOrder.count < nodes.count {
            throw .cycle(Self.findCycle(among: nodes, sorted: Set(topologicalOrder), upstream))
        }
    }

    /// What `id` depends on directly, as declared; nothing for an unknown node.
    package func dependencies(of id: ID) -> [ID] { upstream[id, default: []] }

    /// What depends on `id` directly, in the order of declaration; nothing for an unknown node.
    package func dependents(of id: ID) -> [ID] { downstream[id, default: []] }

    /// The nodes not yet in `done` whose dependencies all are, in the order of declaration.
    package func ready(done: Set<ID>) -> [ID] {
        nodes.filter { !done.contains($0) && dependencies(of: $0).allSatisfy(done.contains) }
    }

    /// Everything that depends on `id`, directly or through others, in topological order.
    package func descendants(of id: ID) -> [ID] { reach(from: id, along: downstream) }

    /// Everything that `id` depends on, directly or through others, in topological order.
    package func ancestors(of id: ID) -> [ID] { reach(from: id, along: upstream) }

    private func reach(from start: ID, along edges: [ID: [ID]]) -> [ID] {
        var reached: Set<ID> = []
        var open = edges[start, default: []]
        while let id = open.popLast() {
            if reached.insert(id).inserted { open += edges[id, default: []] }
        }
        return topologicalOrder.filter(reached.contains)
    }

    /// Kahn's algorithm; nodes on a cycle, and what depends on them, are left out.
    private static func sort(_ nodes: [ID], _ upstream: [ID: [ID]], _ downstream: [ID: [ID]]) -> [ID] {
        let place = Dictionary(uniqueKeysWithValues: zip(nodes, nodes.indices))
        var waitingFor = nodes.map { upstream[$0, default: []].count }
        var free = ReadyQueue(nodes.indices.filter { waitingFor[$0] == 0 })
        var order: [ID] = []
        while let next = free.popFirst() {
            order.append(nodes[next])
            for dependent in downstream[nodes[next], default: []].compactMap({ place[$0] }) {
                waitingFor[dependent] -= 1
                if waitingFor[dependent] == 0 { free.insert(dependent) }
            }
        }
        return order
    }

    /// Walks from dependency to dependency until a node comes up again; every unsorted node has an unsorted dependency.
    private static func findCycle(among nodes: [ID], sorted: Set<ID>, _ upstream: [ID: [ID]]) -> [ID] {
        var path: [ID] = []
        var next = nodes.first { !sorted.contains($0) }
        while let id = next {
            if let start = path.firstIndex(of: id) { return Array(path[start...]) + [id] }
            path.append(id)
            next = upstream[id, default: []].first { !sorted.contains($0) }
        }
        return path
    }
}

/// Why nodes and their dependencies make no DAG.
package enum DAGError<ID: Hashable & Sendable>: Error, Hashable {
    /// Each node of the path depends on the next one; the first is repeated at the end.
    case cycle([ID])
    case declaredTwice(ID)
    case unknownDependency(ID, of: ID)
}

/// Places of nodes, lowest first.
struct ReadyQueue: Equatable {
    /// Kept in descending order, so that the lowest is taken from the end.
    private var places: [Int]

    init(_ places: [Int]) { self.places = places.sorted(by: >) }

    var isEmpty: Bool { places.isEmpty }

    mutating func popFirst() -> Int? { places.popLast() }

    mutating func insert(_ place: Int) {
        var low = 0
        var high = places.count
        while low < high {
            let middle = (low + high) / 2
            if places[middle] > place { low = middle + 1 } else { high = middle }
        }
        places.insert(place, at: low)
    }

    mutating func removeAll() { places.removeAll() }
}
