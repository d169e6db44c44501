extension ResourceKind {
    /// Whether a manifest keeps it under `nodes`.
    var isManifestNode: Bool {
        switch self {
        case .model, .seed, .snapshot, .analysis, .test, .operation, .inline: true
        case .source, .exposure, .metric, .semanticModel, .savedQuery, .unitTest, .macro, .group, .documentation,
            .fixture:
            false
        }
    }

    /// Whether it comes along when what it tests is selected.
    var isTest: Bool { self == .test || self == .unitTest }
}
