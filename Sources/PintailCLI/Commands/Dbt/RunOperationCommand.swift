import PintailEngine
import PintailOrchestrator
import PintailProject

/// Calls one macro of a dbt project: `pintail run-operation`.
struct RunOperationCommand: Command {
    static let arguments = Option.value("args", "YAML", .text, "Its arguments, as in '{name: orders}'")

    static let spec = CommandSpec(
        "run-operation",
        .work,
        "Call a macro of a dbt project",
        arguments: [Argument("MACRO", "The macro, with its package where that is not the project: dbt_utils.star")],
        options: DbtOptions.all + DbtOptions.waiting + [Self.arguments] + DbtVerb.passedBesideBuilds,
        examples: [.init("pintail run-operation grant_all --args '{role: reader}'", "Calls a macro with an argument.")]
    )

    private let options: DbtOptions
    private let macro: String
    private let given: ConfigObject

    init(_ arguments: ParsedArguments) throws(UsageError) {
        options = try DbtOptions(arguments)
        macro = arguments.words.first ?? ""
        do throws(Diagnostic) {
            given =
                try arguments[Self.arguments].map { text throws(Diagnostic) in try DbtProject.Options.variables(text) }
                ?? [:]
        } catch {
            throw UsageError(.other("--args takes a mapping: \(error.message)", hint: "as in --args '{name: orders}'"))
        }
    }

    func run(_ console: Console) async throws -> ExitCode {
        let project = try options.load(console)
        var settings = options.settings(.run, as: "run-operation", of: project, console)
        settings.print = { text in try? console.output.line(text) }
        settings.arguments = ["which": "run-operation", "macro": .string(macro), "args": .object(given)]
        let operation = DbtOperation(project: project, macro: macro, arguments: given, options: settings)
        try await operation.run()
        return .success
    }
}
