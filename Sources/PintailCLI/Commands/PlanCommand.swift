import PintailEngine
import PintailProject

/// Prints what a run would do: `pintail plan`.
struct PlanCommand: Command {
    static let spec = CommandSpec(
        "plan",
        .look,
        "Print the steps that a run would take, in order, and what each waits for",
        arguments: [
            Argument("SELECT", "Steps or pipelines; +STEP takes what it needs too, STEP+ what needs it", .any)
        ],
        options: [.json],
        examples: [
            .init("pintail plan", "Shows every step of the project."),
            .init("pintail plan +daily_counts", "Shows a step and all that it needs."),
        ]
    )

    private let select: [String]
    private let asJSON: Bool

    init(_ arguments: ParsedArguments) {
        select = arguments.words
        asJSON = arguments.has(.json)
    }

    func run(_ console: Console) async throws -> ExitCode {
        let project = try ProjectAccess().load(console).project
        let plan = try await project.plan(selecting: select)
        try PlanText(plan, estimates: try await project.estimates(for: plan)).print(to: console, asJSON: asJSON)
        return .success
    }
}
