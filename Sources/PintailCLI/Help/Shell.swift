/// A shell that can complete Pintail's commands.
enum Shell: String, CaseIterable {
    case bash, zsh, fish

    /// The script that teaches the shell every command, option and choice.
    func completions(of specs: [CommandSpec]) -> String {
        switch self {
        case .bash: bashCompletions(of: specs)
        case .zsh: zshCompletions(of: specs)
        case .fish: fishCompletions(of: specs)
        }
    }
}
