import PintailEngine
import PintailProject

/// Prints what a run would do: `pintail plan`.
struct PlanCommand: Command {
    static let spec = CommandSpec(
        "plan",
        .look,
        "Print the steps that a run would take, in order, and what each waits for",
        discussion: [
            "Of a dbt project, what 'build --changed' would build and what it would leave as it is, each with the reason: its SQL, its macros, variables and configuration, its seed's file, and what it reads, compared with what was noted when it was built. Nothing is left out unless it would give the same again."
        ],
        arguments: [
            Argument("SELECT", "Steps or pipelines; +STEP takes what it needs too, STEP+ what needs it", .any)
        ],
        options: [.json, DbtPlan.why] + DbtOptions.all + DbtSelection.all + DbtVerb.passed,
        examples: [
            .init("pintail plan", "Shows every step of the project."),
            .init("pintail plan --why orders", "Tells why a model would be built again, or why not."),
            .init("pintail plan +daily_counts", "Shows a step and all that it needs."),
        ]
    )

    private let select: [String]
    private let asJSON: Bool
    private let asksWhy: Bool
    /// What is planned in a folder with a dbt project alone.
    private let dbt: DbtPlan?

    init(_ arguments: ParsedArguments) throws(UsageError) {
        dbt = DbtPlan.isMeant(arguments) ? try DbtPlan(arguments) : nil
        select = arguments.words
        asJSON = arguments.has(.json)
        asksWhy = arguments.has(DbtPlan.why)
    }

    func run(_ console: Console) async throws -> ExitCode {
        if let dbt { return try await dbt.run(console) }
        if asksWhy {
            throw UsageError(
                .other("--why tells of the nodes of a dbt project", hint: "name its folder with --project-dir")
            )
        }
        let project = try ProjectAccess().load(console).project
        let plan = try await project.plan(selecting: select)
        try PlanText(plan, estimates: try await project.estimates(for: plan)).print(to: console, asJSON: asJSON)
        return .success
    }
}
