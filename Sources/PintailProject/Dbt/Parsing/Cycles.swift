/// Nodes that wait for each other.
enum Cycles {
    /// A mistake for every group of nodes that need themselves.
    static func find(in manifest: Manifest) -> [Diagnostic] {
        let nodes = manifest.nodes.all
        // By place: a node is large, and handing out copies of thousands takes longer than all of this.
        let places = Dictionary(nodes.indices.map { (nodes[$0].uniqueID, $0) }) { $1 }
        let parents = nodes.indices.map { nodes[$0].dependsOnNodes.compactMap { places[$0] } }
        var waiting = parents.map(\.count)
        var children = [[Int]](repeating: [], count: nodes.count)
        for (place, list) in parents.enumerated() { for parent in list { children[parent].append(place) } }
        var ready = waiting.indices.filter { waiting[$0] == 0 }
        while let place = ready.popLast() {
            for child in children[place] {
                waiting[child] -= 1
                if waiting[child] == 0 { ready.append(child) }
            }
        }
        var problems: [Diagnostic] = []
        var told: Set<Int> = []
        for start in waiting.indices where waiting[start] > 0 && !told.contains(start) {
            let loop = loop(from: start, parents, waiting)
            guard told.isDisjoint(with: loop) else {
                told.formUnion(loop)
                continue
            }
            told.formUnion(loop)
            told.insert(start)
            let names = loop.map { nodes[$0].name }
            guard let first = loop.first else { continue }
            problems.append(
                Diagnostic(
                    "\(nodes[first].kind.rawValue) '\(nodes[first].name)' needs itself",
                    at: nodes[first].location,
                    hint: (names + [names[0]]).joined(separator: " <- ")
                )
            )
        }
        return problems
    }

    /// Follows parents that wait until one comes again.
    private static func loop(from start: Int, _ parents: [[Int]], _ waiting: [Int]) -> [Int] {
        var path: [Int] = []
        var seen: [Int: Int] = [:]
        var place = start
        while true {
            if let first = seen[place] { return Array(path[first...]) }
            seen[place] = path.count
            path.append(place)
            guard let next = parents[place].first(where: { waiting[$0] > 0 }) else { return path }
            place = next
        }
    }
}
