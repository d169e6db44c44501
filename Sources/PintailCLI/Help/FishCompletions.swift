/// The completion script for fish.
func fishCompletions(of specs: [CommandSpec]) -> String {
    var lines = [
        "# fish completion for pintail; made by 'pintail completions fish'",
        "complete -c pintail -f",
    ]
    lines += specs.map { "complete -c pintail -n __fish_use_subcommand -a \($0.name) -d \(fishQuoted($0.summary))" }
    lines += Option.global.map { "complete -c pintail \($0.fish)" }
    for spec in specs {
        let condition = "complete -c pintail -n '__fish_seen_subcommand_from \(spec.name)'"
        lines += spec.options.map { "\(condition) \($0.fish)" }
        lines += spec.arguments.compactMap { argument in argument.shape.fish.map { "\(condition) \($0)" } }
    }
    return lines.joined(separator: "\n") + "\n"
}

extension Option {
    fileprivate var fish: String {
        let names = (short.map { "-s \($0) " } ?? "") + "-l \(name) -d \(fishQuoted(summary))"
        guard let shape else { return names }
        return names + " -r" + (shape.fish.map { " " + $0 } ?? "")
    }
}

extension ValueShape {
    fileprivate var fish: String? {
        switch self {
        case .choice(let words): "-a \(fishQuoted(words.joined(separator: " ")))"
        case .directory: "-a '(__fish_complete_directories)'"
        case .file: "-F"
        case .text, .count, .pair, .bytes: nil
        }
    }
}

private func fishQuoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"\'"#) + "'"
}
