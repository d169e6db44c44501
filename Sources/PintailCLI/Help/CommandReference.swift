/// The reference page of all commands, `docs/reference/commands.md`.
struct CommandReference {
    let specs: [CommandSpec]

    /// The page as Markdown.
    var markdown: String {
        """
        # Commands

        This page is made from the commands' own declarations, which also drive parsing, `--help` and completions.

        Every command takes:

        \(table(of: Option.global.map { ($0.written, $0.fullSummary) }, heading: "option"))

        Data goes to standard output, progress and messages go to standard error. Exit codes: 0 done, 1 a run or check failed \
        or something else did not work, 2 the command line or the project is not valid, 130 interrupted.

        \(CommandGroup.allCases.map(section).joined(separator: "\n"))
        """
    }

    private func section(_ group: CommandGroup) -> String {
        let commands = specs.filter { $0.group == group }.map(entry)
        return "## \(group.rawValue)\n\n" + commands.joined(separator: "\n")
    }

    private func entry(_ spec: CommandSpec) -> String {
        var parts = ["### pintail \(spec.name)", "\(spec.summary).", "```\n\(spec.usage)\n```"] + spec.discussion
        if !spec.arguments.isEmpty {
            parts.append(table(of: spec.arguments.map { ($0.usage, $0.fullSummary) }, heading: "argument"))
        }
        let options = spec.options.filter { !$0.isIdle }
        if !options.isEmpty {
            parts.append(table(of: options.map { ($0.written, $0.fullSummary) }, heading: "option"))
        }
        if let idle = spec.idleOptions { parts.append("Taken for dbt's sake, and change nothing: `\(idle)`.") }
        if !spec.examples.isEmpty {
            let lines = spec.examples.map { "# \($0.effect)\n\($0.command)" }
            parts.append("```sh\n\(lines.joined(separator: "\n"))\n```")
        }
        return parts.joined(separator: "\n\n") + "\n"
    }

    private func table(of rows: [(String, String)], heading: String) -> String {
        let lines = rows.map { "| `\(escaped($0))` | \(escaped($1)) |" }
        return "| \(heading) | |\n| --- | --- |\n" + lines.joined(separator: "\n")
    }

    /// A bar would end the table's cell.
    private func escaped(_ text: String) -> String {
        text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
    }
}

extension Option {
    /// The option with its short form: `-n, --limit ROWS`.
    fileprivate var written: String { (short.map { "-\($0), " } ?? "") + usage }
}
