/// Reads the files of one project and gathers what is wrong with them.
struct ProjectReading {
    let files: ProjectFiles
    let variables: [String: String]
    private let variableProblems: [Diagnostic]

    init(root: String, environment: [String: String]) {
        files = ProjectFiles(root: root)
        var variables: [String: String] = [:]
        var problems: [Diagnostic] = []
        if files.exists(".env") {
            do throws(Diagnostic) {
                let dotEnv = DotEnv(try files.read(".env"))
                variables = dotEnv.variables
                problems = dotEnv.problems
            } catch {
                problems = [error]
            }
        }
        self.variables = variables.merging(environment) { _, process in process }
        variableProblems = problems
    }

    /// The project; `path` is the pipeline file that was asked for by name, inside `pipelines/` or elsewhere.
    ///
    /// - Throws: all problems when not even the project's own file can be read.
    func project(naming path: String? = nil) throws(Diagnostics) -> ProjectDraft {
        var problems = variableProblems
        let reading = Reading(Reading.Surroundings(files: files, variables: variables))
        let projectFile: ProjectFile? = gather(&problems) { () throws(Diagnostics) in try self.projectFile(reading) }
        reading.surroundings.connectionsAreKnown = projectFile != nil
        var paths = pipelinePaths()
        if let path, !paths.contains(path) { paths.append(path) }
        var pipelines: [(path: String, file: PipelineFile)] = []
        var isOpen = false
        for path in paths {
            let file: PipelineFile? = gather(&problems) { () throws(Diagnostics) in
                let root = try tree(of: path)
                return pipeline(root, reading)
            }
            if let file { pipelines.append((path, file)) }
            if file?.pipeline.steps.isEmpty ?? true { isOpen = true }
        }
        problems += reading.problems
        problems += ProjectValidation(pipelines: pipelines.map(\.file)).problems(isInsideProject: true)
        let value = try known(projectFile, problems)
        let sound = pipelines.map { $0.file.keepingSound(reading.unsound, problems) }
        let project = Project(
            value.name,
            directory: files.root,
            database: files.absolute(value.database ?? value.name + ".duckdb"),
            connections: value.connections,
            resources: value.resources,
            pipelines: sound.map(\.pipeline),
            locations: value.locations
        )
        return ProjectDraft(
            project: project,
            problems: problems,
            leftOut: isOpen ? nil : leftOut(pipelines.map(\.file), sound, reading.unsound),
            pipeline: pipelines.first { $0.path == path }?.file.pipeline.name,
            environment: variables
        )
    }

    /// A project made around one pipeline file.
    func lonePipeline(_ root: ConfigNode, path: String) throws(Diagnostics) -> ProjectDraft {
        var problems = variableProblems
        let reading = Reading(Reading.Surroundings(files: files, variables: variables))
        let file = pipeline(root, reading)
        problems += reading.problems
        if let file { problems += ProjectValidation(pipelines: [file]).problems(isInsideProject: false) }
        let value = try known(file, problems)
        let sound = value.keepingSound(reading.unsound, problems)
        let name = value.pipeline.name
        let project = Project(
            name,
            directory: files.root,
            database: files.absolute(value.database ?? ".pintail/\(Self.fileName(for: name)).duckdb"),
            connections: value.connections,
            resources: value.resources,
            pipelines: [sound.pipeline],
            locations: value.pipeline.locations
        )
        return ProjectDraft(
            project: project,
            problems: problems,
            leftOut: value.pipeline.steps.isEmpty ? nil : leftOut([value], [sound], reading.unsound),
            pipeline: name,
            environment: variables
        )
    }

    /// A project made around a file of the older form.
    func memoryAware(_ root: ConfigNode, path: String) throws(Diagnostics) -> ProjectDraft {
        let reading = Reading(Reading.Surroundings(files: files, variables: variables))
        let (config, places) = reading.scoped { MemoryAwareConfig.component.read(root, reading) }
        var problems = variableProblems + reading.problems
        problems += MemoryAwareConfig.missingVariables(variables, at: places["database"])
        let value = try known(config, problems)
        let stem = ProjectFiles.name(of: path).split(separator: ".").first.map(String.init) ?? "config"
        let project = value.project(named: Self.fileName(for: stem), in: files, variables: variables, locations: places)
        // Its one pipeline is made of all that the file says.
        guard !problems.contains(where: { $0.severity == .error }) else { throw located(Diagnostics(problems)) }
        return ProjectDraft(
            project: project,
            problems: problems,
            leftOut: [],
            pipeline: stem,
            environment: variables
        )
    }

