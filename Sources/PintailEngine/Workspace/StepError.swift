package import DuckDB
package import PintailOrchestrator

/// What a step could not do, in the step's own words, with what lay beneath.
package struct StepError: NodeError {
    /// What the step could not do, in one sentence without a full stop.
    package let message: String
    /// What lay beneath.
    package let cause: (any Error)?
    /// The way out.
    package let hint: String?
    /// What state the data is in now.
    package let dataState: String?
    /// What checks found, when they are the reason.
    package let checks: [CheckOutcome]
    /// Whether trying again may help.
    package let isTransient: Bool

    /// States a failure; whether it may pass is taken from the cause unless given.
    package init(
        _ message: String,
        cause: (any Error)? = nil,
        hint: String? = nil,
        dataState: String? = nil,
        checks: [CheckOutcome] = [],
        isTransient: Bool? = nil
    ) {
        let below = cause as? any NodeError
        self.message = message
        self.cause = cause
        self.hint = hint ?? below?.hint
        self.dataState = dataState ?? below?.dataState
        self.checks = checks.isEmpty ? below?.checks ?? [] : checks
        self.isTransient = isTransient ?? below?.isTransient ?? false
    }
}

extension DuckDBError: NodeError {
    /// The nearest name that DuckDB knows, or what needs less memory.
    package var hint: String? {
        if kind == .outOfMemory {
            return "allow more with `resources: {memory: …}`; an extract needs less with `strategy: lazy`"
        }
        if isDiskFull { return "free some space on the disk of the file that is named" }
        // For functions DuckDB lists signatures, which are no names to be meant.
        guard let best = candidates.first, !best.contains("(") else { return nil }
        return "did you mean '\(best)'?"
    }
}
