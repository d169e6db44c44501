import PintailProject

/// Lists what a dbt project consists of: `pintail ls`.
struct ListCommand: Command {
    static let output = Option.value("output", "FORM", .choice(of: ListingForm.self), "How nodes are written")
    static let keys = Option.list("output-keys", "KEY", .text, "What JSON says of each node")

    static let spec = CommandSpec(
        "ls",
        .look,
        "List the nodes of a dbt project",
        options: DbtOptions.all + DbtSelection.all + [output, keys] + DbtVerb.passedBesideBuilds,
        examples: [.init("pintail ls -s +orders --output path", "Lists the files that a model needs.")]
    )

    private let options: DbtOptions
    private let selection: DbtSelection
    private let listing: NodeListing

    init(_ arguments: ParsedArguments) throws(UsageError) {
        options = try DbtOptions(arguments)
        selection = DbtSelection(arguments)
        listing = NodeListing(
            form: arguments.choice(Self.output) ?? .selector,
            keys: arguments.all(Self.keys).flatMap { $0.split(whereSeparator: { " ,".contains($0) }).map(String.init) }
        )
    }

    func run(_ console: Console) async throws -> ExitCode {
        let project = try options.load(console)
        let graph = try selection.graph(of: project, withEntries: listing.form == .json)
        let kinds = selection.namesKinds ? Set(ResourceKind.allCases) : NodeListing.standardKinds
        let nodes = try selection.nodes(in: graph, of: project, kinds: kinds, console)
        for line in listing.lines(of: nodes, in: graph) { try console.print(line) }
        return .success
    }
}
