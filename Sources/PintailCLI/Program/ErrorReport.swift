import DuckDB
import PintailEngine
import PintailOrchestrator
import PintailProject

/// Tells the user what went wrong, and with which code the program ends because of it.
func report(_ error: any Error, _ console: Console) -> ExitCode {
    let palette = console.errors.palette
    switch error {
    // Nobody listens, so nothing is wrong and nothing is said.
    case is BrokenPipe: return .success
    case is CancellationError: return .interrupted
    case let error as UsageError:
        console.complain("\(palette.red("error:")) \(error.message)\n  \(palette.cyan("hint:")) \(error.hint)")
        return .invalid
    case let error as Diagnostics:
        let directory = error.directory ?? ProjectAccess.folder ?? ProjectAccess.workingDirectory
        let renderer = DiagnosticRenderer(directory: directory, console.errors)
        console.complain(renderer.render(error).trimmingLineEnd)
        return .invalid
    case let error as MigrationFailure:
        let renderer = DiagnosticRenderer(
            directory: ProjectAccess.folder ?? ProjectAccess.workingDirectory,
            console.errors
        )
        let state = StyledLine("  data: ", .cyan).adding(error.dataState).text(palette)
        console.complain(renderer.render(error.diagnostic) + state)
        return .failure
    case let error as DuckDBError where error.sql != nil:
        console.complain(SQLErrorText(palette: palette, width: console.errors.width).text(for: error))
        return .failure
    default:
        for line in FailureText(NodeFailure(error)).lines { console.complain(line.text(palette)) }
        return error.namesNoRun ? .invalid : .failure
    }
}

/// The same where nothing was to be made: what fails there is wrong with the project, and dbt ends with 2.
func reportAsInvalid(_ error: any Error, _ console: Console) -> ExitCode {
    let code = report(error, console)
    return code == .failure ? .invalid : code
}

extension String {
    fileprivate var trimmingLineEnd: String { hasSuffix("\n") ? String(dropLast()) : self }
}

extension Error {
    /// Whether the command names a run that there is not.
    fileprivate var namesNoRun: Bool {
        switch (self as? RunStoreError)?.reason {
        case .noRuns, .noSuchRun, .ambiguousRun: true
        default: false
        }
    }
}

extension WriteError: NodeError {
    var message: String { description }
    var isTransient: Bool { false }
}

extension NoRowsError: NodeError {
    var message: String { "the statement answers with no rows that \(format.rawValue) could hold" }
    var hint: String? { "leave --format and --output out" }
    var isTransient: Bool { false }
}
