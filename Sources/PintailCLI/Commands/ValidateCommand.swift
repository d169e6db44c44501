import PintailEngine
import PintailProject

/// Checks a project without running it: `pintail validate`.
struct ValidateCommand: Command {
    static let spec = CommandSpec(
        "validate",
        .look,
        "Check the project: its files, and every query against the columns it will find, without running any",
        discussion: [
            "Of a dbt project every model, snapshot and test is compiled and bound by DuckDB to the columns that its parents will have. Mistakes are told where they stand in the templates. Sources are looked up in the database, which is not changed; what depends on the data themselves is named and left out."
        ],
        arguments: [Argument("FILE", "A pipeline file that stands alone", .optional, .file)],
        options: [.json] + DbtOptions.all + DbtVerb.passed,
        examples: [.init("pintail validate", "Prints every mistake of the project at once.")]
    )

    private let file: String?
    private let asJSON: Bool
    /// What is checked in a folder with a dbt project alone.
    private let dbt: DbtValidation?

    init(_ arguments: ParsedArguments) throws(UsageError) {
        file = arguments.words.first
        if let file, ![".yml", ".yaml", ".toml"].contains(where: file.hasSuffix) {
            throw UsageError(
                .other(
                    "'\(file)' is not a pipeline file",
                    hint: "its name must end in .yml, .yaml or .toml; without a FILE the whole project is checked"
                )
            )
        }
        asJSON = arguments.has(.json)
        dbt = DbtVerb.isMeant(arguments) ? try DbtValidation(arguments) : nil
    }

    func run(_ console: Console) async throws -> ExitCode {
        do {
            if let dbt { return try await run(dbt, console) }
            let access = ProjectAccess()
            let loaded = try file.map { try access.load(file: $0, console) } ?? access.load(console)
            let plan = try await loaded.project.plan()
            let pipelines = loaded.project.pipelines.count
            let pending = try PendingMigrations(of: loaded.project)
            let found = try await Interruption.cancelling(onSignal: {}) {
                try await Binder(loaded.project, plan: plan).problems() + DbtValidation.problems(of: plan)
                    + pending.warnings()
            }
            let errors = found.filter { $0.severity == .error }
            guard errors.isEmpty else { throw Diagnostics(found, in: loaded.project.directory) }
            if asJSON {
                let warnings = loaded.warnings + found
                try console.print(jsonText(ValidityFacts(valid: true, problems: warnings.map(ProblemFacts.init))))
            } else {
                console.warn(found, in: loaded.project.directory)
                let size = "\(counted(pipelines, "pipeline")), \(counted(plan.nodes.count, "step"))"
                try console.print("\(loaded.project.name) is valid: \(size)")
            }
            return .success
        } catch let error as Diagnostics where asJSON {
            try console.print(jsonText(ValidityFacts(valid: false, problems: error.all.map(ProblemFacts.init))))
            return .invalid
        }
    }

    private func run(_ dbt: DbtValidation, _ console: Console) async throws -> ExitCode {
        let findings = try await dbt.findings(console)
        if asJSON {
            let problems = (findings.project.warnings + findings.warnings).map(ProblemFacts.init)
            try console.print(jsonText(ValidityFacts(valid: true, problems: problems)))
        } else {
            console.warn(findings.warnings, in: findings.project.root.directory)
            try console.print("\(findings.project.root.name) is valid: \(findings.size)")
        }
        return .success
    }
}

/// What `validate --json` prints.
private struct ValidityFacts: Encodable {
    let valid: Bool
    let problems: [ProblemFacts]
}

private struct ProblemFacts: Encodable {
    let severity: String
    let message: String
    let hint: String?
    let file: String?
    let line: Int?
    let column: Int?

    init(_ problem: Diagnostic) {
        severity = problem.severity.rawValue
        message = problem.message
        hint = problem.hint
        file = problem.location?.file
        line = problem.location?.line
        column = problem.location?.column
    }
}
