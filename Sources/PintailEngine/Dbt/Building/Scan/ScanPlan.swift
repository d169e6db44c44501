import PintailProject

/// Which built-in tests of a run are answered together, by one query over what they test: a pure value.
struct ScanPlan: Sendable {
    /// Tests that become ready at the same moment and read the same rows; at least two each.
    private(set) var groups: [[String]] = []

    /// The tests that can be answered so, with the arguments that they take.
    private static let arguments: [String: Set<String>] = [
        "not_null": ["model", "column_name"],
        "unique": ["model", "column_name"],
        "accepted_values": ["model", "column_name", "values", "quote"],
        "relationships": ["model", "column_name", "to", "field"],
    ]

    /// Looks through the tests of a run; those that a project words otherwise are left to themselves.
    init(_ project: DbtProject, _ graph: BuildGraph?, _ options: BuildOptions, _ audit: AuditPlan) {
        guard let graph, !options.storesFailures, options.verb != .compile else { return }
        let own = Self.unchanged(in: project.macros)
        guard !own.isEmpty else { return }
        var places: [String: Int] = [:]
        for id in graph.order {
            guard let test = project.manifest.nodes[id], let metadata = test.test,
                own.contains(metadata.name), Self.isPlain(test, metadata)
            else { continue }
            let key = [
                metadata.arguments["model"]?.plainText ?? "", test.config["where"]?.plainText ?? "",
                audit.models[id] ?? "", (graph.after[id] ?? []).sorted().joined(separator: ","),
            ].joined(separator: "\n")
            if let place = places[key] {
                groups[place].append(id)
            } else {
                places[key] = groups.count
                groups.append([id])
            }
        }
        groups.removeAll { $0.count < 2 }
    }

    private static func isPlain(_ test: Node, _ metadata: TestMetadata) -> Bool {
        guard metadata.namespace == nil || metadata.namespace == "dbt", test.columnName != nil,
            let known = arguments[metadata.name],
            metadata.arguments.keys.allSatisfy(known.contains)
        else { return false }
        let config = test.config
        return config["limit"]?.isNull ?? true && config["store_failures"]?.bool != true
            && config["store_failures_as"]?.isNull ?? true && config["fail_calc"]?.string ?? "count(*)" == "count(*)"
            && config["materialized"]?.string ?? "test" == "test"
    }

    /// The tests that no package has another macro for, nor for what runs them.
    private static func unchanged(in macros: MacroIndex) -> Set<String> {
        let others = macros.packages.filter { !MacroIndex.builtIn.contains($0) }
        func isChanged(_ name: String) -> Bool { others.contains { macros.macro(name, in: $0) != nil } }
        let prefixes = [""] + MacroIndex.dispatchPrefixes
        let shared = ["get_where_subquery", "get_test_sql"].flatMap { name in prefixes.map { $0 + name } }
        let runs = [
            "materialization_test_default", "materialization_test_duckdb", "should_store_failures", "statement",
        ]
        guard !(shared + runs).contains(where: isChanged) else { return [] }
        return Set(arguments.keys.filter { name in !prefixes.contains { isChanged($0 + "test_" + name) } })
    }
}
