package import Jinja

/// Names that need a clock or Python's library, for templates that ask for them while their project is read.
package enum ParsingNames {
    /// `modules` and `run_started_at`, for a reading that began at a time in microseconds since 1970.
    package static func value(named name: String, startedAt: Int64) -> Value? {
        switch name {
        case "modules": PythonModules.all()
        case "run_started_at": .object(DateTimeValue(microseconds: startedAt, zone: .utc))
        default: nil
        }
    }
}
