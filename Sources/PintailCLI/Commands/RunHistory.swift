import FoundationEssentials
import PintailOrchestrator

/// Opens the history of the runs around the working directory.
enum RunHistory {
    /// The run store of the project, or of the pipelines that stand alone in the working directory; nil before any run.
    static func open() async throws -> RunStore? {
        let path = (ProjectAccess.folder ?? ProjectAccess.workingDirectory) + "/.pintail/state.db"
        // Opening would make the file.
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        return try await RunStore.openForReading(path)
    }

    /// A run by its name, its beginning, or `last`.
    static func run(_ name: String) async throws -> (RunStore, RunRecord) {
        guard let store = try await open() else {
            throw UsageError(.other("there are no runs here yet", hint: "'pintail run' makes one"))
        }
        return (store, try await store.run(name))
    }

    /// The argument that names a run.
    static let argument = Argument("RUN", "The run's name, the beginning of it, or 'last'")
}
