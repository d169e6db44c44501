/// The completion script for bash 3.2 and later.
func bashCompletions(of specs: [CommandSpec]) -> String {
    let names = specs.map(\.name).joined(separator: " ")
    let words = specs.map { spec in
        "        \(spec.name)) options=\"\(spec.allOptions.map(\.dashed).joined(separator: " "))\" ;;"
    }
    let values = specs.flatMap { spec in
        spec.allOptions.compactMap { option in
            option.shape.map { "        \(spec.name):\(option.pattern(spec.name)) \($0.bash) ;;" }
        }
    }
    let arguments = specs.compactMap { spec in
        spec.arguments.first.map { "        \(spec.name)) \($0.shape.bash) ;;" }
    }
    return """
        # bash completion for pintail; made by 'pintail completions bash'
        _pintail() {
            local word="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}" command="" options="" index
            COMPREPLY=()
            for ((index = 1; index < COMP_CWORD; index++)); do
                case "${COMP_WORDS[index]}" in
                -C|--project) ((index++)) ;;
                -*) ;;
                *) command="${COMP_WORDS[index]}"; break ;;
                esac
            done
            if [[ -z "$command" ]]; then
                case "$previous" in
                -C|--project) COMPREPLY=($(compgen -d -- "$word")); return ;;
                esac
                COMPREPLY=($(compgen -W "\(names) \(Option.global.map(\.dashed).joined(separator: " "))" -- "$word"))
                return
            fi
            case "$command" in
        \(words.joined(separator: "\n"))
            esac
            if [[ "$word" == -* ]]; then
                COMPREPLY=($(compgen -W "$options" -- "$word"))
                return
            fi
            case "$command:$previous" in
        \(values.joined(separator: "\n"))
            esac
            case "$command" in
        \(arguments.joined(separator: "\n"))
            esac
        }
        complete -F _pintail pintail

        """
}

extension Option {
    /// The pattern that the option's names make after `command:`, in a `case` of bash.
    fileprivate func pattern(_ command: String) -> String {
        dashed + (short.map { "|\(command):-\($0)" } ?? "") + ")"
    }
}

extension ValueShape {
    /// What bash offers; values of which nothing is known are files more often than not.
    fileprivate var bash: String {
        switch self {
        case .choice(let words): #"COMPREPLY=($(compgen -W "\#(words.joined(separator: " "))" -- "$word")); return"#
        case .directory: #"COMPREPLY=($(compgen -d -- "$word")); return"#
        case .file: #"COMPREPLY=($(compgen -f -- "$word")); return"#
        case .text, .count, .pair, .bytes: "return"
        }
    }
}
