/// Prints a completion script: `pintail completions SHELL`.
struct CompletionsCommand: Command {
    static let spec = CommandSpec(
        "completions",
        .tools,
        "Print a script that lets your shell complete Pintail's commands and options",
        arguments: [Argument("SHELL", "Which shell", .one, .choice(of: Shell.self))],
        examples: [
            .init("pintail completions bash > ~/.local/share/bash-completion/completions/pintail", "For bash"),
            .init("pintail completions zsh > ~/.zfunc/_pintail", "For zsh, with ~/.zfunc in fpath"),
            .init("pintail completions fish > ~/.config/fish/completions/pintail.fish", "For fish"),
        ]
    )

    private let shell: Shell

    init(_ arguments: ParsedArguments) throws(UsageError) {
        guard let shell = arguments.words.first.flatMap(Shell.init) else { throw UsageError(.missingArgument("SHELL")) }
        self.shell = shell
    }

    func run(_ console: Console) throws -> ExitCode {
        try console.output.write(shell.completions(of: allCommands.map { $0.spec }))
        return .success
    }
}
