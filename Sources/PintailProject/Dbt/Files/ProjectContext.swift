import Jinja

/// What templates in `dbt_project.yml` and `profiles.yml` can name.
struct ProjectContext: Globals {
    let environment: [String: String]
    /// Variables of the command line.
    let vars: ConfigObject
    /// Nothing while the profile itself is read.
    var target: ConfigObject?
    /// Takes down which variables are asked for.
    var asked: AskedNames?
    /// Names beside those that are known here, as Python's modules.
    var moreNames: @Sendable (String) -> Value? = { _ in nil }

    func value(named name: String) -> Value? {
        switch name {
        case "env_var": ContextFunctions.environmentVariable(environment, asked)
        case "var": variable
        case "target": (target?.templateDict).map { .dict($0) }
        case "true", "True": true
        case "false", "False": false
        case "none", "None": Value.none
        // Nothing runs yet.
        case "execute": false
        case "dbt_version": .string(SemanticVersion.ofDbt.description)
        default: moreNames(name)
        }
    }

    private var variable: Value {
        let vars = vars
        return .function("var") { arguments, _ in
            let given = try arguments.bound("var", "name", "default?")
            let name = try given[0]?.text ?? ""
            if let value = vars[name] { return value.templateValue }
            if let fallback = given[1] { return fallback }
            throw TemplateError(.raised, "the variable '\(name)' is not given on the command line and has no default")
        }
    }
}

/// Functions that mean the same in every context.
enum ContextFunctions {
    /// `env_var('NAME')`, `env_var('NAME', 'default')`.
    static func environmentVariable(_ environment: [String: String], _ asked: AskedNames? = nil) -> Value {
        .function("env_var") { arguments, _ in
            let given = try arguments.bound("env_var", "name", "default?")
            let name = try given[0]?.text ?? ""
            asked?.note(variable: name)
            if let value = environment[name] { return .string(value) }
            if let fallback = given[1], !fallback.isNone { return fallback }
            throw TemplateError(.raised, "the environment variable '\(name)' is not set and has no default")
        }
    }
}
