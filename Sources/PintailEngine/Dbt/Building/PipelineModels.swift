import DuckDB
import FoundationEssentials
import PintailOrchestrator
package import PintailProject

/// The models that the `build:` steps of a project's pipelines name, with the dbt project they belong to.
package struct PipelineModels: Sendable {
    /// The dbt project, whose relations live in the pipelines' database.
    package let project: DbtProject
    /// What `env_var` sees: the process's variables over those of `.env`.
    package let environment: [String: String]
    /// The step that a node belongs to, by unique id: the first that selects it.
    let steps: [String: Place]
    /// What waits for what among the nodes.
    let graph: BuildGraph
    /// Which models their tests judge before they are published.
    let audit: AuditPlan
    /// What is doubtful about the dbt project, and about selectors that select nothing.
    package let warnings: [Diagnostic]
    /// The nodes that make relations, by `schema.name` in lower case.
    private let relations: [String: String]

    /// A step, with the pipeline it stands in.
    struct Place: Sendable {
        let build: Build
        let pipeline: String
    }

    /// Reads the dbt project when a pipeline has a `build:` step; nil when none has.
    ///
    /// - Throws: `Diagnostics` for what is wrong in it, and in the selectors.
    static func load(for project: Project) throws -> PipelineModels? {
        let places = project.pipelines.flatMap { pipeline in
            pipeline.steps.compactMap { step -> Place? in
                guard case .build(let build) = step else { return nil }
                return Place(build: build, pipeline: pipeline.name)
            }
        }
        guard let first = places.first else { return nil }
        guard FileManager.default.fileExists(atPath: project.directory + "/dbt_project.yml") else {
            throw Diagnostics(
                [
                    Diagnostic(
                        "there is no dbt project whose models 'build' could name",
                        at: first.build.locations["build"],
                        hint: "it begins with a dbt_project.yml beside pintail.yml"
                    )
                ],
                in: project.directory
            )
        }
        let environment = ProjectLoader.environment(
            in: project.directory,
            over: ProcessInfo.processInfo.environment
        )
        let vars = try vars(of: places.map(\.build), in: project.directory)
        return try PipelineModels(try dbtProject(of: project, environment, vars), environment, places)
    }

    /// The variables of all steps: the project is read once, so that one cannot have two values.
    private static func vars(of builds: [Build], in directory: String) throws -> ConfigObject {
        var vars: ConfigObject = [:]
        var problems: [Diagnostic] = []
        for build in builds {
            for (name, value) in build.vars.sorted(by: { $0.key < $1.key }) {
                let value = ConfigValue(value)
                if let other = vars[name], other != value {
                    problems.append(
                        Diagnostic(
                            "the variable '\(name)' is \(value.plainText) here, and \(other.plainText) in another build step",
                            at: build.locations["vars"],
                            hint:
                                "the dbt project is read once for all pipelines; give each value a variable of its own"
                        )
                    )
                }
                vars[name] = value
            }
        }
        guard problems.isEmpty else { throw Diagnostics(problems, in: directory) }
        return vars
    }

    private static func dbtProject(
        of project: Project,
        _ environment: [String: String],
        _ vars: ConfigObject
    ) throws -> DbtProject {
        var options = DbtProject.Options(environment: environment)
        options.vars = vars
        let started = Timestamp.now.millisecondsSince1970
        options.moreNames = { ParsingNames.value(named: $0, startedAt: started * 1000) }
        options.now = Double(started) / 1000
        options.impliedDatabase = project.database
        let found = try DbtProject.load(project.directory, options)
        let path = found.profile.settings["path"]?.string ?? ":memory:"
        let own = path.hasPrefix("/") ? path : project.directory + "/" + path
        guard path == ":memory:" || isSame(own, project.database) else {
            throw Diagnostics(
                [
                    Diagnostic(
                        "the models' profile '\(found.profile.name)' keeps its tables in \(path), and the pipelines keep theirs in \(project.database)",
                        hint: "name one file in both: 'database:' in pintail.yml, 'path:' in profiles.yml"
                    )
                ],
                in: project.directory
            )
        }
        return found
    }

    private static func isSame(_ path: String, _ other: String) -> Bool {
        URL(filePath: path).standardizedFileURL.path == URL(filePath: other).standardizedFileURL.path
    }

    private init(_ project: DbtProject, _ environment: [String: String], _ places: [Place]) throws {
        var steps: [String: Place] = [:]
        var audited: Set<String> = []
        var problems: [Diagnostic] = []
        var warnings = project.warnings
        let selectable = SelectableGraph(project.manifest)
        for place in places {
            do throws(Diagnostic) {
                let selector = try SelectorParser.parse(select: place.build.select, exclude: place.build.exclude)
                let found = try NodeSelection(in: selectable).nodes(selector, kinds: BuildVerb.build.kinds)
                warnings += found.warnings.map { $0.at(place.build.locations["build"]) }
                for id in selectable.ids(of: found.nodes) where steps[id] == nil {
                    steps[id] = place
                    if place.build.audit { audited.insert(id) }
                }
            } catch {
                problems.append(error.at(place.build.locations["build"]))
            }
        }
        guard problems.isEmpty else { throw Diagnostics(problems, in: project.root.directory) }
        let selected = Set(steps.keys)
        let running = selected.filter { DbtBuild.runs($0, in: project.manifest, .build, among: selected) }
        self.project = project
        self.environment = environment
        self.steps = steps
        self.warnings = warnings
        audit = AuditPlan(project.manifest, running: running) { node in
            node.config["audit"]?.bool ?? node.meta["audit"]?.bool ?? audited.contains(node.uniqueID)
        }
        graph = BuildGraph(project.manifest, running: running, waitsForTests: true, audit: audit)
        relations = Dictionary(
            graph.order.compactMap { id in
                guard let node = project.manifest.nodes[id], node.kind != .test else { return nil }
                return ("\(node.schema).\(node.alias)".lowercased(), id)
            }
        ) { first, _ in first }
    }
}

