/// The neighbours of every node in one direction, as two arrays of indexes.
struct Adjacency: Sendable {
    /// Where a node's neighbours begin; one more than there are nodes.
    private let starts: [Int32]
    private let neighbours: [Int32]

    /// Takes the edges as pairs of a node and its neighbour.
    init(count: Int, edges: [(from: Int32, to: Int32)]) {
        var starts = [Int32](repeating: 0, count: count + 1)
        for edge in edges { starts[Int(edge.from) + 1] += 1 }
        for index in 0..<count { starts[index + 1] += starts[index] }
        var next = starts
        var neighbours = [Int32](repeating: 0, count: edges.count)
        for edge in edges {
            neighbours[Int(next[Int(edge.from)])] = edge.to
            next[Int(edge.from)] += 1
        }
        self.starts = starts
        self.neighbours = neighbours
    }

    /// The neighbours of one node.
    subscript(node: Int) -> ArraySlice<Int32> {
        neighbours[Int(starts[node])..<Int(starts[node + 1])]
    }

    /// The nodes that are reached from `start` in at most `depth` steps, those of `start` left out unless reached again.
    func reached(from start: NodeSet, depth: Int?) -> NodeSet {
        var seen = start
        var reached = NodeSet(count: starts.count - 1)
        var frontier = Array(start)
        var stepsLeft = depth ?? Int.max
        while !frontier.isEmpty, stepsLeft > 0 {
            var following: [Int] = []
            for node in frontier {
                for neighbour in self[node] {
                    reached.insert(Int(neighbour))
                    if seen.insert(Int(neighbour)) { following.append(Int(neighbour)) }
                }
            }
            frontier = following
            stepsLeft -= 1
        }
        return reached
    }
}
