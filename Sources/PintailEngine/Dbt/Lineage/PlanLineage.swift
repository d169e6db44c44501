import PintailProject

/// Follows every column of a bound query back to the columns of tables that it is made of.
///
/// DuckDB's bound plan (`json_serialize_plan`) names columns by their place among those of the operator below, so names,
/// stars, scopes and nested queries are settled there.
struct PlanLineage {
    /// An operator that is not known; nothing is guessed of it.
    struct UnknownOperator: Error {
        let name: String
    }

    private typealias Columns = [ColumnOrigins]

    private var expressions: [Int: Columns] = [:]

    /// The origins of the query's columns, in order.
    static func columns(of plan: JSONTree) throws -> [ColumnOrigins] {
        var lineage = PlanLineage()
        return try lineage.columns(plan, outer: [])
    }

    /// - Parameter outer: columns of the query around a correlated one.
    private mutating func columns(_ plan: JSONTree, outer: Columns) throws -> Columns {
        let name = plan["type"]?.text ?? ""
        switch name {
        case "LOGICAL_GET": return try scan(plan, outer)
        case "LOGICAL_PROJECTION":
            let below = try child(plan, outer)
            return (plan["expressions"]?.items ?? []).map { Self.value($0, below) }
        case "LOGICAL_AGGREGATE_AND_GROUP_BY": return try aggregate(plan, outer)
        case "LOGICAL_FILTER", "LOGICAL_ORDER_BY", "LOGICAL_LIMIT", "LOGICAL_TOP_N", "LOGICAL_DISTINCT",
            "LOGICAL_SAMPLE":
            let below = try child(plan, outer)
            return Self.picked(below, plan["projection_map"] ?? plan["projections"])
        case "LOGICAL_WINDOW", "LOGICAL_UNNEST":
            let below = try child(plan, outer)
            return below + (plan["expressions"]?.items ?? []).map { Self.value($0, below).changed(.derived) }
        case "LOGICAL_UNION": return try merged(plan, outer)
        case "LOGICAL_EXCEPT", "LOGICAL_INTERSECT": return try child(plan, outer)
        case "LOGICAL_MATERIALIZED_CTE":
            let children = plan["children"]?.items ?? []
            if let index = plan["table_index"]?.integer, let query = children.first {
                expressions[index] = try columns(query, outer: outer)
            }
            return try children.dropFirst().first.map { try columns($0, outer: outer) } ?? []
        case "LOGICAL_RECURSIVE_CTE": return try recursive(plan, outer)
        case "LOGICAL_CTE_REF": return plan["cte_index"]?.integer.flatMap { expressions[$0] } ?? []
        case "LOGICAL_DELIM_GET": return outer
        default: return try rest(name, plan, outer)
        }
    }

    private mutating func rest(_ name: String, _ plan: JSONTree, _ outer: Columns) throws -> Columns {
        switch name {
        case "LOGICAL_COMPARISON_JOIN", "LOGICAL_ASOF_JOIN", "LOGICAL_ANY_JOIN", "LOGICAL_DELIM_JOIN",
            "LOGICAL_DEPENDENT_JOIN":
            return try join(plan, outer)
        case "LOGICAL_CROSS_PRODUCT", "LOGICAL_POSITIONAL_JOIN":
            var all: Columns = []
            for child in plan["children"]?.items ?? [] { all += try columns(child, outer: outer) }
            return all
        case "LOGICAL_EXPRESSION_GET":
            let below = try child(plan, outer)
            let count = plan["expr_types"]?.items.count ?? 0
            return (0..<count).map { place in
                (plan["expressions"]?.items ?? []).reduce(into: .none) { origins, row in
                    if place < row.items.count { origins.add(Self.value(row.items[place], below)) }
                }
            }
        case "LOGICAL_DUMMY_SCAN": return [.none]
        case "LOGICAL_EMPTY_RESULT": return (plan["return_types"]?.items ?? []).map { _ in .none }
        case "LOGICAL_CHUNK_GET": return (plan["chunk_types"]?.items ?? []).map { _ in .none }
        default: throw UnknownOperator(name: name)
        }
    }

    private mutating func child(_ plan: JSONTree, _ outer: Columns) throws -> Columns {
        try plan["children"]?.items.first.map { try columns($0, outer: outer) } ?? []
    }

    // MARK: Operators

    private mutating func scan(_ plan: JSONTree, _ outer: Columns) throws -> Columns {
        let names = (plan["names"]?.items ?? []).map { $0.text ?? "" }
        let table = plan["function_data"]
        let below = try child(plan, outer)
        // A function over rows, as `unnest` beside a table: what it gives is computed of what it takes.
        let taken = below.reduce(into: ColumnOrigins.none) { $0.add($1) }.changed(.derived)
        var found: Columns = (plan["column_indexes"]?.items ?? []).map { index in
            guard let place = index["index"]?.integer, names.indices.contains(place), let name = table?["table"]?.text
            else { return taken }
            return ColumnOrigins(
                PlanColumn(
                    catalog: table?["catalog"]?.text ?? "",
                    schema: table?["schema"]?.text ?? "",
                    table: name,
                    column: names[place]
                )
            )
        }
        if let picked = plan["projection_ids"]?.items, !picked.isEmpty { found = Self.picked(found, plan["projection_ids"]) }
        return found + (plan["projected_input"]?.items ?? []).map { below[guarded: $0.integer] }
    }

