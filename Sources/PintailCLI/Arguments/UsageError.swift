/// What is wrong with a command line; the sentences are written in `Terminal/UsageError+Text.swift`.
struct UsageError: Error, Hashable {
    enum Mistake: Hashable {
        case missingCommand
        case unknownCommand(String)
        case unknownOption(String)
        case missingValue(Option)
        case unexpectedValue(Option, String)
        case notAChoice(String, of: String, [String])
        case notACount(String, of: String)
        case notBytes(String, of: String)
        case notAPair(String, of: String)
        case missingArgument(String)
        case unexpectedArgument(String)
        /// What a command itself has against its arguments.
        case other(String, hint: String?)
    }

    let mistake: Mistake
    /// The command that was meant, once that is known.
    var command: String?
    /// The name that was probably meant.
    var nearest: String?

    init(_ mistake: Mistake, command: String? = nil, nearest: String? = nil) {
        self.mistake = mistake
        self.command = command
        self.nearest = nearest
    }
}