    /// The tree of a file with its variables filled in.
    func tree(of path: String) throws(Diagnostics) -> ConfigNode {
        let file: SourceFile
        do throws(Diagnostic) { file = try files.read(path) } catch { throw located(Diagnostics([error])) }
        var root: ConfigNode
        var warnings: [Diagnostic] = []
        if path.hasSuffix(".toml") {
            do throws(Diagnostic) { root = try TOMLTree.parse(file) } catch { throw located(Diagnostics([error])) }
        } else {
            do throws(Diagnostics) { (root, warnings) = try YAMLTree.parse(file) } catch { throw located(error) }
        }
        var expansion = VariableExpansion(variables)
        root = expansion.expanded(root)
        guard expansion.problems.isEmpty else { throw located(Diagnostics(expansion.problems + warnings)) }
        return root
    }
}

extension ProjectReading {
    private func projectFile(_ reading: Reading) throws(Diagnostics) -> ProjectFile? {
        let names = ProjectLoader.projectFileNames.filter(files.exists)
        guard let name = names.first else { return nil }
        if names.count > 1 {
            reading.report(
                "this folder has both '\(name)' and '\(names[1])'",
                at: SourceLocation(file: names[1], line: 1, column: 1),
                hint: "keep one"
            )
        }
        let root = try tree(of: name)
        let (file, places) = reading.scoped { ProjectSpec.component.read(root, reading) }
        guard var file else { return nil }
        file.locations = places
        reading.surroundings.connections = file.connections
        return file
    }

    private func pipeline(_ root: ConfigNode, _ reading: Reading) -> PipelineFile? {
        let (file, places) = reading.scoped { PipelineSpec.component.read(root, reading) }
        guard var file else { return nil }
        file.pipeline.locations = places
        return file
    }

    /// Files of `pipelines/` by name, as absolute paths.
    private func pipelinePaths() -> [String] {
        files.names(in: "pipelines")
            .filter { name in !name.hasPrefix(".") && ProjectLoader.pipelineEndings.contains { name.hasSuffix($0) } }
            .map { files.absolute("pipelines/" + $0) }
    }

    private func gather<Value>(
        _ problems: inout [Diagnostic],
        _ body: () throws(Diagnostics) -> Value?
    ) -> Value? {
        do throws(Diagnostics) {
            return try body()
        } catch {
            problems += error.all
            return nil
        }
    }

    /// The value, or all problems where there is none.
    private func known<Value>(_ value: Value?, _ problems: [Diagnostic]) throws(Diagnostics) -> Value {
        guard let value else { throw located(Diagnostics(problems)) }
        return value
    }

    /// The names of steps that are written and not among the sound ones; `nil` when there may be others.
    private func leftOut(
        _ all: [PipelineFile],
        _ sound: [PipelineFile],
        _ unsound: [UnsoundStep]
    ) -> Set<String>? {
        let kept = Set(sound.flatMap(\.pipeline.steps).compactMap { $0.locations[""] })
        let dropped = all.flatMap(\.pipeline.steps).filter { step in
            step.locations[""].map { !kept.contains($0) } ?? false
        }
        return unsound.reduce(into: Set(dropped.map { $0.name.lowercased() })) { names, step in
            names = step.names.map { names?.union($0) } ?? nil
        }
    }

    private func located(_ diagnostics: Diagnostics) -> Diagnostics {
        var diagnostics = diagnostics
        diagnostics.directory = files.root
        return diagnostics
    }

    /// A name as it can stand in a path.
    private static func fileName(for name: String) -> String {
        String(name.map { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" ? $0 : "_" })
    }
}