// MARK: What steps and models read of each other

extension PipelineModels {
    /// Tables outside of the dbt project that a node reads: its sources, and those of ephemeral models in front of it.
    func sources(of id: String) -> [TableName] {
        var found: [TableName] = []
        var open = [id]
        var known: Set<String> = []
        while let next = open.popLast() {
            let reads =
                project.manifest.nodes[next]?.dependsOnNodes ?? project.manifest.unitTests[next]?.dependsOnNodes ?? []
            for parent in reads where known.insert(parent).inserted {
                if let source = project.manifest.sources[parent] {
                    found.append(TableName(source.identifier, schema: source.schema))
                } else if project.manifest.nodes[parent]?.isEphemeral ?? false {
                    open.append(parent)
                }
            }
        }
        return found
    }

    /// The nodes that must be done before the relation of a name can be read; empty where no model makes it.
    func makers(of name: TableName) -> [String] {
        guard let id = relations["\(name.schema ?? "main").\(name.name)".lowercased()] else { return [] }
        let tests = graph.order.filter { test in
            guard let node = project.manifest.nodes[test], node.kind == .test else { return false }
            return audit.models[test] == id || node.dependsOnNodes == [id]
        }
        return [id] + tests
    }

    /// What must be built again when some nodes are: a test's model, where the test kept it from being published.
    package func unpublished(_ missing: Set<String>) -> Set<String> {
        let models = Set(missing.compactMap { audit.models[$0] })
        return models.union(models.flatMap { audit.tests[$0] ?? [] })
    }
}

extension PipelineModels: Hashable {
    package static func == (one: PipelineModels, other: PipelineModels) -> Bool {
        one.graph.order == other.graph.order && one.project.root.directory == other.project.root.directory
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(graph.order) }
}

extension ConfigValue {
    fileprivate init(_ scalar: Scalar) {
        self =
            switch scalar {
            case .integer(let number): .integer(Int(number))
            case .number(let number): .double(number)
            case .text(let text): .string(text)
            case .boolean(let value): .bool(value)
            }
    }
}

extension Diagnostic {
    /// The same, at a place of the pipeline's file.
    fileprivate func at(_ location: SourceLocation?) -> Diagnostic {
        Diagnostic(message, at: location ?? self.location, hint: hint, severity: severity)
    }
}
