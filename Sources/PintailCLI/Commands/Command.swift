/// A verb of the command line.
protocol Command: Sendable {
    static var spec: CommandSpec { get }

    /// Takes what it needs from a command line that fits the spec.
    init(_ arguments: ParsedArguments) throws(UsageError)

    /// Does the work and prints about it.
    func run(_ console: Console) async throws -> ExitCode
}

/// Every command, in the order in which help lists them.
///
/// Adding one is a new file plus a line here.
let allCommands: [any Command.Type] = [
    InitCommand.self,
    DoctorCommand.self,
    RunCommand.self,
    RetryCommand.self,
    ReplayCommand.self,
    MigrateCommand.self,
    CopyCommand.self,
    QueryCommand.self,
    ValidateCommand.self,
    PlanCommand.self,
    LineageCommand.self,
    BuildCommand.self,
    TestCommand.self,
    SeedCommand.self,
    SnapshotCommand.self,
    CloneCommand.self,
    CompileCommand.self,
    ShowCommand.self,
    ListCommand.self,
    RunOperationCommand.self,
    SourceCommand.self,
    DocsCommand.self,
    ReportCommand.self,
    DebugCommand.self,
    CleanCommand.self,
    DepsCommand.self,
    ParseCommand.self,
    RunsCommand.self,
    LogsCommand.self,
    QuarantineCommand.self,
    RenderCommand.self,
    SchemaCommand.self,
    CompletionsCommand.self,
    VersionCommand.self,
]
