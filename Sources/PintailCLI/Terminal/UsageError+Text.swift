extension UsageError {
    /// The mistake in one sentence.
    var message: String {
        switch mistake {
        case .missingCommand: "a command is missing"
        case .unknownCommand(let name): "'\(name)' is not a command"
        case .unknownOption(let name): "\(name) is not an option" + (command.map { " of 'pintail \($0)'" } ?? "")
        case .missingValue(let option): "\(option.dashed) needs a value: \(option.dashed) \(option.placeholder ?? "")"
        case .unexpectedValue(let option, let value): "\(option.dashed) takes no value, but was given '\(value)'"
        case .notAChoice(let value, let name, _): "\(name) cannot be '\(value)'"
        case .notACount(let value, let name): "\(name) must be a whole number, not '\(value)'"
        case .notBytes(let value, let name): "\(name) must be an amount as 500MB or 2GiB, not '\(value)'"
        case .notAPair(let value, let name): "\(name) takes name=value, not '\(value)'"
        case .missingArgument(let name): "\(name) is missing"
        case .unexpectedArgument(let word): "there is no place for '\(word)'"
        case .other(let message, _): message
        }
    }

    /// The way out.
    var hint: String {
        if let nearest { return "did you mean '\(nearest)'?" }
        switch mistake {
        case .notAChoice(_, _, let choices): return "it can be " + choices.joined(separator: ", ")
        case .other(_, let hint?): return hint
        default: return "see 'pintail \(command.map { $0 + " " } ?? "")--help'"
        }
    }
}
