import FoundationEssentials
import PintailProject

/// Which nodes of a dbt project a command is about: `--select` and its like.
struct DbtSelection: Sendable {
    static let select = Option.list("select", short: "s", "SELECTOR", .text, "Only these nodes, by dbt's selectors")
    static let models = Option.list("models", short: "m", "SELECTOR", .text, "The same by its older name")
    static let model = Option.list("model", "SELECTOR", .text, "The same by its oldest name")
    static let exclude = Option.list("exclude", "SELECTOR", .text, "Leave these nodes out")
    static let selector = Option.value("selector", "NAME", .text, "The nodes that a selector of selectors.yml names")
    static let indirect = Option.value(
        "indirect-selection",
        "MODE",
        .choice(of: IndirectSelection.self),
        "Which tests come along with the nodes they test"
    )
    static let kinds = Option.list("resource-type", "KIND", .text, "Only nodes of this kind")
    static let excludedKinds = Option.list("exclude-resource-type", "KIND", .text, "No nodes of this kind")
    static let manyKinds = Option.list("resource-types", "KIND", .text, "The same as --resource-type")
    static let manyExcludedKinds = Option.list(
        "exclude-resource-types",
        "KIND",
        .text,
        "The same as --exclude-resource-type"
    )
    static let state = Option.value("state", "DIR", .directory, "An earlier run's artifacts, for state: and --defer")
    static let all = [
        select, models, model, exclude, selector, indirect, kinds, excludedKinds, manyKinds, manyExcludedKinds, state,
    ]

    private let selected: [String]
    private let excluded: [String]
    private let named: String?
    /// What was asked for; nil where the project's flags decide.
    private let indirect: IndirectSelection?
    private let wantedKinds: [String]
    private let unwantedKinds: [String]
    /// The folder with an earlier run's artifacts.
    let state: String?

    /// - Parameter words: selectors that stand without an option.
    init(_ given: ParsedArguments, alsoSelecting words: [String] = []) {
        let arguments = given.withDbtVariables()
        selected = words + [Self.select, Self.models, Self.model].flatMap(arguments.all)
        excluded = arguments.all(Self.exclude)
        named = arguments[Self.selector]
        indirect = arguments.choice(Self.indirect)
        // A text may hold several kinds: --resource-type "model seed".
        func kinds(_ options: Option...) -> [String] {
            options.flatMap(arguments.all).flatMap { $0.split(separator: " ").map(String.init) }
        }
        wantedKinds = kinds(Self.kinds, Self.manyKinds)
        unwantedKinds = kinds(Self.excludedKinds, Self.manyExcludedKinds)
        state = arguments[Self.state].map { Self.folder($0, arguments) }
    }

    /// A folder of artifacts: dbt takes its path from the project's folder on; one of the working directory will do as well.
    private static func folder(_ path: String, _ arguments: ParsedArguments) -> String {
        let project = ProjectAccess.absolute(arguments[DbtOptions.projectDirectory] ?? ".")
        let inside = path.hasPrefix("/") ? path : project + "/" + path
        return FileManager.default.fileExists(atPath: inside) ? inside : ProjectAccess.absolute(path)
    }

    /// The words of `--select` and `--exclude`, for `run_results.json`.
    var facts: ConfigObject {
        [
            "select": .list(selected.map { .string($0) }), "exclude": .list(excluded.map { .string($0) }),
            "indirect_selection": .string((indirect ?? .eager).rawValue),
        ]
    }

    /// What is selected in a graph, as a set of its nodes.
    func nodes(
        in graph: SelectableGraph,
        of project: DbtProject,
        kinds: Set<ResourceKind>,
        _ console: Console,
        refusesNothing: Bool = false
    ) throws -> NodeSet {
        let usual = project.root.flags["indirect_selection"]?.string.flatMap { IndirectSelection(rawValue: $0) }
        let selection = NodeSelection(in: graph, indirect: indirect ?? usual ?? .eager, earlier: try earlier())
        let outcome: NodeSelection.Outcome
        do {
            outcome = try selection.nodes(try selector(of: project), kinds: try narrowed(kinds))
        } catch let error as Diagnostic {
            throw Diagnostics([error], in: project.root.directory)
        }
        guard outcome.warnings.isEmpty || !refusesNothing else {
            let refused = outcome.warnings.map { Diagnostic($0.message, at: $0.location, hint: $0.hint) }
            throw Diagnostics(refused, in: project.root.directory)
        }
        console.warn(outcome.warnings, in: project.root.directory)
        return outcome.nodes
    }

    /// Whether what earlier runs left is asked for, so that the graph must hold whole entries.
    var comparesState: Bool {
        (selected + excluded).contains { $0.contains("state:") } || named != nil
    }

    private func selector(of project: DbtProject) throws -> NodeSelector {
        if let named { return try project.selectors.selector(named: named) }
        if selected.isEmpty, excluded.isEmpty, let standard = project.selectors.standard { return standard }
        return try SelectorParser.parse(select: selected.isEmpty ? nil : selected, exclude: excluded)
    }

    /// Whether the user says which kinds of nodes are meant.
    var namesKinds: Bool { !wantedKinds.isEmpty }

    private func narrowed(_ kinds: Set<ResourceKind>) throws -> Set<ResourceKind> {
        let wanted = try wantedKinds.isEmpty ? kinds : Set(wantedKinds.flatMap(Self.kinds))
        return wanted.intersection(kinds).subtracting(try unwantedKinds.flatMap(Self.kinds))
    }

    private static func kinds(_ word: String) throws -> [ResourceKind] {
        if word == "all" { return ResourceKind.allCases }
        if word == "default" { return Array(NodeListing.standardKinds) }
        guard let kind = ResourceKind(rawValue: word) else {
            throw UsageError(.other("there is no resource type '\(word)'", hint: "as in --resource-type model test"))
        }
        return [kind]
    }

    private func earlier() throws -> EarlierState {
        var earlier = EarlierState()
        guard let state else { return earlier }
        if let data = FileManager.default.contents(atPath: state + "/manifest.json") {
            earlier.graph = try SelectableGraph(manifest: Array(data), path: state + "/manifest.json")
        }
        if let data = FileManager.default.contents(atPath: state + "/run_results.json") {
            earlier.results = try EarlierState.results(of: Array(data), path: state + "/run_results.json")
        }
        if let data = FileManager.default.contents(atPath: state + "/sources.json") {
            earlier.loadedBefore = try EarlierState.loadTimes(of: Array(data), path: state + "/sources.json")
        }
        return earlier
    }
}
