import PintailEngine
import PintailOrchestrator
import PintailProject

/// Asks the project's database: `pintail query`.
struct QueryCommand: Command {
    static let write = Option.flag("write", "Let the query change the database")
    static let format = Option.value(
        "format",
        short: "f",
        "FORMAT",
        .choice(of: QueryFormat.self),
        "How rows are printed; by the file's name when there is --output"
    )
    static let output = Option.value(
        "output",
        short: "o",
        "FILE",
        .file,
        "Write rows to a file, which appears when it is whole"
    )
    static let limit = Option.value("limit", short: "n", "ROWS", .count, "Print no more rows than this")

    static let spec = CommandSpec(
        "query",
        .work,
        "Ask the project's database, its connections and any file, in SQL",
        discussion: [
            "Without SQL, statements are read from a terminal or from standard input. In a dbt project its profile's database "
                + "answers; outside of a project an empty one does, which is enough for files: FROM 'data.csv'."
        ],
        arguments: [Argument("SQL", "One statement or several with ; between them", .optional)],
        options: [
            format, output, limit, write, .flag("json", "The same as --format json"), DbtOptions.profilesDirectory,
            DbtOptions.profile, DbtOptions.target,
        ],
        examples: [
            .init("pintail query \"SELECT count(*) FROM articles\"", "Asks a table."),
            .init("pintail query \"FROM 'data/*.csv' WHERE price > 10\" -o cheap.parquet", "Turns files into another."),
            .init("pintail query \"FROM warehouse.public.orders\" -f csv | head", "Reads a connection's table."),
            .init("pintail query", "Opens a prompt: .help tells what it knows."),
        ]
    )

    private let sql: String?
    private let output: QueryOutput
    private let mayWrite: Bool
    private let dbt: DbtOptions

    init(_ arguments: ParsedArguments) throws(UsageError) {
        sql = arguments.words.first
        mayWrite = arguments.has(Self.write)
        dbt = try DbtOptions(arguments)
        let path = arguments[Self.output]
        let wanted: QueryFormat? = arguments.has(.json) ? .json : arguments.choice(Self.format)
        guard let format = wanted ?? (path.map { QueryFormat(path: $0) } ?? .table) else {
            throw UsageError(
                .other(
                    "the name of '\(path ?? "")' does not tell the format",
                    hint: "add --format csv, json, ndjson or parquet"
                )
            )
        }
        if path != nil, format == .table {
            throw UsageError(
                .other("a table is for reading, not for files", hint: "use --format csv, json, ndjson or parquet")
            )
        }
        output = QueryOutput(format: format, path: path, limit: arguments.count(Self.limit))
    }

    func run(_ console: Console) async throws -> ExitCode {
        if output.format == .parquet, output.path == nil, console.output.isTerminal {
            throw UsageError(
                .other("Parquet is not for a terminal", hint: "add --output FILE, or send it to another program")
            )
        }
        let desk = try await QueryDesk.open(dbt, mayWrite: mayWrite, console)
        let runner = QueryRunner(console: console, output: output)
        if sql == nil, isTerminal(0), console.output.isTerminal {
            return await QueryPrompt(desk: desk, runner: runner, console: console).run()
        }
        let text = try sql ?? standardInput()
        let statements = StatementSplitter.statements(in: text)
        if output.path != nil, statements.count != 1 {
            throw UsageError(.other("--output takes the rows of one statement, not of \(statements.count)", hint: nil))
        }
        return try await Interruption.cancelling(onSignal: {}) {
            for statement in statements { try await desk.run(statement, by: runner) }
            return .success
        }
    }

    private func standardInput() throws -> String {
        var text = ""
        while let line = readLine(strippingNewline: false) { text += line }
        return text
    }
}
