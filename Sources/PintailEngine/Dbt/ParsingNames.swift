package import Jinja
package import PintailProject

/// Names that need a clock, Python's library or what a database's names are, for templates that ask for them while their project is read.
package enum ParsingNames {
    /// The value of a name, for a reading that began at a time in microseconds since 1970.
    ///
    /// - Parameter flags: what the command was told, by names in capitals.
    package static func value(named name: String, startedAt: Int64, flags: ConfigObject = [:]) -> Value? {
        if let body = ContextFunctions.plain[name] {
            return .function(name) { arguments, _ in try body(arguments) }
        }
        return switch name {
        case "api": .dict(of: ["Relation": .object(RelationClass(quoting: [:])), "Column": .object(ColumnClass())])
        case "flags": .object(FlagNames(flags))
        case "invocation_args_dict", "dbt_metadata_envs": .dict(DictObject())
        case "modules": PythonModules.all()
        case "run_started_at": .object(DateTimeValue(microseconds: startedAt, zone: .utc))
        default: nil
        }
    }
}
