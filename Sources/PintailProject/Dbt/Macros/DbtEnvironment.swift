package import Jinja

/// The rules by which dbt's templates are read.
package enum DbtEnvironment {
    /// SQL, macros, hooks: undefined names fail where they are used.
    package static let sql = Environment(options)

    /// The first pass over templates: what is not known yet stays unknown instead of failing.
    package static let parsing: Environment = {
        var rules = options
        rules.undefined = .propagating
        return Environment(rules)
    }()

    private static let options: Environment.Options = {
        var options = Environment.Options()
        options.isSandboxed = true
        options.bindsMacros = false
        options.hasNativeFilters = true
        options.blockTags = [
            BlockTag("test", .parameters), BlockTag("data_test", .parameters), BlockTag("materialization", .options),
            BlockTag("snapshot"), BlockTag("docs"),
        ]
        return options
    }()
}
