/// What a selector looks at; the raw values are what users write before the colon.
package enum SelectionMethod: String, Hashable, Sendable, CaseIterable {
    case fqn, tag, group, access, source, path, file, package, config
    case testName = "test_name"
    case testType = "test_type"
    case resourceType = "resource_type"
    case state, exposure, metric, result
    case sourceStatus = "source_status"
    case version
    case semanticModel = "semantic_model"
    case savedQuery = "saved_query"
    case unitTest = "unit_test"

    /// What a selector without a method means: a path, a file or a name.
    static func implied(by value: String) -> SelectionMethod {
        if value.utf8.contains(UInt8(ascii: "/")) { return .path }
        let isFile = [".sql", ".py", ".csv"].contains { value.lowercased().hasSuffix($0) }
        return isFile ? .file : .fqn
    }

    /// The values that mean something, where they are few.
    var values: [String]? {
        switch self {
        case .testType: TestType.allCases.map(\.rawValue)
        // dbt's functions are no part of a project here: asking for them finds none.
        case .resourceType: ResourceKind.allCases.map(\.rawValue) + ["function"]
        case .state: StateClaim.allCases.map(\.rawValue)
        case .version: VersionClaim.allCases.map(\.rawValue)
        default: nil
        }
    }
}

/// How tests are told apart by `test_type:`.
enum TestType: String, CaseIterable {
    case generic, singular, unit
    /// Generic or singular.
    case data
    /// An older word for generic.
    case schema
}

/// Where a model stands among its versions.
enum VersionClaim: String, CaseIterable {
    case latest, prerelease, old, none
}

/// What `state:` can claim of a node beside an earlier manifest.
enum StateClaim: String, CaseIterable {
    case new, old, modified, unmodified
    case body = "modified.body"
    case configs = "modified.configs"
    case persistedDescriptions = "modified.persisted_descriptions"
    case relation = "modified.relation"
    case macros = "modified.macros"
    case contract = "modified.contract"
}
