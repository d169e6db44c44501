/// What a node does; the words of the project files.
public enum NodeKind: String, Sendable, Codable, CaseIterable {
    case extract, check, transform, load, command, model, seed, snapshot, test
    /// Of a dbt project: SQL that is compiled only, and what is named in a run but has nothing to do.
    case analysis, exposure
    case savedQuery = "saved_query"
}
