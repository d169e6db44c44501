import PintailEngine
import PintailProject

/// Drafts what databases lack for the loads of a project: `pintail migrate plan`.
struct MigratePlan: Sendable {
    /// The one connection that is meant; all that are loaded into when nil.
    let connection: String?
    /// The name of the migration that the draft is written as.
    let name: String?
    let project: Project

    /// Prints the drafts, or writes the one there is.
    func print(_ report: MigrateReport, _ console: Console) async throws {
        let folders = MigrationFolders(of: project)
        let plan = try await project.plan()
        let databases = try databases(folders, plan)
        if databases.isEmpty { console.note("no pipeline of \(project.name) loads into a Postgres connection") }
        guard name == nil || databases.count == 1 else {
            throw UsageError(
                .other("--write takes the draft of one database", hint: "say which: --connection \(databases[0].name)")
            )
        }
        for database in databases {
            let folder = try folders.folder(of: database)
            try await refusePending(folder, console)
            let draft = try await Interruption.cancelling(onSignal: {}) {
                try await Drafting(for: database.name, of: plan, in: project).draft()
            }
            for text in draft.unknown { console.warn(text) }
            if let name, !draft.isEmpty {
                let files = NewMigration(name, in: folder, of: project, statements: (draft.up, draft.down))
                try report.made(files.write())
            } else {
                try report.drafted(draft, database.name)
            }
        }
    }

    private func databases(_ folders: MigrationFolders, _ plan: Plan) throws -> [MigratedDatabase] {
        guard let connection else {
            return folders.databases.filter { plan.migratedDatabases.contains($0) && $0 != .duckDB }
        }
        let database = try folders.database(named: connection)
        guard database != .duckDB else {
            throw UsageError(
                .other("there is nothing to draft for 'duckdb'", hint: "steps make their tables there themselves")
            )
        }
        return [database]
    }

    /// What is pending would be drafted a second time.
    private func refusePending(_ folder: MigrationFolder, _ console: Console) async throws {
        let pending = try await Migrator(folder, in: project).history().pending
        guard !pending.isEmpty else { return }
        let names = pending.map(\.name).joined(separator: ", ")
        guard name == nil else {
            throw UsageError(
                .other(
                    "pending migrations of '\(folder.database.name)' come first: \(names)",
                    hint: "'pintail migrate up' applies them"
                )
            )
        }
        console.warn("the draft does not know what is pending: \(names)")
    }
}
