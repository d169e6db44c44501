/// What a dbt project is made of; the words are dbt's and stand at the beginning of unique ids.
package enum ResourceKind: String, Hashable, Sendable, CaseIterable {
    case model, analysis, test, snapshot, operation, seed, source, macro, exposure, metric, group
    /// Written `rpc` and `sql_operation` in dbt: SQL given on the command line.
    case inline = "sql_operation"
    case documentation = "doc"
    case savedQuery = "saved_query"
    case semanticModel = "semantic_model"
    case unitTest = "unit_test"
    case fixture

    /// The kind as it is spoken of: `semantic model`.
    var words: String { String(rawValue.map { $0 == "_" ? " " : $0 }) }
}
