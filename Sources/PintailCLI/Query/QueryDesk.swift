import DuckDB
import FoundationEssentials
import PintailEngine
import PintailOrchestrator
import PintailProject

/// A database that answers queries: the project's, or an empty one.
final class QueryDesk: Sendable {
    private let workspace: Workspace
    private let session: Session
    private let scratch: ScratchFolder?

    private init(_ workspace: Workspace, scratch: ScratchFolder?) throws {
        self.workspace = workspace
        self.scratch = scratch
        session = try workspace.session("query")
    }

    /// Opens the project around the working directory, a dbt project's database, or an empty one where there is neither.
    static func open(_ dbt: DbtOptions, mayWrite: Bool, _ console: Console) async throws -> QueryDesk {
        guard ProjectAccess.folder != nil else {
            if let desk = try await openBuilt(by: dbt, mayWrite: mayWrite, console) { return desk }
            return try await openEmpty(connections: [:], console)
        }
        let project = try ProjectAccess().load(console).project
        guard mayWrite || isMade(project.database, console) else {
            return try await openEmpty(connections: project.connections, console)
        }
        return try await offPool { try QueryDesk(Workspace(opening: project, isReadOnly: !mayWrite), scratch: nil) }
    }

    /// Opens the database of the dbt project in the working directory; `nil` when there is none that could be opened.
    private static func openBuilt(by dbt: DbtOptions, mayWrite: Bool, _ console: Console) async throws -> QueryDesk? {
        guard FileManager.default.fileExists(atPath: dbt.folder + "/dbt_project.yml") else { return nil }
        let profile: DbtProfile
        do {
            profile = try dbt.load(console).profile
        } catch {
            // A project for another database has files to be asked, too.
            console.note("an empty database answers: \(NodeFailure(error).message)")
            return nil
        }
        guard let path = profile.settings["path"]?.string, path != ":memory:", mayWrite || isMade(path, console) else {
            return nil
        }
        let project = Project("query", directory: dbt.folder, database: path)
        return try await offPool {
            let workspace = try Workspace(opening: project, isReadOnly: !mayWrite)
            try DbtDatabase.configure(workspace.database, as: profile)
            return try QueryDesk(workspace, scratch: nil)
        }
    }

    private static func isMade(_ database: String, _ console: Console) -> Bool {
        if FileManager.default.fileExists(atPath: database) { return true }
        console.note("\(database) is made by the first run; an empty database answers until then")
        return false
    }

    private static func openEmpty(connections: [String: ConnectionSettings], _ console: Console) async throws
        -> QueryDesk
    {
        var connections = connections
        if connections.isEmpty, let found = ProjectAccess().environmentConnection() {
            connections[found.name] = .postgres(found.settings)
        }
        let scratch = try ScratchFolder()
        let project = Project("query", directory: scratch.path, database: ":memory:", connections: connections)
        return try await offPool { try QueryDesk(Workspace(opening: project), scratch: scratch) }
    }

    /// Runs one statement on the desk's own connection, with the connections attached that it speaks of.
    func run(_ statement: String, by runner: QueryRunner) async throws {
        let workspace = workspace
        do {
            try await session.run { connection in
                try workspace.prepare(toRead: [statement], on: connection)
                try runner.run(statement, on: connection)
            }
        } catch let error as DuckDBError {
            let located = await PlaceSearch(workspace).locate(
                error.meaning(workspace.project.connections.keys.sorted())
            )
            throw located.redacted(by: workspace.secrets)
        } catch let error as StepError {
            // Servers repeat in their answers what they were sent.
            throw StepError(workspace.secrets.redact(NodeFailure(error).message), hint: error.hint)
        }
    }
}

extension DuckDBError {
    /// The error with the connection that was meant, where a table of one that is not there was asked for.
    fileprivate func meaning(_ connections: [String]) -> DuckDBError {
        let unknown = #/(?:^Catalog|because schema) "(.+?)" does not exist/#
        guard candidates.isEmpty, let found = message.firstMatch(of: unknown)?.output.1,
            let meant = nearest(to: String(found), among: connections)
        else { return self }
        let start = sql.flatMap { sql in
            sql.firstRange(of: found + ".").map { sql.utf8.distance(from: sql.startIndex, to: $0.lowerBound) }
        }
        return DuckDBError(kind, message, sql: sql, offset: start ?? offset, candidates: [meant], name: String(found))
    }

    /// The error without the secrets of connections, which an attached server's words may hold.
    fileprivate func redacted(by secrets: Redactor) -> DuckDBError {
        DuckDBError(
            kind,
            secrets.redact(message),
            sql: sql.map(secrets.redact),
            offset: offset,
            candidates: candidates,
            name: name
        )
    }
}
