#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Reads a project: finds its file, fills in variables, decodes every pipeline, and reports all mistakes at once.
package struct ProjectLoader: Sendable {
    /// The names a project's file may have, in the order they are looked for.
    package static let projectFileNames = ["pintail.yml", "pintail.yaml", "pintail.toml"]
    static let pipelineEndings = [".yml", ".yaml", ".toml"]

    private let environment: [String: String]

    /// The variables that files are filled in with.
    var variables: [String: String] { environment }

    /// Takes variables from `environment` before `.env`; from the process unless given.
    package init(environment: [String: String]? = nil) {
        self.environment = environment ?? ProcessInfo.processInfo.environment
    }

    /// The folder of the project that `directory` lies in: the nearest one upwards with a project file.
    package static func projectDirectory(above directory: String) -> String? {
        var folder = ProjectFiles.normalized(directory)
        while true {
            if projectFileNames.contains(where: ProjectFiles(root: folder).exists) { return folder }
            if folder == "/" { return nil }
            folder = ProjectFiles.folder(of: folder)
        }
    }

    /// Reads the project that `directory` lies in, with all its pipelines.
    ///
    /// - Throws: ``Diagnostics`` with everything that is wrong in any of its files.
    package func load(from directory: String) throws(Diagnostics) -> LoadedProject {
        try draft(from: directory).whole()
    }

    /// Reads the project that `directory` lies in, of which some steps may have mistakes.
    package func draft(from directory: String) throws(Diagnostics) -> ProjectDraft {
        guard let root = Self.projectDirectory(above: directory) else {
            throw Diagnostics([
                Diagnostic(
                    "there is no pintail.yml in \(ProjectFiles.normalized(directory)), nor in any folder above it",
                    hint: "'pintail init' makes a project here"
                )
            ])
        }
        return try ProjectReading(root: root, environment: environment).project()
    }

    /// Reads a file that is named on the command line: a pipeline of a project, one that stands alone, or the older form.
    ///
    /// A pipeline inside a project's folder belongs to it, unless it brings `connections`, `database` or `resources` of
    /// its own; then, and where there is no project, one is made around it, with its database in `.pintail/` beside it.
    package func load(file path: String) throws(Diagnostics) -> LoadedProject {
        try draft(file: path).whole()
    }

    /// Reads a file like ``load(file:)``, of which some steps may have mistakes.
    package func draft(file path: String) throws(Diagnostics) -> ProjectDraft {
        let path = ProjectFiles.normalized(path)
        let folder = ProjectFiles.folder(of: path)
        if Self.projectFileNames.contains(ProjectFiles.name(of: path)) { return try draft(from: folder) }
        guard Self.pipelineEndings.contains(where: path.hasSuffix) else {
            throw Diagnostics([
                Diagnostic(
                    "'\(ProjectFiles.name(of: path))' is not a pipeline file",
                    hint: "its name must end in .yml, .yaml or .toml"
                )
            ])
        }
        let alone = ProjectReading(root: folder, environment: environment)
        let root = try alone.tree(of: path)
        if MemoryAwareConfig.isWritten(in: root) { return try alone.memoryAware(root, path: path) }
        let keys = Set(PipelineSpec.projectKeys.map(\.name))
        let bringsItsOwn = root.entries?.contains { keys.contains($0.key) } ?? false
        guard !bringsItsOwn, let project = Self.projectDirectory(above: folder) else {
            return try alone.lonePipeline(root, path: path)
        }
        return try ProjectReading(root: project, environment: environment).project(naming: path)
    }

    /// The process's variables over those of `.env` in a project's folder.
    package static func environment(in directory: String, over process: [String: String]) -> [String: String] {
        ProjectReading(root: directory, environment: process).variables
    }

    /// The connection `pg_main` made from `DB_HOST` and its like, where a folder or the process sets them.
    ///
    /// What makes `pintail query` reach a Postgres from a folder that has no project.
    package func environmentConnection(in directory: String) -> (name: String, settings: PostgresSettings)? {
        let reading = ProjectReading(root: directory, environment: environment)
        return MemoryAwareConfig.postgres(from: reading.variables).map { (MemoryAwareConfig.connectionName, $0) }
    }
}

/// A project that has been read without a mistake.
package struct LoadedProject: Sendable {
    /// What its files say.
    package var project: Project
    /// What is doubtful but not wrong.
    package var warnings: [Diagnostic]
    /// The pipeline that was named by its file, when one was.
    package var pipeline: String?
    /// The process's variables over those of `.env`; what commands are given.
    package var environment: [String: String]
}
