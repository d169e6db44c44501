import FoundationEssentials
import PintailEngine
import PintailOrchestrator
import PintailProject

/// What all verbs that run nodes of a dbt project take, and how they go.
struct DbtVerb: Sendable {
    static let fullRefresh = Option.flag("full-refresh", short: "f", "Make incremental models and seeds anew")
    static let failFast = Option.flag("fail-fast", short: "x", "Start nothing more once a node has failed")
    static let threads = Option.value("threads", "N", .count, "How many nodes run at once; one a core by itself")
    static let storeFailures = Option.flag("store-failures", "Keep the rows that tests find in tables")
    static let empty = Option.flag("empty", "Make tables without rows")
    static let warnError = Option.flag("warn-error", "Take warnings for errors")
    static let json = Option.flag("json", "Print every event as a line of JSON")
    static let options =
        DbtOptions.all + DbtSelection.all + [fullRefresh, failFast, threads, storeFailures, empty, warnError, json]
        + passed

    /// Flags of dbt that change nothing here.
    static let passed: [Option] = [
        "no-version-check", "no-partial-parse", "partial-parse", "no-send-anonymous-usage-stats", "no-use-colors",
        "no-print", "no-populate-cache", "cache-selected-only", "no-static-parser", "debug", "show-all-deprecations",
    ].map { Option.flag($0, "Taken for dbt's sake; changes nothing") }

    /// What `run` takes for dbt projects beside what it takes for pipelines.
    static let optionsBesideRun = options.filter { option in
        !["select", "full-refresh", "vars", "json"].contains(option.name)
    }

    /// Whether a command line is about a dbt project and not about pipelines.
    static func isMeant(_ arguments: ParsedArguments) -> Bool {
        guard arguments.words.isEmpty else { return false }
        if arguments.has(DbtOptions.projectDirectory) { return true }
        func exists(_ file: String) -> Bool { FileManager.default.fileExists(atPath: ProjectAccess.absolute(file)) }
        return exists("dbt_project.yml") && !exists("pintail.yml") && !exists("pintail.toml")
    }

    private let verb: BuildVerb
    private let arguments: ParsedArguments
    private let options: DbtOptions
    private let selection: DbtSelection
    /// Unique ids of what is run again; nil where selectors say what runs.
    private var again: Set<String>?

    init(_ verb: BuildVerb, _ arguments: ParsedArguments) throws(UsageError) {
        self.verb = verb
        self.arguments = arguments
        options = try DbtOptions(arguments)
        selection = DbtSelection(arguments)
    }

    /// What the last run left undone, by its `run_results.json`.
    static func retrying(_ arguments: ParsedArguments) throws(UsageError) -> DbtVerb {
        let options = try DbtOptions(arguments)
        let folder = arguments[DbtSelection.state].map { ProjectAccess.absolute($0) } ?? options.usualArtifacts
        let path = folder + "/run_results.json"
        guard let data = FileManager.default.contents(atPath: path) else {
            throw UsageError(.other("there is no \(path) of an earlier run", hint: "run 'pintail build' first"))
        }
        let left: (verb: String, nodes: Set<String>)
        do throws(Diagnostic) {
            left = try EarlierState.unfinished(in: Array(data), path: path)
        } catch {
            throw UsageError(.other(error.message, hint: error.hint))
        }
        var verb = try DbtVerb(BuildVerb(rawValue: left.verb) ?? .build, arguments)
        verb.again = left.nodes
        return verb
    }

    func run(_ console: Console) async throws -> ExitCode {
        let project = try options.load(console)
        let selected = try select(in: project, console)
        var settings = buildOptions(for: project)
        settings.print = { text in try? console.output.line(text) }
        guard !selected.isEmpty else {
            if !console.isQuiet { console.note("nothing is selected, and nothing was done") }
            return .success
        }
        let view = RunView(console, explains: false, asJSON: arguments.has(Self.json), isKept: true)
        let (chosen, told) = (selected, settings)
        let outcome = try await Interruption.cancelling(onSignal: view.cancel) {
            try await DbtBuild.prepare(project, selecting: chosen, options: told).execute(sinks: [view.sink])
        }
        switch outcome.summary.status {
        case .cancelled, .interrupted: return .interrupted
        default: return outcome.isSuccess ? .success : .failure
        }
    }

    private func select(in project: DbtProject, _ console: Console) throws -> Set<String> {
        if let again { return again }
        let graph = try selection.graph(of: project)
        let nodes = try selection.nodes(in: graph, of: project, kinds: verb.kinds, console)
        return Set(graph.ids(of: nodes))
    }

    private func buildOptions(for project: DbtProject) -> BuildOptions {
        var settings = BuildOptions(
            verb,
            targetPath: options.artifacts(of: project),
            command: verb.rawValue,
            environment: options.environment
        )
        settings.threads = arguments.count(Self.threads)
        settings.isFullRefresh = arguments.has(Self.fullRefresh)
        settings.failsFast = arguments.has(Self.failFast)
        settings.storesFailures = arguments.has(Self.storeFailures)
        settings.isEmpty = arguments.has(Self.empty)
        settings.warnsAreErrors = arguments.has(Self.warnError)
        let facts: ConfigObject = [
            "which": .string(verb.rawValue), "full_refresh": .bool(settings.isFullRefresh),
            "fail_fast": .bool(settings.failsFast), "empty": .bool(settings.isEmpty),
            "store_failures": .bool(settings.storesFailures), "project_dir": .string(project.root.directory),
            "vars": .object(options.vars), "invocation_command": .string("pintail \(verb.rawValue)"),
        ]
        settings.arguments = facts.merging(selection.facts)
        return settings
    }
}

extension DbtSelection {
    /// The graph of a project; with whole entries where they are compared with earlier ones.
    func graph(of project: DbtProject, withEntries: Bool = false) throws -> SelectableGraph {
        guard comparesState || withEntries else { return SelectableGraph(project.manifest) }
        let metadata = ManifestArtifact.Metadata(generatedAt: Timestamp.now.description, invocationID: "")
        return try SelectableGraph(manifest: ManifestArtifact(project, metadata).bytes(), path: "manifest.json")
    }
}
