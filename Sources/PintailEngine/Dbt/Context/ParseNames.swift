package import Jinja

/// Names that templates find while a project is read, and that only the run time knows.
package enum ParseNames {
    /// The value of a name; `startedAt` is when the command began, in microseconds since 1970.
    package static func value(_ name: String, startedAt: Int64) -> Value? {
        switch name {
        case "modules": PythonModules.all()
        case "run_started_at": .object(DateTimeValue(microseconds: startedAt, zone: .utc))
        case "api": .dict(of: ["Relation": .object(RelationClass()), "Column": .object(ColumnClass())])
        default: nil
        }
    }
}
