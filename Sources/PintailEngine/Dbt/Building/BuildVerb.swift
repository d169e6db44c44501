package import PintailProject

/// What is done with the selected nodes of a dbt project.
package enum BuildVerb: String, Sendable, CaseIterable {
    case build, run, test, seed, snapshot, compile, clone

    /// The kinds of nodes that the verb takes.
    package var kinds: Set<ResourceKind> {
        switch self {
        case .build: [.model, .seed, .snapshot, .test, .unitTest, .savedQuery, .exposure]
        case .run: [.model]
        case .test: [.test, .unitTest]
        case .seed: [.seed]
        case .snapshot: [.snapshot]
        case .clone: [.model, .seed, .snapshot]
        case .compile: [.model, .snapshot, .test, .analysis, .seed]
        }
    }

    /// Whether hooks of the project run before and after.
    var runsHooks: Bool { self != .compile && self != .clone }
}
