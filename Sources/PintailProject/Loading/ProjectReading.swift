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

    /// The whole project; `path` is the pipeline file that was asked for by name, inside `pipelines/` or elsewhere.
    func project(naming path: String? = nil) throws(Diagnostics) -> LoadedProject {
        var problems = variableProblems
        let reading = Reading(Reading.Surroundings(files: files, variables: variables))
        let projectFile: ProjectFile? = gather(&problems) { () throws(Diagnostics) in try self.projectFile(reading) }
        reading.surroundings.connectionsAreKnown = projectFile != nil
        var paths = pipelinePaths()
        if let path, !paths.contains(path) { paths.append(path) }
        var pipelines: [(path: String, file: PipelineFile)] = []
        for path in paths {
            let file: PipelineFile? = gather(&problems) { () throws(Diagnostics) in
                let root = try tree(of: path)
                return pipeline(root, reading)
            }
            if let file { pipelines.append((path, file)) }
        }
        problems += reading.problems
        problems += ProjectValidation(pipelines: pipelines.map(\.file)).problems(isInsideProject: true)
        let (warnings, value) = try settled(problems, projectFile)
        let project = Project(
            value.name,
            directory: files.root,
            database: files.absolute(value.database ?? value.name + ".duckdb"),
            connections: value.connections,
            resources: value.resources,
            pipelines: pipelines.map(\.file.pipeline),
            locations: value.locations
        )
        let named = pipelines.first { $0.path == path }?.file.pipeline.name
        return LoadedProject(project: project, warnings: warnings, pipeline: named, environment: variables)
    }

    /// A project made around one pipeline file.
    func lonePipeline(_ root: ConfigNode, path: String) throws(Diagnostics) -> LoadedProject {
        var problems = variableProblems
        let reading = Reading(Reading.Surroundings(files: files, variables: variables))
        let file = pipeline(root, reading)
        problems += reading.problems
        if let file { problems += ProjectValidation(pipelines: [file]).problems(isInsideProject: false) }
        let (warnings, value) = try settled(problems, file)
        let name = value.pipeline.name
        let project = Project(
            name,
            directory: files.root,
            database: files.absolute(value.database ?? ".pintail/\(Self.fileName(for: name)).duckdb"),
            connections: value.connections,
            resources: value.resources,
            pipelines: [value.pipeline],
            locations: value.pipeline.locations
        )
        return LoadedProject(project: project, warnings: warnings, pipeline: name, environment: variables)
    }

    /// A project made around a file of the older form.
    func memoryAware(_ root: ConfigNode, path: String) throws(Diagnostics) -> LoadedProject {
        let reading = Reading(Reading.Surroundings(files: files, variables: variables))
        let (config, places) = reading.scoped { MemoryAwareConfig.component.read(root, reading) }
        var problems = variableProblems + reading.problems
        problems += MemoryAwareConfig.missingVariables(variables, at: places["database"])
        let (warnings, value) = try settled(problems, config)
        let stem = ProjectFiles.name(of: path).split(separator: ".").first.map(String.init) ?? "config"
        let project = value.project(named: Self.fileName(for: stem), in: files, variables: variables, locations: places)
        return LoadedProject(project: project, warnings: warnings, pipeline: stem, environment: variables)
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

    /// The value when nothing is wrong, with what is merely doubtful.
    private func settled<Value>(
        _ problems: [Diagnostic],
        _ value: Value?
    ) throws(Diagnostics) -> (warnings: [Diagnostic], value: Value) {
        let all = Diagnostics(problems)
        guard let value, !all.all.contains(where: { $0.severity == .error }) else { throw located(all) }
        return (all.all, value)
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
