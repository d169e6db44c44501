import PintailProject

/// Prints the JSON Schema of project files: `pintail schema`.
struct SchemaCommand: Command {
    static let spec = CommandSpec(
        "schema",
        .tools,
        "Print the JSON Schema of project and pipeline files, for editors",
        examples: [
            .init("pintail schema > pintail.schema.json", "For an editor's YAML extension to complete keys with.")
        ]
    )

    init(_: ParsedArguments) {}

    func run(_ console: Console) throws -> ExitCode {
        try console.output.write(ConfigurationSchema.json())
        return .success
    }
}
