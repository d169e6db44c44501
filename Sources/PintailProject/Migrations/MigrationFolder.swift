#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The migrations of one database, as they lie in a folder of the project.
package struct MigrationFolder: Sendable {
    /// Whose they are.
    package let database: MigratedDatabase
    /// The folder as it is shown to the user.
    package let path: String
    /// By number.
    package let migrations: [Migration]

    /// Reads a folder; none of its files need be there.
    ///
    /// - Throws: ``Diagnostics`` with everything that is wrong in any file.
    init(of database: MigratedDatabase, at path: String, in files: ProjectFiles) throws(Diagnostics) {
        self.database = database
        self.path = path
        var reading = FolderReading(files: files, folder: path)
        migrations = try reading.migrations()
    }

    /// The number that a new migration gets.
    package var nextVersion: Int64 { (migrations.last?.version ?? 0) + 1 }

    /// The names of the files for a new migration, as they are shown; numbers have four digits or as many as those before.
    package func newFiles(named name: String) -> (up: String, down: String) {
        let digits = migrations.last?.name.prefix { $0.isNumber }.count ?? 4
        let number = String(nextVersion)
        let padded = String(repeating: "0", count: max(0, digits - number.count)) + number
        return ("\(path)/\(padded)_\(name).up.sql", "\(path)/\(padded)_\(name).down.sql")
    }
}

/// Reads the files of a folder and gathers what is wrong with them.
private struct FolderReading {
    let files: ProjectFiles
    let folder: String
    private var problems: [Diagnostic] = []
    private var found: [MigrationFileName: String] = [:]

    init(files: ProjectFiles, folder: String) {
        self.files = files
        self.folder = folder
    }

    mutating func migrations() throws(Diagnostics) -> [Migration] {
        for file in MigrationFolders.statements(in: folder, files) { sort(file) }
        refuseTwins()
        var migrations: [Migration] = []
        for (name, path) in found where name.direction == .up {
            let down = found.first { $0.key.direction == .down && $0.key.version == name.version }?.value
            guard let up = read(path) else { continue }
            migrations.append(
                Migration(version: name.version, name: name.name, up: up, down: down.flatMap { read($0) })
            )
        }
        guard problems.isEmpty else { throw Diagnostics(problems) }
        return migrations.sorted { $0.version < $1.version }
    }

    private mutating func sort(_ file: String) {
        if let name = MigrationFileName(file) {
            found[name] = "\(folder)/\(file)"
        } else {
            problems.append(
                Diagnostic(
                    "'\(folder)/\(file)' is not named like a migration",
                    hint: "as in 0001_create_articles.up.sql, and .down.sql for the way back"
                )
            )
        }
    }

    private mutating func refuseTwins() {
        for (version, names) in Dictionary(grouping: found.keys, by: \.version) {
            let ups = names.filter { $0.direction == .up }.map(\.name).sorted()
            let downs = names.filter { $0.direction == .down }.map(\.name).sorted()
            if ups.count > 1 {
                problems.append(
                    Diagnostic(
                        "two migrations have the number \(version): \(ups.joined(separator: ", "))",
                        hint: "give the one that nobody has applied yet the next free number"
                    )
                )
            }
            for down in downs where !ups.contains(down) {
                let nearest = ups.first.map { "is it the way back of \($0)? Then name it \($0).down.sql" }
                problems.append(
                    Diagnostic(
                        "'\(folder)/\(down).down.sql' has no \(down).up.sql beside it",
                        hint: nearest ?? "write what it takes back, or delete it"
                    )
                )
            }
        }
    }

    private mutating func read(_ path: String) -> MigrationFile? {
        guard let bytes = FileBytes.read(files.absolute(path)) else {
            problems.append(Diagnostic("'\(path)' cannot be read", hint: "look at its owner and permissions"))
            return nil
        }
        do throws(Diagnostics) {
            return try MigrationFile(bytes, path: path)
        } catch {
            problems += error.all
            return nil
        }
    }
}