    private mutating func aggregate(_ plan: JSONTree, _ outer: Columns) throws -> Columns {
        let below = try child(plan, outer)
        let groups = (plan["groups"]?.items ?? []).map { Self.value($0, below) }
        let values = (plan["expressions"]?.items ?? []).map { Self.value($0, below).changed(.derived) }
        return groups + values + (plan["grouping_functions"]?.items ?? []).map { _ in .none }
    }

    private mutating func merged(_ plan: JSONTree, _ outer: Columns) throws -> Columns {
        var all: Columns = []
        for (place, child) in (plan["children"]?.items ?? []).enumerated() {
            let columns = try columns(child, outer: outer)
            if place == 0 { all = columns } else { Self.add(columns, to: &all) }
        }
        return all
    }

    private static func add(_ columns: Columns, to all: inout Columns) {
        for (place, origins) in columns.enumerated() where place < all.count { all[place].add(origins) }
    }

    /// What the recursion adds may be made of what it added before: gone through until nothing is new.
    private mutating func recursive(_ plan: JSONTree, _ outer: Columns) throws -> Columns {
        let children = plan["children"]?.items ?? []
        guard let index = plan["table_index"]?.integer, children.count == 2 else { return [] }
        var all = try columns(children[0], outer: outer)
        while true {
            expressions[index] = all
            let before = all.map(\.all.count)
            Self.add(try columns(children[1], outer: outer), to: &all)
            if all.map(\.all.count) == before { return all }
        }
    }

    private mutating func join(_ plan: JSONTree, _ outer: Columns) throws -> Columns {
        let children = plan["children"]?.items ?? []
        guard children.count == 2 else { return [] }
        let left = try columns(children[0], outer: outer)
        let correlated = (plan["duplicate_eliminated_columns"]?.items ?? []).map { Self.value($0, left) }
        let right = try columns(children[1], outer: plan["type"]?.text == "LOGICAL_DELIM_JOIN" ? correlated : outer)
        let leftPart = Self.picked(left, plan["left_projection_map"])
        let rightPart = Self.picked(right, plan["right_projection_map"])
        switch plan["join_type"]?.text {
        case "SEMI", "ANTI": return leftPart
        case "RIGHT_SEMI", "RIGHT_ANTI": return rightPart
        case "MARK": return leftPart + [Self.mark(plan, left, right)]
        default: return leftPart + rightPart
        }
    }

    /// The truth of `IN` and `EXISTS`.
    private static func mark(_ plan: JSONTree, _ left: Columns, _ right: Columns) -> ColumnOrigins {
        var origins = ColumnOrigins.none
        for condition in plan["conditions"]?.items ?? [] {
            if let side = condition["left"] { origins.add(value(side, left)) }
            if let side = condition["right"] { origins.add(value(side, right)) }
        }
        return origins.changed(.derived)
    }

    /// The columns at the places that an operator lets through; all where it names none.
    private static func picked(_ columns: Columns, _ places: JSONTree?) -> Columns {
        guard let places = places?.items, !places.isEmpty else { return columns }
        return places.map { columns[guarded: $0.integer] }
    }

    // MARK: Expressions

    /// What an expression over columns is made of.
    private static func value(_ expression: JSONTree, _ columns: Columns) -> ColumnOrigins {
        switch expression["expression_class"]?.text {
        case "BOUND_REF": return columns[guarded: expression["index"]?.integer]
        case "BOUND_CAST": return expression["child"].map { value($0, columns).changed(.converted) } ?? .none
        default:
            var origins = ColumnOrigins.none
            collect(expression, columns, into: &origins)
            return origins.changed(.derived)
        }
    }

    private static func collect(_ tree: JSONTree, _ columns: Columns, into origins: inout ColumnOrigins) {
        switch tree {
        case .list(let items):
            for item in items { collect(item, columns, into: &origins) }
        case .object(let members):
            if tree["expression_class"]?.text == "BOUND_REF" {
                origins.add(columns[guarded: tree["index"]?.integer])
            } else {
                for member in members { collect(member.value, columns, into: &origins) }
            }
        default: break
        }
    }
}

extension [ColumnOrigins] {
    /// The column at a place; no origins where there is no such place.
    fileprivate subscript(guarded place: Int?) -> ColumnOrigins {
        guard let place, indices.contains(place) else { return .none }
        return self[place]
    }
}
