import PintailOrchestrator
package import PintailProject

/// How far the databases of a project are behind its migrations.
package struct PendingMigrations: Sendable {
    private let project: Project
    private let folders: [MigrationFolder]

    /// Reads the project's migrations, those of `databases` where they are given.
    ///
    /// A project that has none costs one look at its folder.
    /// - Throws: `Diagnostics` with everything that is wrong in their files.
    package init(of project: Project, for databases: Set<MigratedDatabase>? = nil) throws(Diagnostics) {
        self.project = project
        folders = try MigrationFolders(of: project).all().filter { databases?.contains($0.database) != false }
    }

    /// The folders that were read.
    package var all: [MigrationFolder] { folders }

    /// What one database has of its folder.
    ///
    /// - Parameter patience: how long to wait for another process that has the project's own database open.
    package func history(of folder: MigrationFolder, patience: Patience? = nil) async throws -> MigrationHistory {
        try await Migrator(folder, in: project, patience: patience).history()
    }

    /// What somebody who checks the project should hear: warnings, as nothing of the project itself is wrong.
    package func warnings() async throws(CancellationError) -> [Diagnostic] {
        var warnings: [Diagnostic] = []
        for folder in folders {
            do {
                warnings += try await history(of: folder).warnings
            } catch {
                if Task.isCancelled { throw CancellationError() }
                let failure = NodeFailure(error).redacted(by: Redactor(project))
                warnings.append(
                    Diagnostic(
                        "the migrations of '\(folder.database.name)' were not looked at: \(failure.message)",
                        hint: failure.hint,
                        severity: .warning
                    )
                )
            }
        }
        return warnings
    }
}

extension MigrationHistory {
    /// What is to be said of the migrations that are not as they should be; `nil` when all are applied.
    package var complaint: (message: String, hint: String)? {
        let wrong = records.filter { $0.state != .applied && $0.state != .pending }
        if let first = wrong.first {
            let more = wrong.count > 1 ? ", and \(wrong.count - 1) more are not as they should be" : ""
            return (
                "migration \(first.name) of '\(folder.database.name)' is \(first.state.rawValue)\(more)",
                underWay.map { "migrations are under way: \($0)" }
                    ?? "'pintail migrate status' shows all, 'pintail migrate up' tells what to do"
            )
        }
        let names = pending.map(\.name)
        guard !names.isEmpty else { return nil }
        let count = names.count == 1 ? "1 migration" : "\(names.count) migrations"
        let shown = names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", …" : "")
        return (
            "\(count) of '\(folder.database.name)' \(names.count == 1 ? "is" : "are") pending: \(shown)",
            "'pintail migrate up' applies \(names.count == 1 ? "it" : "them")"
        )
    }

    fileprivate var warnings: [Diagnostic] {
        complaint.map { [Diagnostic($0.message, hint: $0.hint, severity: .warning)] } ?? []
    }
}

extension Plan {
    /// The databases whose tables a run of the plan fills.
    package var migratedDatabases: Set<MigratedDatabase> {
        Set(
            nodes.compactMap { node in
                guard case .load(let load) = node.step, case .table(let connection, _, _) = load.destination else {
                    return nil
                }
                return .connection(connection)
            } + [.duckDB]
        )
    }
}
