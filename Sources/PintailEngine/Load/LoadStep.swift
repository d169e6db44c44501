import DuckDB
package import PintailOrchestrator
package import PintailProject
import Postgres

/// Delivers a table, or a query's rows, out of the database.
package struct LoadStep: Sendable {
    private let load: Load
    private let companions: [Load]
    private let batching: Batching
    private let earlier: EarlierRuns?

    /// Takes the load as the user wrote it.
    ///
    /// - Parameter companions: Further loads into the same connection that are one transaction with it.
    /// - Parameter batching: Whether rows for a server's table are committed bit by bit, so that a load that was killed
    ///   goes on where it was.
    /// - Parameter earlier: What the history knows of runs that may have delivered the same rows; `nil` when none is kept.
    package init(
        _ load: Load,
        with companions: [Load] = [],
        batching: Batching = .whenLarge,
        earlier: EarlierRuns? = nil
    ) {
        self.load = load
        self.companions = companions
        self.batching = batching
        self.earlier = earlier
    }

    /// Delivers the rows; what was at the destination stays as it was unless all of them arrived.
    ///
    /// - Throws: `StepError`, which says what state the destination is in; `CancellationError`.
    package func run(in environment: StepEnvironment) async throws -> NodeResult {
        let isReplay = earlier == .replay && load.mode == .append
        switch load.destination {
        case .file(let path) where ObjectStoreLoad.isAddress(path):
            return try await ObjectStoreLoad(load, address: path, isReplay: isReplay, in: environment).run()
        case .file(let path):
            return try await FileLoad(load, path: path, isReplay: isReplay, in: environment).run()
        case .standardOutput:
            return try await StreamLoad(load, in: environment).run()
        case .table(let connection, let schema, let name):
            let server = try server(connection, environment.workspace.project)
            let table = TableName(name, schema: schema)
            guard companions.isEmpty else {
                return try await LinkedLoad([load] + companions, at: server, earlier: earlier, in: environment).run()
            }
            return try await PostgresLoad(
                load,
                into: table,
                at: server,
                batching: batching,
                earlier: earlier,
                in: environment
            ).run()
        }
    }

    /// Removes what runs that were killed left beside the files that a project's loads write.
    ///
    /// Blocks; touches nothing of a load that is at work. Each load does it for its own target as well.
    package static func removeLeftovers(of project: Project) { FileLoad.removeLeftovers(of: project) }

    /// What can be held against a load before any row is moved; `nil` when nothing can.
    ///
    /// Files only: what a server would refuse is found when the load begins, as the server may not be there yet.
    package static func objection(to load: Load, in project: Project) -> Diagnostic? {
        guard case .file(let path) = load.destination, !ObjectStoreLoad.isAddress(path) else { return nil }
        do {
            try FileLoad.refuse(load, path: path, in: project)
            return nil
        } catch {
            let failure = NodeFailure(error)
            return Diagnostic(
                "load '\(load.name)' cannot be done: \(failure.message)",
                at: load.locations["into"],
                hint: failure.hint
            )
        }
    }

    /// The server's table that a load fills; `nil` when it fills none.
    static func target(of load: Load, in project: Project) -> (table: TableName, server: ConnectionParameters)? {
        guard case .table(let connection, let schema, let name) = load.destination,
            case .postgres(let settings)? = project.connections[connection]
        else { return nil }
        return (TableName(name, schema: schema), ConnectionParameters(settings))
    }

    private func server(_ name: String, _ project: Project) throws -> ConnectionParameters {
        switch project.connections[name] {
        case .postgres(let settings)?: return ConnectionParameters(settings)
        case .s3?:
            throw StepError(
                "the connection '\(name)' holds files, not tables",
                hint: "write to an address, as in `into: s3://bucket/\(load.name).parquet`"
            )
        case nil:
            let known = project.connections.keys.sorted().joined(separator: ", ")
            throw StepError(
                "there is no connection '\(name)'",
                hint: known.isEmpty ? "add it under `connections:`" : "there are \(known)"
            )
        }
    }
}
