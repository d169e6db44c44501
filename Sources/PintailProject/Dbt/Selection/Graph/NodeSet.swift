/// A set of a graph's nodes by their indexes, one bit each.
package struct NodeSet: Hashable, Sendable {
    private var words: [UInt64]

    /// No node of a graph that has `count` of them.
    package init(count: Int) {
        words = Array(repeating: 0, count: (count + 63) / 64)
    }

    /// Every node of a graph that has `count` of them.
    package static func all(count: Int) -> NodeSet {
        var set = NodeSet(count: count)
        for index in 0..<count { set.insert(index) }
        return set
    }

    /// Holds no node.
    package var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

    /// How many nodes it holds.
    package var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// Whether the node with this index is in it.
    package func contains(_ index: Int) -> Bool { words[index >> 6] & (1 << UInt64(index & 63)) != 0 }

    /// Adds a node; tells whether it was not there before.
    @discardableResult
    package mutating func insert(_ index: Int) -> Bool {
        let bit: UInt64 = 1 << UInt64(index & 63)
        let isNew = words[index >> 6] & bit == 0
        words[index >> 6] |= bit
        return isNew
    }

    /// Takes a node away.
    package mutating func remove(_ index: Int) { words[index >> 6] &= ~(1 << UInt64(index & 63)) }

    /// Adds what the other set holds.
    package mutating func formUnion(_ other: NodeSet) {
        for index in words.indices { words[index] |= other.words[index] }
    }

    /// Keeps only what the other set holds too.
    package mutating func formIntersection(_ other: NodeSet) {
        for index in words.indices { words[index] &= other.words[index] }
    }

    /// Takes away what the other set holds.
    package mutating func subtract(_ other: NodeSet) {
        for index in words.indices { words[index] &= ~other.words[index] }
    }

    /// What either set holds.
    package func union(_ other: NodeSet) -> NodeSet {
        var result = self
        result.formUnion(other)
        return result
    }
}

extension NodeSet: Sequence {
    /// Walks the indexes upwards.
    package func makeIterator() -> Iterator { Iterator(words: words) }

    /// Gives the indexes of a set, the smallest first.
    package struct Iterator: IteratorProtocol {
        private let words: [UInt64]
        private var position = 0
        private var rest: UInt64

        fileprivate init(words: [UInt64]) {
            self.words = words
            rest = words.first ?? 0
        }

        /// The next index.
        package mutating func next() -> Int? {
            while rest == 0 {
                position += 1
                guard position < words.count else { return nil }
                rest = words[position]
            }
            let bit = rest.trailingZeroBitCount
            rest &= rest - 1
            return position << 6 | bit
        }
    }
}
