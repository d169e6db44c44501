/// The completion script for zsh.
func zshCompletions(of specs: [CommandSpec]) -> String {
    let commands = specs.map { "        '\($0.name):\(zshQuoted($0.summary))'" }
    let cases = specs.map { spec in
        let lines = spec.allOptions.map(\.zsh) + spec.arguments.map(\.zsh)
        return "    \(spec.name))\n        _arguments -s \(lines.joined(separator: " \\\n            ")) ;;"
    }
    return """
        #compdef pintail
        # zsh completion for pintail; made by 'pintail completions zsh'
        _pintail() {
            local -a commands
            local line state
            commands=(
        \(commands.joined(separator: "\n"))
            )
            _arguments -C -s \(Option.global.map(\.zsh).joined(separator: " ")) \\
                '1:command:->command' '*::argument:->arguments'
            case $state in
            command) _describe 'command' commands; return ;;
            esac
            case $line[1] in
        \(cases.joined(separator: "\n"))
            esac
        }
        _pintail "$@"

        """
}

extension Option {
    fileprivate var zsh: String {
        let meaning = "[\(zshQuoted(summary))]"
        let value = shape.map { ":\(placeholder?.lowercased().filter { $0 != "." } ?? ""):\($0.zsh)" } ?? ""
        let isList = if case .list = kind { true } else { false }
        guard let short else { return "'\(isList ? "*" : "")\(dashed)\(meaning)\(value)'" }
        if isList { return "'*'{-\(short),\(dashed)}'\(meaning)\(value)'" }
        return "'(-\(short) \(dashed))'{-\(short),\(dashed)}'\(meaning)\(value)'"
    }
}

extension Argument {
    fileprivate var zsh: String {
        let prefix =
            switch count {
            case .one: ""
            case .optional: ":"
            case .any: "*:"
            }
        return count == .any
            ? "'\(prefix)\(name.lowercased()):\(shape.zsh)'" : "'\(prefix):\(name.lowercased()):\(shape.zsh)'"
    }
}

extension ValueShape {
    fileprivate var zsh: String {
        switch self {
        case .choice(let words): "(\(words.joined(separator: " ")))"
        case .directory: "_files -/"
        case .file: "_files"
        case .text, .count, .pair, .bytes: " "
        }
    }
}

/// A text inside single quotes and brackets of zsh's `_arguments`.
private func zshQuoted(_ text: String) -> String {
    var quoted = ""
    for character in text {
        switch character {
        case "'": quoted += #"'\''"#
        case ":", "[", "]", "\\": quoted += "\\\(character)"
        default: quoted.append(character)
        }
    }
    return quoted
}
