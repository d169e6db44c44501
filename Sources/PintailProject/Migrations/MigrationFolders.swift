#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A database that a project's migrations are for.
package enum MigratedDatabase: Hashable, Sendable {
    /// A Postgres server's, by the name of its connection.
    case connection(String)
    /// The project's own DuckDB.
    case duckDB

    /// What users call it: the connection's name, or `duckdb`.
    package var name: String {
        switch self {
        case .connection(let name): name
        case .duckDB: Self.duckDBName
        }
    }

    /// What stands for the project's own database in folders and options.
    package static let duckDBName = "duckdb"
}

/// Where a project keeps the migrations of its databases.
///
/// `migrations/` is that of its one Postgres connection, `migrations/NAME/` that of the connection NAME where there are
/// several, `migrations/duckdb/` that of its own database.
package struct MigrationFolders: Sendable {
    private static let root = "migrations"
    private let connections: [String]
    private let files: ProjectFiles

    /// Looks into a project's folder.
    package init(of project: Project) {
        connections = project.connections.compactMap { name, settings in
            if case .postgres = settings { name } else { nil }
        }.sorted()
        files = ProjectFiles(root: project.directory)
    }

    /// All databases that can have migrations, the project's own last.
    package var databases: [MigratedDatabase] { connections.map { .connection($0) } + [.duckDB] }

    /// The folders that are there, read; those without any migration are another tool's.
    ///
    /// - Throws: ``Diagnostics`` with everything that is wrong in any of them.
    package func all() throws(Diagnostics) -> [MigrationFolder] {
        guard files.exists(Self.root) else { return [] }
        var problems = misplaced
        var folders: [MigrationFolder] = []
        for database in databases where isOurs(path(of: database)) {
            do throws(Diagnostics) {
                folders.append(try MigrationFolder(of: database, at: path(of: database), in: files))
            } catch {
                problems += error.all
            }
        }
        guard problems.isEmpty else { throw Diagnostics(problems) }
        return folders
    }

    /// The folder of one database, read, whether it is there or not.
    package func folder(of database: MigratedDatabase) throws(Diagnostics) -> MigrationFolder {
        let problems = misplaced
        guard problems.isEmpty else { throw Diagnostics(problems) }
        return try MigrationFolder(of: database, at: path(of: database), in: files)
    }

    /// The database that a name means; without a name the one that alone comes into question.
    package func database(named name: String?) throws(Diagnostics) -> MigratedDatabase {
        if let name {
            if let found = databases.first(where: { $0.name == name }) { return found }
            let known = databases.map(\.name)
            throw Diagnostics([
                Diagnostic(
                    "'\(name)' is no database that can be migrated",
                    hint: didYouMean(name, among: known) ?? "there are \(known.joined(separator: ", "))"
                )
            ])
        }
        guard connections.count > 1 else { return connections.first.map { .connection($0) } ?? .duckDB }
        throw Diagnostics([
            Diagnostic(
                "the project has several databases: \(databases.map(\.name).joined(separator: ", "))",
                hint: "say which is meant: --connection \(connections[0])"
            )
        ])
    }

    /// The names of the files of SQL in a folder.
    static func statements(in folder: String, _ files: ProjectFiles) -> [String] {
        files.names(in: folder).filter { $0.lowercased().hasSuffix(".sql") }
    }

    /// Whether a folder holds migrations of this kind, and not those of another tool.
    private func isOurs(_ folder: String) -> Bool {
        Self.statements(in: folder, files).contains { name in
            [".up.sql", ".down.sql"].contains { name.lowercased().hasSuffix($0) }
        }
    }

    /// A connection that is alone may do without a folder of its own.
    private func path(of database: MigratedDatabase) -> String {
        let own = "\(Self.root)/\(database.name)"
        return database != .duckDB && connections.count == 1 && !files.exists(own) ? Self.root : own
    }

    /// What is wrong with the folders themselves.
    private var misplaced: [Diagnostic] {
        var problems = files.names(in: Self.root).compactMap { unknown($0) }
        if connections.contains(MigratedDatabase.duckDBName) {
            problems.append(
                Diagnostic(
                    "a connection is called 'duckdb', as the project's own database is among migrations",
                    hint: "give the connection another name"
                )
            )
        }
        guard isOurs(Self.root), let loose = Self.statements(in: Self.root, files).first else { return problems }
        let own = connections.first.map { "\(Self.root)/\($0)" }
        if connections.count == 1, let own, files.exists(own) {
            problems.append(
                Diagnostic(
                    "migrations of '\(connections[0])' lie both in \(Self.root)/ and in \(own)/, as '\(Self.root)/\(loose)' does",
                    hint: "keep them in one of the two"
                )
            )
        } else if connections.count != 1 {
            problems.append(
                Diagnostic(
                    "'\(Self.root)/\(loose)' is for no database: the project has "
                        + (own == nil ? "no Postgres connection" : "several connections"),
                    hint: "move it to \(own ?? "\(Self.root)/duckdb")/"
                )
            )
        }
        return problems
    }

    private func unknown(_ folder: String) -> Diagnostic? {
        guard !databases.contains(where: { $0.name == folder }),
            isOurs("\(Self.root)/\(folder)")
        else { return nil }
        return Diagnostic(
            "'\(Self.root)/\(folder)' is the folder of no database",
            hint: didYouMean(folder, among: databases.map(\.name))
                ?? "there are \(databases.map(\.name).joined(separator: ", "))"
        )
    }
}
