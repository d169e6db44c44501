import DuckDB
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
    static let warnErrorOptions = Option.value(
        "warn-error-options",
        "YAML",
        .text,
        "Which warnings are errors, as in '{error: all}'"
    )
    static let audit = Option.flag(
        "audit",
        "Judge each model by its tests before it replaces what was there; after a failed one the old table stays"
    )
    static let json = Option.flag("json", "Print every event as a line of JSON")
    static let changed = Option.flag("changed", "Leave out what would give the same again: see pintail plan")
    static let defers = Option.flag("defer", "Read what is not there from where the manifest of --state has it")
    static let favorState = Option.flag("favor-state", "With --defer, even what is there")
    static let deferState = Option.value("defer-state", "DIR", .directory, "The manifest of --defer, beside --state")
    static let show = Option.flag("show", "Print the first rows of every seed that was loaded")
    static let sample = Option.value(
        "sample",
        "TIME",
        .text,
        "Read only this much of what knows its event time, as in '3 days' or '{start: 2026-01-01, end: 2026-02-01}'"
    )
    static let eventStart = Option.value("event-time-start", "TIME", .text, "Where microbatch models begin")
    static let eventEnd = Option.value("event-time-end", "TIME", .text, "Where microbatch models end")
    static let options =
        DbtOptions.all + DbtOptions.waiting + DbtSelection.all
        + [fullRefresh, failFast, threads, storeFailures, empty, warnError, warnErrorOptions, json]
        + [changed, defers, favorState, deferState, eventStart, eventEnd] + passed

    /// Flags of dbt that change nothing here.
    static let passed: [Option] =
        ([
            "no-partial-parse", "partial-parse", "no-send-anonymous-usage-stats", "no-use-colors",
            "no-print", "print", "no-populate-cache", "populate-cache", "cache-selected-only", "no-cache-selected-only",
            "no-static-parser", "static-parser", "debug", "no-debug", "show-all-deprecations", "use-colors",
            "version-check", "send-anonymous-usage-stats", "introspect", "no-introspect", "write-json", "no-write-json",
            "use-experimental-parser", "no-use-experimental-parser", "use-colors-file", "no-use-colors-file",
            "log-cache-events", "no-log-cache-events", "macro-debugging", "no-quiet", "no-fail-fast", "no-defer",
            "no-favor-state", "single-threaded", "no-single-threaded", "inject-ephemeral-ctes",
        ].map { Option.flag($0, "Taken for dbt's sake; changes nothing") }
        + [
            "log-path", "log-level", "log-level-file", "log-format", "log-format-file", "log-file-max-bytes",
            "printer-width", "record-timing-info", "sqlparse",
        ].map {
            Option.value($0, "VALUE", .text, "Taken for dbt's sake; changes nothing")
        }).map(\.idle)

    /// The same for commands that build nothing.
    static let passedBesideBuilds = passed + [threads, failFast, warnError, warnErrorOptions].map(\.idle)

    /// What may stand before the command, as in `dbt --warn-error build`.
    static let leading = DbtOptions.all + [warnError, warnErrorOptions, failFast] + passed

    /// What `run` takes for dbt projects beside what it takes for pipelines.
    static let optionsBesideRun = (options + [sample]).filter { option in
        !["select", "full-refresh", "vars", "json"].contains(option.name)
    }

    /// Whether a command line is about a dbt project and not about pipelines.
    static func isMeant(_ arguments: ParsedArguments, withWords: Bool = false) -> Bool {
        guard arguments.words.isEmpty || withWords else { return false }
        if arguments.has(DbtOptions.projectDirectory) { return true }
        func exists(_ file: String) -> Bool { FileManager.default.fileExists(atPath: ProjectAccess.absolute(file)) }
        return exists("dbt_project.yml") && !exists("pintail.yml") && !exists("pintail.toml")
    }

    /// Whether another command does this on its way, and tells its own story.
    var isPart = false
    private let verb: BuildVerb
    private let arguments: ParsedArguments
    private var options: DbtOptions
    private let selection: DbtSelection
    /// What is run again; nil where selectors say what runs.
    private var again: EarlierState.Unfinished?

    init(_ verb: BuildVerb, _ arguments: ParsedArguments) throws(UsageError) {
        self.verb = verb
        self.arguments = arguments.withDbtVariables()
        options = try DbtOptions(arguments)
        selection = DbtSelection(arguments)
    }

    private init(_ verb: BuildVerb, _ arguments: ParsedArguments, _ options: DbtOptions) {
        self.verb = verb
        self.arguments = arguments.withDbtVariables()
        self.options = options
        selection = DbtSelection(arguments)
    }

    /// Waits until no other build of the project is at work: what it leaves undone is known then.
    static func waitForTurn(_ arguments: ParsedArguments, _ console: Console) async throws {
        let options = try DbtOptions(arguments)
        try await Interruption.cancelling(onSignal: {}) {
            try await BuildTurn.wait(in: options.folder, options.patience(console))
        }
    }

    /// What the last run left undone, by its `run_results.json`.
    static func retrying(_ arguments: ParsedArguments) throws(UsageError) -> DbtVerb {
        let options = try DbtOptions(arguments)
        let folder = arguments[DbtSelection.state].map { ProjectAccess.absolute($0) } ?? options.usualArtifacts
        // A run that was killed is the latest, and has left no results.
        let isKilled = !arguments.has(DbtSelection.state) && FileManager.default.fileExists(atPath: options.journal)
        let path = isKilled ? options.journal : folder + "/run_results.json"
        guard let data = FileManager.default.contents(atPath: path) else {
            throw UsageError(.other("there is no \(path) of an earlier run", hint: "run 'pintail build' first"))
        }
        do throws(Diagnostic) {
            let left =
                isKilled
                ? try EarlierState.unfinished(inJournal: Array(data), path: path)
                : try EarlierState.unfinished(in: Array(data), path: path)
            if let wanted = arguments.words.first, wanted != "last", left.run?.hasPrefix(wanted) != true {
                throw Diagnostic(
                    "\(path) is not of run \(wanted)",
                    hint: "of a dbt project the latest run alone can be done again"
                )
            }
            var verb = DbtVerb(BuildVerb(rawValue: left.verb) ?? .build, arguments, options)
            verb.again = left
            if !arguments.has(DbtOptions.vars) { try verb.options.take(vars: left.vars) }
            return verb
        } catch {
            throw UsageError(.other(error.message, hint: error.hint))
        }
    }

    func run(_ console: Console) async throws -> ExitCode {
        Database.beginLoading()
        let project = try options.load(console)
        let selected = try select(in: project, console)
        var settings = try buildOptions(for: project)
        settings.print = { text in try? console.output.line(text) }
        guard !selected.isEmpty else {
            if !console.isQuiet {
                let isDone = again?.nodes.isEmpty == true
                console.note(
                    isDone
                        ? "every node of the last run succeeded; nothing is left to do"
                        : "nothing is selected, and nothing was done"
                )
            }
            try DbtBuild.writeNothing(project, settings)
            return .success
        }
        settings.patience = options.patience(console)
        let turn = try await turn(in: project, settings)
        // Held until all is noted that is to be noted of this build.
        defer { turn?.end() }
        let view = RunView(console, explains: false, asJSON: arguments.has(Self.json), isKept: true)
        let told = settings
        let standIns = try deferred()
        let comparesChanges = arguments.has(Self.changed)
        let changes =
            comparesChanges
            ? try await Interruption.cancelling(onSignal: view.cancel) {
                try await DbtPlan.changes(in: project, selected, told, console)
            } : nil
        let running = changes?.running ?? selected
        guard !running.isEmpty else { return .success }
        let ledger = ChangeLedger(project, plan: changes, isPartial: settings.isEmpty || !standIns.isEmpty)
        let outcome = try await Interruption.cancelling(onSignal: view.cancel) {
            let build = try await DbtBuild.prepare(project, selecting: running, options: told, deferringTo: standIns)
            return try await build.execute(sinks: [view.sink])
        }
        if verb != .compile, verb != .clone { DbtPlan.note(outcome, in: ledger, console) }
        if verb == .compile, !isPart, let result = Self.single(outcome), let sql = result.compiled {
            let name = project.manifest.nodes[result.uniqueID]?.name ?? result.uniqueID
            try console.print(arguments[ShowCommand.output] == "json" ? Self.json(compiled: sql, of: name) : sql)
        }
        if arguments.has(Self.show) { try await printSeeds(outcome, of: project, settings, console) }
        switch outcome.summary.status {
        case .cancelled, .interrupted: return .interrupted
        // What cannot be compiled is wrong with the project: nothing was to be run.
        default: return outcome.isSuccess ? .success : verb == .compile ? .invalid : .failure
        }
    }

    /// Compiled SQL as an object, with the node's name where a node was asked for.
    static func json(compiled sql: String, of name: String?) -> String {
        var facts: ConfigObject = [:]
        if let name { facts["node"] = .string(name) }
        facts["compiled"] = .string(sql)
        var writer = JSONWriter()
        writer.value(.object(facts))
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private func turn(in project: DbtProject, _ settings: BuildOptions) async throws -> BuildTurn? {
        try await Interruption.cancelling(onSignal: {}) {
            try await BuildTurn.take(in: project, as: "pintail \(settings.command)", settings.patience)
        }
    }

    /// The one node that was compiled, whatever tests it has.
    private static func single(_ outcome: DbtBuild.Outcome) -> DbtResult? {
        let nodes = outcome.results.filter { !$0.uniqueID.hasPrefix("test.") && !$0.uniqueID.hasPrefix("unit_test.") }
        let told = nodes.isEmpty ? outcome.results : nodes
        return told.count == 1 ? told.first : nil
    }

    /// The first rows of the seeds that were loaded, as many as dbt shows.
    private func printSeeds(
        _ outcome: DbtBuild.Outcome,
        of project: DbtProject,
        _ settings: BuildOptions,
        _ console: Console
    ) async throws {
        let loaded = outcome.results.filter { $0.status == .success && $0.uniqueID.hasPrefix("seed.") }.map(\.uniqueID)
        guard !loaded.isEmpty else { return }
        let previews = try await DbtPreview.of(project, loaded, inline: nil, limit: 10, options: settings)
        for preview in previews { try preview.print(to: console) }
    }

    /// What SQL of the command line becomes.
    func compiled(_ sql: String, _ console: Console) async throws -> String {
        let project = try options.load(console)
        var settings = try buildOptions(for: project)
        settings.patience = options.patience(console)
        return try await DbtPreview.compiled(sql, in: project, options: settings)
    }

    private func select(in project: DbtProject, _ console: Console) throws -> Set<String> {
        if let again { return again.nodes.union(verb == .build ? tests(of: again.nodes, in: project) : []) }
        let graph = try selection.graph(of: project)
        let refusesNothing = isError("NoNodesForSelectionCriteria", in: project)
        let nodes = try selection.nodes(
            in: graph,
            of: project,
            kinds: verb.kinds,
            console,
            refusesNothing: refusesNothing
        )
        // A file without a word in it is no node to run, whatever selects it.
        return Set(graph.ids(of: nodes).filter { project.manifest.nodes[$0]?.isEmpty != true })
    }

    /// The tests of nodes that are built again: those that passed before judged what is not there any more.
    private func tests(of nodes: Set<String>, in project: DbtProject) -> [String] {
        project.manifest.nodes.all.filter { $0.kind == .test && !nodes.isDisjoint(with: $0.dependsOnNodes) }
            .map(\.uniqueID)
    }

    /// The relations that stand in for what is not there.
    private func deferred() throws -> [String: String] {
        guard arguments.has(Self.defers) || arguments.has(Self.favorState) || verb == .clone else { return [:] }
        let folder = arguments[Self.deferState].map { ProjectAccess.absolute($0) } ?? selection.state
        guard let path = folder.map({ $0 + "/manifest.json" }), let data = FileManager.default.contents(atPath: path)
        else {
            throw UsageError(
                .other("the manifest of an earlier run is needed", hint: "name the folder that holds it with --state")
            )
        }
        return try EarlierState.relationNames(in: Array(data), path: path)
    }

    /// Whether a warning is an error, by the command line or else by the project's flags.
    private func isError(_ name: String, in project: DbtProject) -> Bool {
        if arguments.has(Self.warnError) { return true }
        if let text = arguments[Self.warnErrorOptions] {
            return Self.isError(name, by: (try? DbtProject.Options.variables(text)) ?? [:])
        }
        if project.root.flags["warn_error"]?.bool ?? false { return true }
        return Self.isError(name, by: project.root.flags["warn_error_options"]?.object ?? [:])
    }

    /// Whether a warning is among those that options name as errors: that of failed tests of severity warn, or another.
    private static func isError(_ name: String, by options: ConfigObject) -> Bool {
        let given = options["error"] ?? options["include"] ?? .null
        let left = (options["warn"] ?? options["exclude"] ?? .null).items.compactMap(\.string)
        let names = given.items.compactMap(\.string)
        guard !left.contains(name) else { return false }
        return names.contains { ["all", "*", name].contains($0) }
    }

    private static func span(_ text: String) throws(UsageError) -> SampleSpan {
        do throws(Diagnostic) {
            return try SampleSpan(text, now: .now)
        } catch {
            throw UsageError(.other("--sample: \(error.message)", hint: error.hint ?? "as in --sample '3 days'"))
        }
    }

    /// Both ends of a span of event time are given, the earlier first, or none.
    private func checkEventTimes(_ settings: BuildOptions) throws(UsageError) {
        switch (settings.eventTimeStart, settings.eventTimeEnd) {
        case (nil, nil): return
        case (let start?, let end?) where start < end: return
        case (_?, _?):
            throw UsageError(
                .other("--event-time-start is not before --event-time-end", hint: "give the earlier time first")
            )
        default:
            throw UsageError(
                .other("--event-time-start and --event-time-end go together", hint: "give both of them, or none")
            )
        }
    }

    private func buildOptions(for project: DbtProject) throws -> BuildOptions {
        var settings = BuildOptions(
            verb,
            targetPath: options.artifacts(of: project),
            command: verb.rawValue,
            environment: options.environment
        )
        settings.threads = arguments.count(Self.threads)
        settings.isFullRefresh = arguments.has(Self.fullRefresh) || again?.isFullRefresh == true
        settings.failsFast = arguments.has(Self.failFast) || project.root.flags["fail_fast"]?.bool ?? false
        settings.storesFailures = arguments.has(Self.storeFailures)
        settings.isEmpty = arguments.has(Self.empty)
        settings.audits = arguments.has(Self.audit) || again?.isAudited == true
        settings.warnsAreErrors = isError("LogTestResult", in: project)
        if let text = arguments[Self.sample] ?? again?.sample { settings.sample = try Self.span(text) }
        settings.favorsState = arguments.has(Self.favorState)
        settings.eventTimeStart = arguments[Self.eventStart] ?? again?.eventTimes.first ?? nil
        settings.eventTimeEnd = arguments[Self.eventEnd] ?? again?.eventTimes.last ?? nil
        try checkEventTimes(settings)
        var facts: ConfigObject = [
            "which": .string(isPart ? "generate" : verb.rawValue), "full_refresh": .bool(settings.isFullRefresh),
            "fail_fast": .bool(settings.failsFast), "empty": .bool(settings.isEmpty),
            "store_failures": .bool(settings.storesFailures), "audit": .bool(settings.audits),
            "project_dir": .string(project.root.directory),
            "vars": .object(options.vars), "invocation_command": .string("pintail \(verb.rawValue)"),
        ]
        // Only what was said: dbt's retry makes options of them, and --no-event-time-start is none.
        if let time = settings.eventTimeStart { facts["event_time_start"] = .string(time) }
        if let time = settings.eventTimeEnd { facts["event_time_end"] = .string(time) }
        settings.arguments = facts.merging(selection.facts)
        if let sample = settings.sample { settings.arguments["sample"] = sample.facts }
        return settings
    }
}

extension Option {
    /// The same option, of which help says in one sentence with the others of its kind that it changes nothing.
    fileprivate var idle: Option {
        var option = self
        option.isIdle = true
        return option
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
