import PintailEngine
import PintailOrchestrator
import PintailProject

/// Copies a file or table to another: `pintail copy`.
struct CopyCommand: Command {
    static let query = Option.value("query", "SQL", .text, "Copy what this query answers, asked of SRC's own server")
    static let inputFormat = Option.value(
        "input-format",
        "FORMAT",
        .choice(of: FileFormat.self),
        "When SRC's name does not tell it"
    )
    static let outputFormat = Option.value(
        "output-format",
        "FORMAT",
        .choice(of: FileFormat.self),
        "When DST's name does not tell it"
    )
    static let mode = Option.value(
        "mode",
        short: "m",
        "MODE",
        .choice(of: LoadMode.self),
        "What becomes of what is there; fail for tables and replace for files unless given"
    )
    static let key = Option.list("key", "COLUMN", .text, "The columns that tell which row is which, for --mode upsert")
    static let rename = Option.value(
        "rename",
        "HOW",
        .choice(["lower", "upper", "capitalize", "snake"]),
        "How columns are named"
    )
    static let types = Option.list(
        "types",
        "COLUMN=TYPE",
        .pair,
        "Types to give to columns; a value that does not fit is an error"
    )
    static let dates = Option.flag("dates", "Turn text that is all dates into dates")
    static let decimals = Option.value("decimals", "DIGITS", .count, "Digits kept after the point")
    static let badRows = Option.value(
        "on-bad-rows",
        "WHAT",
        .choice(of: BadRows.self),
        "What becomes of rows that cannot be read"
    )
    static let strategy = Option.value(
        "strategy",
        "STRATEGY",
        .choice(of: LoadStrategyChoice.self),
        "How rows pass through; measured unless given"
    )
    static let memory = Option.value("memory", "AMOUNT", .bytes, "What the whole process may use, as 500MB")
    static let threads = Option.value("threads", "N", .count, "How many threads work; one per core unless given")
    static let streams = Option.value(
        "streams",
        "N",
        .count,
        "How many connections fill a table of a server; chosen unless given"
    )
    static let explain = Option.flag("explain", "Tell the strategy with its numbers")

    static let spec = CommandSpec(
        "copy",
        .work,
        "Copy files or a table to a file or a table, once and without a project",
        discussion: [
            "SRC and DST are paths, globs, s3:// and https:// addresses, postgres://user@host/database/schema.table, "
                + "connection.schema.table of the project around you, or - for standard input and output.",
            "A copy that was killed is not known to the next one: after --mode append look whether the rows are there "
                + "before you start it again. A pipeline's load notes that it was done and adds nothing twice.",
        ],
        arguments: [
            Argument("SRC", "Where rows come from", .one, .file), Argument("DST", "Where they go", .one, .file),
        ],
        options: [mode, key, query, rename, types, dates, decimals, badRows, inputFormat, outputFormat]
            + CopyDialect.options + [
                strategy, memory, threads, streams, explain, .flag("json", "Print every event as a line of JSON"),
            ],
        examples: [
            .init("pintail copy data.csv data.parquet", "Turns a file into another."),
            .init(
                "pintail copy data.parquet postgres://u@h/db/public.employees --mode replace --rename lower",
                "Replaces a table of a Postgres, in one step for those who read it."
            ),
            .init("pintail copy postgres://u@h/db/public.orders orders.csv", "Takes a table out."),
            .init("gzip -dc log.gz | pintail copy - log.parquet --input-format ndjson", "Reads standard input."),
        ]
    )

    private let arguments: ParsedArguments
    private let asJSON: Bool

    init(_ arguments: ParsedArguments) throws(UsageError) {
        self.arguments = arguments
        asJSON = arguments.has(.json)
        let mode: LoadMode? = arguments.choice(Self.mode)
        if mode?.needsKey == true, arguments.all(Self.key).isEmpty {
            throw UsageError(.other("--mode upsert needs --key", hint: "name the columns that tell which row is which"))
        }
        if asJSON, arguments.words.last == "-" {
            throw UsageError(
                .other("rows and --json events cannot both go to standard output", hint: "leave one of them out")
            )
        }
    }

    func run(_ console: Console) async throws -> ExitCode {
        var ends = CopyEnds()
        let source = try ends.place(arguments.words[0], named: "source", console)
        let destination = try ends.place(arguments.words[1], named: "destination", console)
        let table = destination.tableName ?? source.tableName ?? "rows"
        let dialect = CopyDialect(arguments)
        var extract = Extract(
            table,
            from: try source.source(query: arguments[Self.query]),
            format: arguments.choice(Self.inputFormat),
            csv: dialect.input,
            excel: dialect.excel,
            onBadRows: arguments.choice(Self.badRows) ?? .fail,
            rename: rename,
            types: arguments.pairs(Self.types).mapValues { ColumnType($0) },
            dates: arguments.has(Self.dates) ? .auto : .keep,
            decimals: arguments.count(Self.decimals),
            strategy: arguments.choice(Self.strategy) ?? .auto
        )
        extract.isPassedOn = true
        let load = Load(
            table,
            into: try destination.destination,
            mode: arguments.choice(Self.mode) ?? destination.defaultMode,
            key: arguments.all(Self.key),
            csv: dialect.output,
            parquet: dialect.parquet,
            partitionBy: dialect.partitionBy,
            sortColumns: dialect.sortColumns,
            format: arguments.choice(Self.outputFormat),
            streams: arguments.count(Self.streams)
        )
        let scratch = try ScratchFolder()
        let project = Project(
            "copy",
            directory: scratch.path,
            database: scratch.path + "/copy.duckdb",
            connections: ends.connections,
            resources: Resources(memory: arguments.bytes(Self.memory), threads: arguments.count(Self.threads)),
            pipelines: [Pipeline("copy", steps: [.extract(extract), .load(load)])]
        )
        var options = RunOptions(command: "copy")
        options.isKept = false
        let explains = arguments.has(Self.explain)
        // The folder goes with its owner, so that must outlive the run.
        defer { withExtendedLifetime(scratch) {} }
        return try await RunRequest.Target(project: project, options: options).run(
            console,
            explains: explains,
            asJSON: asJSON,
            isKept: false
        )
    }

    private var rename: Rename? {
        switch arguments[Self.rename] {
        case "lower": .lower
        case "upper": .upper
        case "capitalize": .capitalize
        case "snake": .snake
        default: nil
        }
    }
}
