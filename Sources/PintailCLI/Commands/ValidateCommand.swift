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
            let draft = try file.map { try access.draft(file: $0) } ?? access.draft()
            let project = draft.project
            let (found, nodes) = try await Interruption.cancelling(onSignal: {}) { try await problems(of: draft) }
            guard draft.isWhole, !found.contains(where: { $0.severity == .error }) else {
                throw Diagnostics(draft.problems + found, in: project.directory)
            }
            if asJSON {
                let warnings = Diagnostics(draft.problems).all + found
                try console.print(jsonText(ValidityFacts(valid: true, problems: warnings.map(ProblemFacts.init))))
            } else {
                console.warn(Diagnostics(draft.problems).all + found, in: project.directory)
                let size = "\(counted(project.pipelines.count, "pipeline")), \(counted(nodes, "step"))"
                try console.print("\(project.name) is valid: \(size)")
            }
            return .success
        } catch let error as Diagnostics where asJSON {
            try console.print(jsonText(ValidityFacts(valid: false, problems: error.all.map(ProblemFacts.init))))
            return .invalid
        }
    }

    /// What is wrong with the steps that can be read, and how many nodes they make.
    private func problems(of draft: ProjectDraft) async throws -> ([Diagnostic], nodes: Int) {
        let project = draft.project
        var found: [Diagnostic] = []
        var nodes = 0
        do {
            let survey = try await project.surveyed(besides: draft.leftOut)
            nodes = survey.plan.nodes.count
            found += try await survey.allProblems(of: project)
            // What else feeds the models is not known while steps are left out.
            if draft.isWhole, found.allSatisfy({ $0.severity == .warning }) {
                found += try await DbtValidation.problems(of: survey.plan)
            }
            found += try await PendingMigrations(of: project).warnings()
        } catch let mistakes as Diagnostics {
            found += mistakes.all
        }
        return (found, nodes)
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
