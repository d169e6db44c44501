import FoundationEssentials
import PintailEngine
import PintailOrchestrator
import PintailProject

/// Tells how fresh the sources of a dbt project are: `pintail source freshness`.
struct SourceCommand: Command {
    static let output = Option.value("output", short: "o", "FILE", .file, "Where the answer is written too")

    static let spec = CommandSpec(
        "source",
        .look,
        "Tell how long ago the sources of a dbt project were loaded, and write target/sources.json",
        arguments: [Argument("freshness", "The word 'freshness'")],
        options: DbtOptions.all + DbtOptions.waiting + DbtSelection.all + [output] + DbtVerb.passedBesideBuilds,
        examples: [.init("pintail source freshness -s source:raw", "Looks at the tables of one source.")]
    )

    private let options: DbtOptions
    private let selection: DbtSelection
    private let output: String?

    init(_ arguments: ParsedArguments) throws(UsageError) {
        guard ["freshness", "snapshot-freshness"].contains(arguments.words.first ?? "") else {
            throw UsageError(
                .other("'source' takes the word 'freshness'", hint: "write pintail source freshness")
            )
        }
        options = try DbtOptions(arguments)
        selection = DbtSelection(arguments)
        output = arguments[Self.output].map { ProjectAccess.absolute($0) }
    }

    func run(_ console: Console) async throws -> ExitCode {
        let project = try options.load(console)
        let graph = try selection.graph(of: project)
        let ids = graph.ids(of: try selection.nodes(in: graph, of: project, kinds: [.source], console))
        let settings = options.settings(.compile, as: "source freshness", of: project, console)
        let found = try await SourceFreshness.of(Set(ids), in: project, options: settings)
        if let output { try copy(options.artifacts(of: project) + "/sources.json", to: output) }
        for source in found { try console.print(line(source)) }
        if found.isEmpty { console.note("no source says how fresh it should be (freshness, loaded_at_field)") }
        return found.contains { $0.status == .error || $0.status == .runtimeError } ? .failure : .success
    }

    private func copy(_ file: String, to output: String) throws {
        let data = try Data(contentsOf: URL(filePath: file))
        let target = URL(filePath: output)
        try FileManager.default.createDirectory(
            at: target.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try data.write(to: target, options: .atomic)
    }

    private func line(_ source: SourceFreshness) -> String {
        let what =
            if let message = source.message { message } else {
                "loaded \(Duration.seconds(Int64(source.age)).spoken) ago, at \(source.loadedAt ?? "")"
            }
        return "\(source.status.rawValue.padded(to: 13)) \(source.name): \(what)"
    }
}
