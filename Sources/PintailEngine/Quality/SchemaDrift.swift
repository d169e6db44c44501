import PintailOrchestrator

/// How a table's columns differ from those of the last good run.
struct SchemaDrift: Hashable, Sendable {
    /// A column whose type is another one now.
    struct Retyped: Hashable, Sendable {
        let name: String
        let was: String
        let now: String
    }

    /// A column that stands elsewhere among those that both have; positions count from 1 in the whole table.
    struct Moved: Hashable, Sendable {
        let name: String
        let was: Int
        let now: Int
    }

    let added: [TableSchema.Column]
    let removed: [TableSchema.Column]
    let retyped: [Retyped]
    let reordered: [Moved]

    /// Compares; names are compared as they are written.
    init(from old: TableSchema, to new: TableSchema) {
        let oldTypes = Dictionary(old.columns.map { ($0.name, $0.type) }) { first, _ in first }
        let newNames = Set(new.columns.map(\.name))
        added = new.columns.filter { oldTypes[$0.name] == nil }
        removed = old.columns.filter { !newNames.contains($0.name) }
        retyped = new.columns.compactMap { column in
            guard let was = oldTypes[column.name], was != column.type else { return nil }
            return Retyped(name: column.name, was: was, now: column.type)
        }
        reordered = Self.moved(old.columns.map(\.name), new.columns.map(\.name))
    }

    var isEmpty: Bool { added.isEmpty && removed.isEmpty && retyped.isEmpty && reordered.isEmpty }

    /// The fewest columns whose moving turns one order into the other: those outside the longest run that kept its order.
    private static func moved(_ old: [String], _ new: [String]) -> [Moved] {
        let places = Dictionary(old.enumerated().map { ($1, $0) }) { first, _ in first }
        let common = new.enumerated().compactMap { index, name in places[name].map { (name: name, was: $0, now: index) }
        }
        let kept = longestRise(common.map(\.was))
        return common.enumerated().filter { !kept.contains($0.offset) }
            .map { Moved(name: $0.element.name, was: $0.element.was + 1, now: $0.element.now + 1) }
    }

    /// Indexes of a longest rising subsequence.
    private static func longestRise(_ values: [Int]) -> Set<Int> {
        var lengths = [Int](repeating: 1, count: values.count)
        var before = [Int?](repeating: nil, count: values.count)
        for (i, value) in values.enumerated() {
            for j in 0..<i where values[j] < value && lengths[j] >= lengths[i] {
                lengths[i] = lengths[j] + 1
                before[i] = j
            }
        }
        var kept: Set<Int> = []
        var next = lengths.indices.max { lengths[$0] < lengths[$1] }
        while let index = next {
            kept.insert(index)
            next = before[index]
        }
        return kept
    }
}

extension SchemaDrift: CustomStringConvertible {
    /// `added: tags VARCHAR; removed: url; retyped: age BIGINT (was INTEGER); reordered: title (column 2, was 1)`.
    var description: String {
        let parts = [
            ("added", added.map { "\($0.name) \($0.type)" }),
            ("removed", removed.map(\.name)),
            ("retyped", retyped.map { "\($0.name) \($0.now) (was \($0.was))" }),
            ("reordered", reordered.map { "\($0.name) (column \($0.now), was \($0.was))" }),
        ]
        return parts.filter { !$0.1.isEmpty }.map { "\($0.0): \($0.1.joined(separator: ", "))" }.joined(separator: "; ")
    }
}
