/// The text of `--help`.
struct HelpPage {
    /// Lines are broken at this many columns.
    let width: Int
    let palette: Palette

    /// What `pintail --help` prints.
    func overview(of specs: [CommandSpec]) -> String {
        var sections = [
            "Pintail moves data: files and databases in, checked, transformed by SQL, out to Postgres and files.",
            heading("Usage:") + " pintail [OPTIONS] COMMAND",
        ]
        for group in CommandGroup.allCases {
            let rows = specs.filter { $0.group == group }.map { ($0.name, $0.summary) }
            if !rows.isEmpty { sections.append(section(group.rawValue + ":", rows)) }
        }
        sections.append(section("Options:", (Option.global + [.version]).map(row)))
        sections.append("'pintail COMMAND --help' tells more of a command.")
        return sections.joined(separator: "\n\n") + "\n"
    }

    /// What `pintail COMMAND --help` prints.
    func page(for spec: CommandSpec) -> String {
        var sections = [wrapped(spec.summary + ".", indent: 0), heading("Usage:") + " " + spec.usage]
        sections += spec.discussion.map { wrapped($0, indent: 0) }
        if !spec.arguments.isEmpty {
            sections.append(section("Arguments:", spec.arguments.map { ($0.usage, $0.fullSummary) }))
        }
        let options = spec.options.filter { !$0.isIdle }
        if !options.isEmpty { sections.append(section("Options:", options.map(row))) }
        sections.append(section("Options of every command:", Option.global.map(row)))
        if !spec.examples.isEmpty {
            let lines = spec.examples.map { "  \($0.command)\n\(wrapped($0.effect, indent: 6))" }
            sections.append(heading("Examples:") + "\n" + lines.joined(separator: "\n"))
        }
        if let idle = spec.idleOptions {
            sections.append(heading("Taken for dbt's sake, and change nothing:") + "\n" + wrapped(idle, indent: 2))
        }
        return sections.joined(separator: "\n\n") + "\n"
    }

    private func heading(_ text: String) -> String { palette.bold(text) }

    private func row(_ option: Option) -> (String, String) {
        let short = option.short.map { "-\($0), " } ?? "    "
        return (short + option.usage, option.fullSummary)
    }

    /// Names on the left, what they mean on the right; a name too long for its column has a line of its own.
    private func section(_ title: String, _ rows: [(name: String, meaning: String)]) -> String {
        let column = min(24, rows.map(\.name.count).max() ?? 0)
        let lines = rows.map { name, meaning in
            let text = wrapped(meaning, indent: column + 4)
            if name.count > column { return "  \(palette.cyan(name))\n\(text)" }
            let padding = String(repeating: " ", count: column - name.count)
            return "  \(palette.cyan(name))\(padding)  " + text.drop { $0 == " " }
        }
        return heading(title) + "\n" + lines.joined(separator: "\n")
    }

    private func wrapped(_ text: String, indent: Int) -> String {
        let margin = String(repeating: " ", count: indent)
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, indent + line.count + 1 + word.count > width {
                lines.append(margin + line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        return (lines + [margin + line]).joined(separator: "\n")
    }
}

extension CommandSpec {
    /// How the command is written: `pintail copy [OPTIONS] SRC DST`.
    var usage: String {
        (["pintail", name] + (options.isEmpty ? [] : ["[OPTIONS]"]) + arguments.map(\.usage)).joined(separator: " ")
    }
}

extension CommandSpec {
    /// The options that change nothing, one behind the other; nil where there are none.
    var idleOptions: String? {
        let names = options.filter(\.isIdle).map(\.dashed)
        return names.isEmpty ? nil : names.joined(separator: ", ")
    }
}

extension Argument {
    /// The argument with the signs for "may be left out" and "as often as you like".
    var usage: String {
        switch count {
        case .one: name
        case .optional: "[\(name)]"
        case .any: "[\(name)]..."
        }
    }

    var fullSummary: String { summary + shape.choices }
}

extension Option {
    /// The option with what stands for its value: `--output FILE`.
    var usage: String { dashed + (placeholder.map { " " + $0 } ?? "") }

    var fullSummary: String { summary + (shape?.choices ?? "") }
}

extension ValueShape {
    /// The words to choose from, as help prints them behind a summary.
    fileprivate var choices: String {
        if case .choice(let choices) = self { ": " + choices.joined(separator: ", ") } else { "" }
    }
}
