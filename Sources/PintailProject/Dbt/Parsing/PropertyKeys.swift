/// The keys that entries of property files know: others are kept, and those that look mistyped are told.
enum PropertyKeys {
    private static let common: Set<String> = [
        "name", "description", "config", "meta", "tags", "docs", "columns", "tests", "data_tests", "group", "access",
        "constraints", "quote_columns", "original_file_path",
    ]
    private static let bySection: [String: Set<String>] = [
        "models": common.union(["versions", "latest_version", "deprecation_date", "time_spine"]),
        "seeds": common, "snapshots": common.union(["relation"]), "analyses": common,
        "sources": common.union([
            "database", "catalog", "schema", "loader", "freshness", "loaded_at_field", "loaded_at_query", "quoting",
            "tables",
            "overrides", "unrendered_database", "unrendered_schema",
        ]),
        "macros": ["name", "description", "config", "meta", "docs", "arguments"],
        "exposures": [
            "name", "description", "config", "meta", "tags", "type", "owner", "label", "maturity", "url", "depends_on",
        ],
        "unit_tests": [
            "name", "description", "config", "model", "given", "expect", "overrides", "versions", "meta", "tags",
        ],
    ]
    private static let column: Set<String> = [
        "name", "description", "config", "meta", "tags", "tests", "data_tests", "data_type", "quote", "constraints",
        "granularity", "policy_tags",
    ]

    /// A warning for each key of an entry and its columns that nobody knows and that is near to one that is known.
    static func warnings(_ node: PropertyNode, section: String, in document: PropertyDocument) -> [Diagnostic] {
        guard let known = bySection[section] else { return [] }
        var warnings = warnings(node.entries ?? [], known, document)
        for item in node["columns"]?.items ?? [] { warnings += self.warnings(item.entries ?? [], column, document) }
        return warnings
    }

    private static func warnings(
        _ entries: [PropertyEntry],
        _ known: Set<String>,
        _ document: PropertyDocument
    ) -> [Diagnostic] {
        entries.compactMap { entry in
            guard !known.contains(entry.key), let hint = didYouMean(entry.key, among: known) else { return nil }
            return Diagnostic(
                "'\(entry.key)' means nothing here",
                at: document.location(of: entry),
                hint: hint,
                severity: .warning
            )
        }
    }
}
