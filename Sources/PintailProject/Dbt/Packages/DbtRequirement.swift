/// What projects and packages say of the dbt they are made for: `require-dbt-version`.
enum DbtRequirement {
    /// The first claim that dbt 1.11.16 does not meet; nil where all are met.
    static func unmet(_ claims: [String]) -> String? {
        guard let version = SemanticVersion(SemanticVersion.ofDbt) else { return nil }
        return claims.first { text in
            guard let claims = VersionBound.all(in: text) else { return true }
            return !claims.allSatisfy { $0.holds(for: version) }
        }
    }
}
