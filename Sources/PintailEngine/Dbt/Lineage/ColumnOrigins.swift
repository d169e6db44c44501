/// A column of a relation as a query's plan names it.
struct PlanColumn: Hashable {
    let catalog: String
    let schema: String
    let table: String
    let column: String
}

/// What becomes of a column's values on their way into another.
package enum Manner: String, Comparable, Sendable {
    /// They are the same.
    case passed = "passed through"
    /// They have another type.
    case converted
    /// They are computed, alone or with others.
    case derived

    package static func < (one: Manner, other: Manner) -> Bool { one.rank < other.rank }

    private var rank: Int {
        switch self {
        case .passed: 0
        case .converted: 1
        case .derived: 2
        }
    }
}

/// The columns that a value is made of, in the order they were met, and what became of each on the way.
struct ColumnOrigins {
    private(set) var all: [(column: PlanColumn, manner: Manner)] = []

    /// A constant, or what is made of rows and not of values.
    static var none: ColumnOrigins { ColumnOrigins() }

    /// A column of a table.
    init(_ column: PlanColumn) { all = [(column, .passed)] }

    init() {}

    /// Adds what others are made of; a column that is there already keeps the greater change.
    mutating func add(_ others: ColumnOrigins) {
        for other in others.all {
            if let place = all.firstIndex(where: { $0.column == other.column }) {
                all[place].manner = max(all[place].manner, other.manner)
            } else {
                all.append(other)
            }
        }
    }

    /// The same after a change of at least a manner.
    func changed(_ manner: Manner) -> ColumnOrigins {
        var changed = self
        for place in all.indices { changed.all[place].manner = max(all[place].manner, manner) }
        return changed
    }
}
