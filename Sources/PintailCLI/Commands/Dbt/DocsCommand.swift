import FoundationEssentials
import PintailEngine
import PintailProject
import PintailWeb

/// Writes what documentation is made of, and shows it: `pintail docs generate`, `pintail docs serve`.
struct DocsCommand: Command {
    static let noCompile = Option.flag("no-compile", "Do not compile the project first")
    static let emptyCatalog = Option.flag("empty-catalog", "Do not ask the database what it holds")
    static let port = Option.value(
        "port",
        "PORT",
        .count,
        "Where 'serve' listens on 127.0.0.1; 8080 when left out, 0 for any that is free"
    )

    static let spec = CommandSpec(
        "docs",
        .look,
        "Write the documentation of a dbt project, or show it in a browser",
        discussion: [
            "'generate' writes target/manifest.json and target/catalog.json. 'serve' shows them: models, columns, tests, SQL, "
                + "the lineage graph and a search, on this machine alone, until Ctrl-C; it generates them first where they are missing."
        ],
        arguments: [Argument("generate|serve", "What to do")],
        options: DbtVerb.options + [noCompile, emptyCatalog, port],
        examples: [
            .init("pintail docs generate", "Compiles the project, and asks the database for its columns."),
            .init("pintail docs serve --port 0", "Shows the documentation and prints its address."),
        ]
    )

    private let options: DbtOptions
    private let compiling: DbtVerb?
    private let isServing: Bool
    private let isCatalogEmpty: Bool
    private let port: UInt16

    init(_ arguments: ParsedArguments) throws(UsageError) {
        guard let word = arguments.words.first, ["generate", "serve"].contains(word) else {
            throw UsageError(
                .other("'docs' takes the word 'generate' or 'serve'", hint: "write pintail docs generate")
            )
        }
        isServing = word == "serve"
        isCatalogEmpty = arguments.has(Self.emptyCatalog)
        options = try DbtOptions(arguments)
        compiling = try arguments.has(Self.noCompile) ? nil : DbtVerb(.compile, arguments)
        guard let port = UInt16(exactly: arguments.count(Self.port) ?? 8080) else {
            throw UsageError(.other("there is no such port", hint: "ports go up to 65535"))
        }
        self.port = port
    }

    func run(_ console: Console) async throws -> ExitCode {
        guard isServing else { return try await generate(console) }
        let folder = options.usualArtifacts
        if !FileManager.default.fileExists(atPath: folder + "/manifest.json")
            || !FileManager.default.fileExists(atPath: folder + "/catalog.json")
        {
            let code = try await generate(console)
            guard code == .success else { return code }
        }
        return try await serve(folder, console)
    }

    private func generate(_ console: Console) async throws -> ExitCode {
        if var compiling {
            compiling.isPart = true
            try DocsShelf.keepVerdicts(in: options.usualArtifacts)
            let code = try await compiling.run(console.quiet)
            guard code == .success else { return code }
        }
        let project = try options.load(console)
        let folder = options.artifacts(of: project)
        let settings = options.settings(.compile, as: "docs generate", of: project, console)
        let count = try await CatalogArtifact.write(of: project, options: settings, isEmpty: isCatalogEmpty)
        if !console.isQuiet { try console.print("\(counted(count, "relation")): \(folder)/catalog.json") }
        return .success
    }

    private func serve(_ folder: String, _ console: Console) async throws -> ExitCode {
        let shelf = try DocsShelf(folder)
        let server: HTTPServer
        do throws(HTTPServerError) {
            server = try HTTPServer(port: port) { shelf.site.answer($0) }
        } catch {
            throw StepError(
                "port \(error.port) of this machine cannot be listened on",
                hint: "another program has it; --port 0 takes one that is free"
            )
        }
        try console.print("http://127.0.0.1:\(server.port)")
        console.note("Ctrl-C ends it")
        return try await Interruption.cancelling(onSignal: {}) {
            // Only a signal ends this: the server has threads of its own.
            while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
            _ = server
            return .success
        }
    }
}
