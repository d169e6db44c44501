import PintailEngine

/// Builds and tests the models, seeds and snapshots of a dbt project: `pintail build`.
struct BuildCommand: Command {
    static let spec = CommandSpec(
        "build",
        .work,
        "Build a dbt project: seeds, models, snapshots, and the tests of each before what reads it",
        discussion: [
            "Takes dbt's flags and selectors, and leaves what dbt leaves: tables, target/run_results.json, target/manifest.json.",
            "With --audit, or 'audit: true' in a model's or folder's config, a model is built beside the table that it will replace, and replaces it when its tests have passed.",
        ],
        options: DbtVerb.options + [DbtVerb.audit, DbtVerb.sample],
        examples: [
            .init("pintail build", "Builds and tests everything."),
            .init("pintail build -s +orders", "Builds a model and all that it reads."),
        ]
    )

    private let verb: DbtVerb

    init(_ arguments: ParsedArguments) throws(UsageError) { verb = try DbtVerb(.build, arguments) }

    func run(_ console: Console) async throws -> ExitCode { try await verb.run(console) }
}

/// Runs the tests of a dbt project: `pintail test`.
struct TestCommand: Command {
    static let spec = CommandSpec(
        "test",
        .work,
        "Run the tests of a dbt project",
        options: DbtVerb.options,
        examples: [.init("pintail test -s orders", "Runs the tests of one model.")]
    )

    private let verb: DbtVerb

    init(_ arguments: ParsedArguments) throws(UsageError) { verb = try DbtVerb(.test, arguments) }

    func run(_ console: Console) async throws -> ExitCode { try await verb.run(console) }
}

/// Loads the CSV files of a dbt project: `pintail seed`.
struct SeedCommand: Command {
    static let spec = CommandSpec(
        "seed",
        .work,
        "Load the CSV files of a dbt project's seeds",
        options: DbtVerb.options + [DbtVerb.show],
        examples: [.init("pintail seed --full-refresh", "Makes the tables of all seeds anew.")]
    )

    private let verb: DbtVerb

    init(_ arguments: ParsedArguments) throws(UsageError) { verb = try DbtVerb(.seed, arguments) }

    func run(_ console: Console) async throws -> ExitCode { try await verb.run(console) }
}

/// Takes the snapshots of a dbt project: `pintail snapshot`.
struct SnapshotCommand: Command {
    static let spec = CommandSpec(
        "snapshot",
        .work,
        "Take the snapshots of a dbt project",
        options: DbtVerb.options,
        examples: [.init("pintail snapshot", "Notes what has changed since the last time.")]
    )

    private let verb: DbtVerb

    init(_ arguments: ParsedArguments) throws(UsageError) { verb = try DbtVerb(.snapshot, arguments) }

    func run(_ console: Console) async throws -> ExitCode { try await verb.run(console) }
}

/// Makes SQL of a dbt project's templates: `pintail compile`.
struct CompileCommand: Command {
    static let spec = CommandSpec(
        "compile",
        .look,
        "Write the SQL of a dbt project's models and tests to target/compiled, and run none of it",
        options: DbtVerb.options + [ShowCommand.inline, ShowCommand.output],
        examples: [
            .init("pintail compile -s orders", "Writes the SQL of one model, and prints it."),
            .init("pintail compile --inline \"{{ ref('orders') }}\"", "Prints what a template becomes."),
        ]
    )

    private let verb: DbtVerb
    private let inline: String?
    private let asJSON: Bool

    init(_ arguments: ParsedArguments) throws(UsageError) {
        verb = try DbtVerb(.compile, arguments)
        inline = arguments[ShowCommand.inline]
        asJSON = arguments[ShowCommand.output] == "json"
        let selecting = [DbtSelection.select, DbtSelection.models, DbtSelection.model, DbtSelection.selector]
        if inline != nil, let other = selecting.first(where: arguments.has) {
            throw UsageError(.other("--inline and \(other.dashed) exclude each other", hint: "leave one of them out"))
        }
    }

    func run(_ console: Console) async throws -> ExitCode {
        guard let inline else { return try await verb.run(console) }
        do {
            let sql = try await verb.compiled(inline, console)
            try console.print(asJSON ? DbtVerb.json(compiled: sql, of: nil) : sql)
            return .success
        } catch {
            return reportAsInvalid(error, console)
        }
    }
}

/// Makes relations of an earlier run available under this project's names: `pintail clone`.
struct CloneCommand: Command {
    static let spec = CommandSpec(
        "clone",
        .work,
        "Make views of what an earlier run of a dbt project has built elsewhere",
        options: DbtVerb.options,
        examples: [.init("pintail clone --state prod/target", "Takes over what the manifest in prod/target names.")]
    )

    private let verb: DbtVerb

    init(_ arguments: ParsedArguments) throws(UsageError) { verb = try DbtVerb(.clone, arguments) }

    func run(_ console: Console) async throws -> ExitCode { try await verb.run(console) }
}
