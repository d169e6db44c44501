package import DuckDB
import FoundationEssentials
import PintailOrchestrator
package import PintailProject

/// A project's database, opened, and what all steps of a run share.
package final class Workspace: Sendable {
    /// The project as it was read.
    package let project: Project
    /// What the process may use.
    package let budget: MemoryBudget
    /// The project's DuckDB file, of which this process is the one writer.
    package let database: Database
    /// The folder for what lies on disk while a step runs.
    package let state: String
    /// Tables built and not yet published.
    package let staging = StagingArea()
    /// Tables published whose rows can be found again in files.
    package let origins = PublishedOrigins()
    /// Texts that no message may show.
    package let secrets: Redactor
    /// A thread more for what fits into a tight budget.
    let spareThread: SpareThread

    /// Opens the project's database, making the folder and the file where they are missing.
    ///
    /// What does not fit into memory goes below `state`, the project's own folder for such unless given. Blocks while
    /// DuckDB replays its log.
    package init(opening project: Project, isReadOnly: Bool = false, state: String? = nil) throws {
        self.project = project
        let state = state ?? project.stateDirectory
        self.state = state
        budget = MemoryBudget(project.resources)
        secrets = Redactor(project)
        try Self.refuseReservedNames(project)
        // Who only reads does without them, as in a folder that another owns.
        if !isReadOnly { try Self.makeFolders([state, project.database.deletingLastComponent]) }
        do {
            database = try Database(
                path: project.database,
                options: Database.Options(
                    memoryLimit: budget.duckDBLimit.count,
                    threads: project.resources.threads ?? ReadTuning(budget).threads,
                    temporaryDirectory: state + "/spill",
                    isReadOnly: isReadOnly
                )
            )
        } catch {
            throw StepError(
                "cannot open the database \(project.database)",
                cause: error,
                hint: error.isTransient ? "another process has it open; DuckDB allows one writer at a time" : nil
            )
        }
        let hasOne = project.resources.threads == nil && ReadTuning(budget).threads == 1
        let hasCore = ProcessInfo.processInfo.activeProcessorCount > 1
        spareThread = SpareThread(of: database, isThere: hasOne && hasCore && budget.hasRoomForTwo)
        // What is made of times must not depend on the machine it is made on.
        try database.connect().execute("SET GLOBAL TimeZone = 'UTC'")
        // A file's footer is parsed and held once, however many places of the file a query reads: that of 244 million rows
        // takes 9 MB. DuckDB reads it again when the file has changed.
        try database.connect().execute("SET GLOBAL parquet_metadata_cache = true")
        // DuckDB keeps an entry for each range of a file that it has read, even where the bytes are long gone: 23 MB for
        // 100 million rows, and as much again for the next.
        try database.connect().execute("SET GLOBAL enable_external_file_cache = false")
        // Published views call these functions, in whatever process they are read.
        try StrictText.register(try database.connect())
        if !isReadOnly { try Self.prepare(database) }
    }

    /// A connection of its own queue, with the database's schemas in place.
    package func session(_ label: String) throws(DuckDBError) -> Session { try Session(database, label: label) }

    /// DuckDB names a database by its file, and then cannot tell `quarantine.orders` from a table of that database.
    private static func refuseReservedNames(_ project: Project) throws {
        let file = project.database.split(separator: "/").last ?? ""
        let name = file.split(separator: ".").first.map { $0.lowercased() } ?? ""
        guard ["quarantine", "_pintail", "main", "temp", "system"].contains(name) else { return }
        throw StepError(
            "a database file cannot be named '\(file)'",
            hint: "'\(name)' is a schema inside it; give it another name"
        )
    }

    private static func makeFolders(_ folders: [String]) throws {
        for folder in folders {
            do {
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            } catch {
                throw StepError("cannot make the project's folders", cause: FileProblem(folder, error))
            }
        }
    }

    /// What must be there before two steps at once could both want to make it.
    private static func prepare(_ database: Database) throws {
        let connection = try database.connect()
        try connection.execute("CREATE SCHEMA IF NOT EXISTS quarantine")
        try connection.execute("CREATE SCHEMA IF NOT EXISTS _pintail")
        try connection.execute(Positions.definition)
        try StagedTable.dropLeftovers(connection)
        try Quarantine.upgrade(connection)
    }
}

extension String {
    /// The path of the folder that holds what this path names.
    var deletingLastComponent: String {
        guard let slash = lastIndex(of: "/") else { return "." }
        return slash == startIndex ? "/" : String(self[..<slash])
    }
}
