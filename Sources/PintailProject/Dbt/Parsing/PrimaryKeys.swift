/// Which columns tell a model's rows apart, as far as its constraints and tests say so.
enum PrimaryKeys {
    /// Fills in the keys of all models.
    static func fill(in nodes: inout Manifest.Table<Node>) {
        var tests: [String: [Node]] = [:]
        for place in nodes.all.indices where nodes.all[place].kind == .test {
            guard nodes.all[place].columnName != nil || nodes.all[place].test?.namespace != nil else { continue }
            if let attached = nodes.all[place].attachedNode { tests[attached, default: []].append(nodes.all[place]) }
        }
        nodes.updateEach { node in
            guard node.kind == .model else { return }
            node.primaryKey = key(of: node, tests[node.uniqueID] ?? [])
        }
    }

    private static func key(of node: Node, _ tests: [Node]) -> [String] {
        if let constraint = node.constraints.first(where: { $0["type"] == "primary_key" }) {
            return constraint["columns"].items.map(\.plainText)
        }
        let marked = node.columns.filter { $0.constraints.contains { $0["type"] == "primary_key" } }
        if !marked.isEmpty { return marked.map(\.name) }
        let combined = tests.filter { $0.test?.name == "unique_combination_of_columns" }
            .flatMap { $0.test?.arguments["combination_of_columns"]?.items.map(\.plainText) ?? [] }
        let unique = Set(columns(of: "unique", tests) + combined)
        let filled = Set(columns(of: "not_null", tests))
        let both = unique.filter(filled.contains)
        if !both.isEmpty { return both.sorted() }
        return unique.sorted()
    }

    private static func columns(of test: String, _ tests: [Node]) -> [String] {
        tests.filter { $0.test?.name == test && $0.test?.namespace == nil }.compactMap(\.columnName)
    }
}
