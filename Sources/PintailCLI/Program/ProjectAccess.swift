import DuckDB
import FoundationEssentials
import PintailEngine
import PintailOrchestrator
import PintailProject

/// The project that a command is about, found from the folder it was started in.
struct ProjectAccess: Sendable {
    /// Fills in `${NAME}` before the environment does.
    let variables: [String: String]

    init(variables: [String: String] = [:]) { self.variables = variables }

    /// Reads the project around the working directory, and prints what is doubtful about it.
    func load(_ console: Console) throws -> LoadedProject {
        let loaded = try loader.load(from: Self.workingDirectory)
        warn(about: loaded, console)
        return loaded
    }

    /// Reads a pipeline file, with the project it is part of, and prints what is doubtful about it.
    func load(file: String, _ console: Console) throws -> LoadedProject {
        let loaded = try loader.load(file: Self.absolute(file))
        warn(about: loaded, console)
        return loaded
    }

    /// The project around the working directory, of which some steps may have mistakes.
    func draft() throws -> ProjectDraft { try loader.draft(from: Self.workingDirectory) }

    /// A pipeline file with the project it is part of, of which some steps may have mistakes.
    func draft(file: String) throws -> ProjectDraft { try loader.draft(file: Self.absolute(file)) }

    /// The Postgres that the environment names, for commands outside of projects.
    func environmentConnection() -> (name: String, settings: PostgresSettings)? {
        loader.environmentConnection(in: Self.workingDirectory)
    }

    /// The folder of the project around the working directory.
    static var folder: String? { ProjectLoader.projectDirectory(above: workingDirectory) }

    /// The folder that relative paths start from.
    static var workingDirectory: String { FileManager.default.currentDirectoryPath }

    /// A path from the root on; addresses and `-` are left as they are.
    static func absolute(_ path: String) -> String {
        if path.hasPrefix("/") || path == "-" || path.contains("://") { return path }
        if path == "." { return workingDirectory }
        return workingDirectory + "/" + (path.hasPrefix("./") ? path.dropFirst(2) : path[...])
    }

    private var loader: ProjectLoader {
        ProjectLoader(environment: ProcessInfo.processInfo.environment.merging(variables) { $1 })
    }

    private func warn(about loaded: LoadedProject, _ console: Console) {
        console.warn(loaded.warnings, in: loaded.project.directory)
    }
}

extension Console {
    /// Prints what is doubtful about a project in a folder, unless warnings are not wanted.
    func warn(_ warnings: [Diagnostic], in directory: String) {
        guard !warnings.isEmpty, !isQuiet else { return }
        let renderer = DiagnosticRenderer(directory: directory, errors)
        for warning in warnings { complain(renderer.render(warning)) }
    }
}

extension DiagnosticRenderer {
    /// Writes diagnostics for a stream.
    init(directory: String, _ stream: TextStream) {
        let colors = stream.palette
        self.init(
            directory: directory,
            palette: Palette(
                error: { colors.red($0) },
                warning: { colors.yellow($0) },
                message: { colors.bold($0) },
                frame: { colors.cyan($0) }
            ),
            width: stream.width - 8
        )
    }
}

extension Project {
    /// Plans the steps that `select` names, without changing anything.
    func plan(selecting select: [String] = []) async throws -> Plan {
        try await offPool {
            try PlanBuilder(self, existing: existingTables()).plan().selecting(Selection(select))
        }
    }

    /// Plans the steps as far as they can be read, beside others of these names.
    func surveyed(besides leftOut: Set<String>?) async throws -> PlanSurvey {
        try await offPool { try PlanBuilder(self, existing: existingTables(), leftOut: leftOut).survey() }
    }

    /// What the plan's extracts would read, where that is cheap to tell.
    func estimates(for plan: Plan) async throws -> [NodeID: ExtractEstimate] {
        try await offPool {
            var estimates: [NodeID: ExtractEstimate] = [:]
            for node in plan.nodes {
                if case .extract(let extract) = node.step { estimates[node.id] = ExtractEstimate.of(extract, in: self) }
            }
            return estimates
        }
    }

    /// The tables that runs have left in the database; none when it is not there or another process has it open.
    private func existingTables() -> Set<String> {
        guard FileManager.default.fileExists(atPath: database) else { return [] }
        do {
            let connection = try Database(path: database, options: .init(isReadOnly: true)).connect()
            return Set(
                try connection.texts(
                    "SELECT lower(table_name) FROM information_schema.tables WHERE table_catalog = current_database()"
                )
            )
        } catch {
            return []
        }
    }
}
