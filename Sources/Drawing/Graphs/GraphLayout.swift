/// Where the boxes of a graph lie: columns from left to right, so that every arrow points to the right.
///
/// The way of Sugiyama, Tagawa and Toda: layers by longest path, stand-ins where an edge passes a layer, an order that
/// crosses few edges, then heights near those of the neighbours.
package struct GraphLayout: Sendable {
    /// A box, or a stand-in of an edge that passes.
    struct Place: Sendable {
        /// The box's index among those given; `nil` for a stand-in.
        var node: Int?
        var layer: Int
        var y = 0.0
    }

    private(set) var places: [Place]
    /// For each edge the places that it passes, from its first box to its last.
    private(set) var routes: [[Int]] = []
    private var layers: [[Int]] = []
    private var above: [[Int]]
    private var below: [[Int]]

    /// Lays out `count` boxes joined by edges; edges that would close a circle are drawn but rank nothing.
    package init(count: Int, edges: [(from: Int, to: Int)]) {
        let ranks = Self.ranks(count, edges)
        places = (0..<count).map { Place(node: $0, layer: ranks[$0]) }
        above = Array(repeating: [], count: count)
        below = above
        for edge in edges where edge.from != edge.to { route(edge) }
        layers = Array(repeating: [], count: (ranks.max() ?? -1) + 1)
        for index in places.indices { layers[places[index].layer].append(index) }
        for sweep in 0..<10 { order(downwards: sweep.isMultiple(of: 2)) }
        settle()
    }

    /// How many columns there are.
    var columnCount: Int { layers.count }
    /// The height of the lowest box's middle, in rows.
    var height: Double { places.map(\.y).max() ?? 0 }

    /// The longest way from a box without parents, with the children's own pulled close to them.
    private static func ranks(_ count: Int, _ edges: [(from: Int, to: Int)]) -> [Int] {
        var children = Array(repeating: [Int](), count: count)
        var open = Array(repeating: 0, count: count)
        for edge in edges where edge.from != edge.to {
            children[edge.from].append(edge.to)
            open[edge.to] += 1
        }
        var ranks = Array(repeating: 0, count: count)
        var ready = (0..<count).filter { open[$0] == 0 }
        var done: [Int] = []
        while let node = ready.popLast() {
            done.append(node)
            for child in children[node] {
                ranks[child] = max(ranks[child], ranks[node] + 1)
                open[child] -= 1
                if open[child] == 0 { ready.append(child) }
            }
        }
        // A box without parents stands just before the first that reads it.
        let hasParents = Set(edges.map(\.to))
        for node in done where !hasParents.contains(node) {
            if let first = children[node].map({ ranks[$0] }).min() { ranks[node] = max(ranks[node], first - 1) }
        }
        return ranks
    }

    private mutating func route(_ edge: (from: Int, to: Int)) {
        let (first, last) = (places[edge.from].layer, places[edge.to].layer)
        var route = [edge.from]
        if last > first + 1 {
            for layer in first + 1..<last {
                places.append(Place(node: nil, layer: layer))
                above.append([])
                below.append([])
                route.append(places.count - 1)
            }
        }
        route.append(edge.to)
        for (from, to) in zip(route, route.dropFirst()) {
            below[from].append(to)
            above[to].append(from)
        }
        routes.append(route)
    }

    /// Sorts each layer by the middle of its neighbours in the layer before; those without keep their place.
    private mutating func order(downwards: Bool) {
        let sequence = downwards ? Array(layers.indices) : layers.indices.reversed()
        var positions = Array(repeating: 0.0, count: places.count)
        for layer in layers { for (position, index) in layer.enumerated() { positions[index] = Double(position) } }
        for layer in sequence {
            let keys = layers[layer].map { index in
                let neighbours = downwards ? above[index] : below[index]
                guard !neighbours.isEmpty else { return positions[index] }
                return neighbours.reduce(0) { $0 + positions[$1] } / Double(neighbours.count)
            }
            layers[layer] = zip(keys, layers[layer]).enumerated()
                .sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }.map(\.element.1)
            for (position, index) in layers[layer].enumerated() { positions[index] = Double(position) }
        }
    }

    /// Heights: each near the middle of its neighbours, none on another, the whole from zero on.
    private mutating func settle() {
        for layer in layers { for (position, index) in layer.enumerated() { places[index].y = Double(position) } }
        for round in 0..<12 {
            let downwards = round.isMultiple(of: 2)
            for layer in downwards ? Array(layers.indices) : layers.indices.reversed() {
                let wanted = layers[layer].map { index in
                    let neighbours = downwards ? above[index] : below[index]
                    guard !neighbours.isEmpty else { return places[index].y }
                    return neighbours.reduce(0) { $0 + places[$1].y } / Double(neighbours.count)
                }
                for (index, y) in zip(layers[layer], spread(wanted, layers[layer])) { places[index].y = y }
            }
        }
        let top = places.map(\.y).min() ?? 0
        for index in places.indices { places[index].y -= top }
    }

    /// The nearest heights to those wanted that keep their order and their distance: blocks that touch move as one.
    private func spread(_ wanted: [Double], _ layer: [Int]) -> [Double] {
        struct Block {
            var members: [Int]
            /// The sum of what its members want of its top.
            var sum: Double
            var height: Double
            var top: Double { sum / Double(members.count) }
        }
        var blocks: [Block] = []
        for index in wanted.indices {
            var block = Block(members: [index], sum: wanted[index], height: gap(layer[index]))
            while let last = blocks.last, last.top + last.height > block.top {
                // A member wants the block's top to be where it itself would then be right.
                let shift = last.height * Double(block.members.count)
                block = Block(
                    members: last.members + block.members,
                    sum: last.sum + block.sum - shift,
                    height: last.height + block.height
                )
                blocks.removeLast()
            }
            blocks.append(block)
        }
        var heights = Array(repeating: 0.0, count: wanted.count)
        for block in blocks {
            var y = block.top
            for member in block.members {
                heights[member] = y
                y += gap(layer[member])
            }
        }
        return heights
    }

    /// Rows that a place takes: an edge that passes needs less than a box.
    private func gap(_ index: Int) -> Double { places[index].node == nil ? 0.5 : 1 }
}
