import DuckDB
import FoundationEssentials
import PintailEngine
import PintailOrchestrator
import PintailProject

/// Removes what runs of a dbt project leave: `pintail clean`.
struct CleanCommand: Command {
    static let insideOnly = Option.flag("clean-project-files-only", "Remove nothing outside of the project, as usual")
    static let outsideToo = Option.flag("no-clean-project-files-only", "Remove folders outside of the project too")

    static let spec = CommandSpec(
        "clean",
        .tools,
        "Remove the folders that a dbt project names as clean-targets, as a rule target and dbt_packages",
        options: DbtOptions.all + [insideOnly, outsideToo] + DbtVerb.passedBesideBuilds,
        examples: [.init("pintail clean", "Removes artifacts and installed packages.")]
    )

    private let options: DbtOptions
    private let staysInside: Bool

    init(_ arguments: ParsedArguments) throws(UsageError) {
        options = try DbtOptions(arguments)
        staysInside = !arguments.has(Self.outsideToo)
    }

    func run(_ console: Console) async throws -> ExitCode {
        // Whatever is wrong with the rest of the project, it can be tidied up.
        let project = try options.root()
        let root = project.directory
        let named = project.cleanTargets.isEmpty ? [project.targetPath] : project.cleanTargets
        let sources = project.modelPaths + project.seedPaths + project.testPaths
        for target in named {
            let path = URL(filePath: target.hasPrefix("/") ? target : root + "/" + target).standardizedFileURL.path
            guard path.hasPrefix(root + "/") || !staysInside, !sources.contains(where: { path == root + "/" + $0 })
            else {
                throw UsageError(
                    .other(
                        "'\(target)' is not removed: it is outside of the project or holds its sources",
                        hint: "take it out of clean-targets"
                    )
                )
            }
            guard FileManager.default.fileExists(atPath: path) else { continue }
            try FileManager.default.removeItem(atPath: path)
            if !console.isQuiet { console.note("removed \(target)") }
        }
        return .success
    }
}

/// Tells what a dbt project is run with, and whether that can be reached: `pintail debug`.
struct DebugCommand: Command {
    static let connection = Option.flag("connection", "Only try to open the database")

    static let spec = CommandSpec(
        "debug",
        .look,
        "Tell a dbt project's profile, and try to open its database",
        options: DbtOptions.all + [connection] + DbtVerb.passedBesideBuilds,
        examples: [.init("pintail debug --target prod", "Tries the output 'prod'.")]
    )

    private let options: DbtOptions
    private let triesOnly: Bool

    init(_ arguments: ParsedArguments) throws(UsageError) {
        options = try DbtOptions(arguments)
        triesOnly = arguments.has(Self.connection)
    }

    func run(_ console: Console) async throws -> ExitCode {
        do {
            try await look(console)
            return .success
        } catch {
            // What is wrong with the project is what was asked for, and no misuse.
            let code = report(error, console)
            return code == .invalid ? .failure : code
        }
    }

    private func look(_ console: Console) async throws {
        let project = try options.load(console)
        let profile = project.profile
        if !triesOnly {
            let path = profile.settings["path"]?.plainText ?? ":memory:"
            try console.print("project   \(project.root.name), \(project.root.directory)")
            try console.print("profile   \(profile.name), output \(profile.target)")
            try console.print("database  \(path), schema \(profile.schema)")
            try console.print("duckdb    \(Database.libraryVersion)")
        }
        try await offPool { _ = try DbtDatabase.open(profile).connect().value("SELECT 1") }
        try console.print("connected")
    }
}
