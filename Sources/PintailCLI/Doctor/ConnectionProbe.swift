import DuckDB
import PintailEngine
import PintailOrchestrator
import PintailProject

/// Tries whether a connection of a project can be made.
struct ConnectionProbe {
    /// A server that needs longer to answer is as good as down for a person who waits.
    private static let patienceSeconds = "5"

    let name: String
    let project: Project

    func finding() async -> Finding {
        let subject = "connection"
        do {
            let place = try await connect()
            return .ok(subject, "\(name): \(place)")
        } catch {
            let failure = NodeFailure(error)
            let message = Redactor(project).redact(failure.message).printable
            return .fail(
                subject,
                "\(name): \(message)",
                mend: failure.hint ?? "see 'connections.\(name)' in the project file"
            )
        }
    }

    private func connect() async throws -> String {
        var impatient = project
        guard let settings = project.connections[name] else { return "not there" }
        var place = "keys and extension are in place"
        if case .postgres(var postgres) = settings {
            if postgres.parameters["connect_timeout"] == nil {
                postgres.parameters["connect_timeout"] = Self.patienceSeconds
            }
            impatient.connections[name] = .postgres(postgres)
            place = "reached " + (postgres.host.map { "\($0):\(postgres.port ?? 5432)" } ?? "its server")
        }
        let scratch = try ScratchFolder(name.filter { $0.isLetter || $0.isNumber })
        impatient.directory = scratch.path
        impatient.database = ":memory:"
        let workspace = try await offPool { [impatient] in try Workspace(opening: impatient) }
        let name = name
        try await workspace.session("doctor").run { connection in try workspace.attach(name, on: connection) }
        withExtendedLifetime(scratch) {}
        return place
    }
}
