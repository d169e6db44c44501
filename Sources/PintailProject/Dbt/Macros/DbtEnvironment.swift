package import Jinja

/// The rules by which templates are read while the project runs.
package enum DbtEnvironment {
    /// SQL, macros, hooks: undefined names fail where they are used.
    package static let sql: Environment = {
        var options = DbtTemplates.parsing.options
        options.undefined = .default
        return Environment(options)
    }()
}
