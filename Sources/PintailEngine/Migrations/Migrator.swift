import DuckDB
import FoundationEssentials
import PintailOrchestrator
package import PintailProject
import Postgres

/// What is told while migrations are under way.
package enum MigrationEvent: Sendable {
    /// Somebody else migrates the database, and is waited for.
    case waiting(database: String, for: String)
    /// A migration was applied or taken back.
    case done(MigrationOutcome)
}

/// Brings one database of a project forward and back through its migrations.
package struct Migrator: Sendable {
    private let project: Project
    private let folder: MigrationFolder
    private let patience: Patience?
    private let onEvent: @Sendable (MigrationEvent) -> Void

    /// Prepares to migrate the folder's database; nothing is opened yet.
    ///
    /// - Parameter patience: how long to wait for another process that has the project's own database open.
    package init(
        _ folder: MigrationFolder,
        in project: Project,
        patience: Patience? = nil,
        onEvent: @escaping @Sendable (MigrationEvent) -> Void = { _ in }
    ) {
        self.folder = folder
        self.project = project
        self.patience = patience
        self.onEvent = onEvent
    }

    /// What the database has of the folder; nothing is changed.
    package func history() async throws -> MigrationHistory {
        if folder.database == .duckDB, !FileManager.default.fileExists(atPath: project.database) {
            return MigrationHistory(folder, ledger: [])
        }
        return try await perform(ReadHistory(folder: folder), alone: false)
    }

    /// Applies what is pending, one process at a time.
    ///
    /// - Throws: `Diagnostics` with what stands against it, before anything is changed; ``MigrationFailure``.
    package func up(_ options: MigrationHistory.UpOptions = .init()) async throws -> [MigrationOutcome] {
        try await perform(GoUp(folder: folder, options: options, onEvent: onEvent), alone: true)
    }

    /// Takes back the last `count` migrations, one process at a time.
    ///
    /// - Throws: `Diagnostics` with what stands against it, before anything is changed; ``MigrationFailure``.
    package func down(_ count: Int) async throws -> [MigrationOutcome] {
        try await perform(GoDown(folder: folder, count: count, onEvent: onEvent), alone: true)
    }

    private func perform<Work: LedgerWork>(_ work: Work, alone: Bool) async throws -> Work.Outcome {
        switch folder.database {
        case .connection(let name):
            guard case .postgres(let settings)? = project.connections[name] else {
                preconditionFailure("'\(name)' was found among the project's connections")
            }
            return try await perform(work, alone: alone, on: settings, named: name)
        case .duckDB:
            let opening: @Sendable () throws -> Workspace = { [project] in
                try Workspace(opening: project, isReadOnly: !alone)
            }
            let workspace = if let patience { try await patience.open(opening) } else { try await offPool(opening) }
            return try await workspace.session("migrations").run { try work.perform(on: $0) }
        }
    }

    private func perform<Work: LedgerWork>(
        _ work: Work,
        alone: Bool,
        on settings: PostgresSettings,
        named name: String
    ) async throws -> Work.Outcome {
        let parameters = ConnectionParameters(settings)
        let session = PostgresSession(parameters, label: "migrations")
        do {
            return try await session.run { connection in
                guard alone else { return try work.perform(on: connection) }
                if try connection.sharesSessions(parameters) { throw MigrationLock.sessionIsShared }
                try MigrationLock.take(on: connection) { onEvent(.waiting(database: name, for: $0)) }
                let outcome = try work.perform(on: connection)
                try MigrationLock.release(on: connection)
                return outcome
            }
        } catch let error as MigrationCutOff {
            throw await end(of: error, settings, name)
        } catch let error as MigrationFailure {
            throw MigrationWords(project: project).redacted(error)
        } catch let error as PostgresError {
            throw MigrationWords(project: project).unreachable(name, settings, error)
        }
    }

    // MARK: A lost connection

    /// Says how a migration ended whose connection broke: the ledger knows, once the server is done with it.
    private func end(of cutOff: MigrationCutOff, _ settings: PostgresSettings, _ name: String) async -> StepError {
        let verb = cutOff.direction == .up ? "applied" : "taken back"
        let cause = (cutOff.cause as? PostgresError).map { MigrationWords(project: project).said($0) }
        return StepError(
            "the connection to '\(name)' broke while \(cutOff.migration.name) was \(verb)",
            cause: cause,
            hint: "'pintail migrate status' tells where the database stands; then run this again",
            dataState: await state(after: cutOff, settings),
            isTransient: true
        )
    }

    private func state(after cutOff: MigrationCutOff, _ settings: PostgresSettings) async -> String {
        let unknown = "the server will have applied all of it or nothing, and could not be asked which"
        let session = PostgresSession(ConnectionParameters(settings), label: "migrations")
        do {
            let entries = try await session.run { connection in
                try MigrationLock.isFree(on: connection) ? try connection.entries() : nil
            }
            guard let entries else { return "the server is still at work on it" }
            let entry = entries.first { $0.version == cutOff.migration.version }
            let isThere = entry?.state == .applied
            if let entry, entry.state != .applied {
                return "\(entry.statements) of its statements are known to have been run; it is noted as unfinished"
            }
            return isThere == (cutOff.direction == .up)
                ? "the server had committed it: nothing of it is missing"
                : "rolled back; \(folder.database.name) is as it was before"
        } catch {
            return unknown
        }
    }
}

extension MigrationLock {
    /// Whether the process that had the lock is done with it, within some seconds.
    fileprivate static func isFree(on connection: borrowing PostgresConnection) throws(PostgresError) -> Bool {
        for _ in 0..<50 {
            if try isFreeNow(on: connection) { return true }
            try connection.execute("SELECT pg_sleep(0.2)")
        }
        return false
    }
}
