import PintailEngine
import PintailOrchestrator
import PintailProject

/// Shows the first rows of a dbt project's nodes: `pintail show`.
struct ShowCommand: Command {
    static let inline = Option.value("inline", "SQL", .text, "This SQL, with templates, instead of a node's")
    static let limit = Option.value("limit", "N", .text, "How many rows; -1 for all")
    static let output = Option.value("output", "FORM", .choice(["text", "json"]), "A table, or JSON")

    static let spec = CommandSpec(
        "show",
        .look,
        "Show the first rows that a model of a dbt project answers with, without building it",
        options: DbtOptions.all + DbtOptions.waiting + DbtSelection.all + [inline, limit, output]
            + DbtVerb.passedBesideBuilds,
        examples: [
            .init("pintail show -s orders --limit 20", "Shows twenty rows of a model."),
            .init("pintail show --inline \"select count(*) from {{ ref('orders') }}\"", "Asks the project a question."),
        ]
    )

    private let options: DbtOptions
    private let selection: DbtSelection
    private let inline: String?
    private let limit: Int?
    private let asJSON: Bool

    init(_ arguments: ParsedArguments) throws(UsageError) {
        options = try DbtOptions(arguments)
        selection = DbtSelection(arguments)
        inline = arguments[Self.inline]
        asJSON = arguments[Self.output] == "json"
        let text = arguments[Self.limit] ?? "5"
        guard let count = Int(text) else { throw UsageError(.notACount(text, of: Self.limit.dashed)) }
        limit = count < 0 ? nil : count
    }

    func run(_ console: Console) async throws -> ExitCode {
        let project = try options.load(console)
        var ids: [String] = []
        if inline == nil {
            let graph = try selection.graph(of: project)
            let kinds: Set<ResourceKind> = [.model, .seed, .snapshot, .test, .analysis]
            ids = graph.ids(of: try selection.nodes(in: graph, of: project, kinds: kinds, console))
        }
        var settings = options.settings(.compile, as: "show", of: project, console)
        settings.arguments = ["which": "show"]
        let previews: [DbtPreview]
        do {
            previews = try await DbtPreview.of(project, ids, inline: inline, limit: limit, options: settings)
        } catch {
            return reportAsInvalid(error, console)
        }
        for preview in previews {
            if asJSON {
                try console.print(try preview.object(isNamed: inline == nil))
            } else {
                try preview.print(to: console)
            }
        }
        return .success
    }
}

extension DbtPreview {
    /// Prints the rows as a table under the node's name.
    func print(to console: Console) throws {
        let table = ResultTable(
            columns.map { ResultTable.Column(name: $0.name, alignsRight: $0.isNumeric) },
            rows: rows,
            limit: console.output.isTerminal ? console.output.width : nil,
            glyphs: console.glyphs,
            palette: console.output.palette
        )
        if !console.isQuiet { console.note(name) }
        try console.output.write(table.head + rows.map { table.line($0) }.joined() + table.foot)
    }
}
