import PintailEngine
import PintailProject

/// Writes what documentation is made of: `pintail docs generate`.
struct DocsCommand: Command {
    static let noCompile = Option.flag("no-compile", "Do not compile the project first")

    static let spec = CommandSpec(
        "docs",
        .look,
        "Write target/manifest.json and target/catalog.json, of which documentation of a dbt project is made",
        arguments: [Argument("generate", "The word 'generate'")],
        options: DbtVerb.options + [noCompile],
        examples: [.init("pintail docs generate", "Compiles the project, and asks the database for its columns.")]
    )

    private let options: DbtOptions
    private let compiling: DbtVerb?

    init(_ arguments: ParsedArguments) throws(UsageError) {
        guard arguments.words.first == "generate" else {
            throw UsageError(.other("'docs' takes the word 'generate'", hint: "write pintail docs generate"))
        }
        options = try DbtOptions(arguments)
        compiling = try arguments.has(Self.noCompile) ? nil : DbtVerb(.compile, arguments)
    }

    func run(_ console: Console) async throws -> ExitCode {
        if let compiling {
            let code = try await compiling.run(console)
            guard code == .success else { return code }
        }
        let project = try options.load(console)
        let folder = options.artifacts(of: project)
        let settings = BuildOptions(
            .compile,
            targetPath: folder,
            command: "docs generate",
            environment: options.environment
        )
        let count = try await CatalogArtifact.write(of: project, options: settings)
        if !console.isQuiet { try console.print("\(counted(count, "relation")): \(folder)/catalog.json") }
        return .success
    }
}
