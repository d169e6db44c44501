import FoundationEssentials
import PintailEngine
import PintailProject

/// The two files of a migration that is about to be written.
struct NewMigration {
    private let files: (up: String, down: String)
    private let folder: MigrationFolder
    private let name: String
    private let directory: String
    /// What the files do; nil for two files that are still to be filled.
    private var statements: (up: String, down: String)?

    init(_ name: String, in folder: MigrationFolder, of project: Project, statements: (up: String, down: String)? = nil)
    {
        self.name = name
        self.folder = folder
        self.statements = statements
        files = folder.newFiles(named: name)
        directory = project.directory
    }

    /// Writes both files and returns their paths as they are shown; a file that is there already is left as it is.
    func write() throws -> [String] {
        let title = name.split(separator: "_").joined(separator: " ")
        let database = folder.database == .duckDB ? "the project's database" : folder.database.name
        let way = """
            -- Everything here is one transaction. For what cannot be part of one (CREATE INDEX CONCURRENTLY), write the line
            -- '-- pintail: no transaction' above all statements.

            """
        let up = statements?.up ?? way
        let down = statements?.down ?? "-- Takes back what the .up.sql does; without statements there is no way back.\n"
        try write("-- \(title): forward, on \(database).\n" + up, to: files.up)
        try write("-- \(title): back, on \(database).\n" + down, to: files.down)
        return [files.up, files.down]
    }

    private func write(_ text: String, to path: String) throws {
        let file = URL(filePath: directory + "/" + path)
        do {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: file, options: .withoutOverwriting)
        } catch {
            throw UsageError(.other("cannot write \(path)", hint: "the folder must be one that you may write to"))
        }
    }
}
