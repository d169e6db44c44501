/// How the program ends; documented, so scripts rely on it.
enum ExitCode: Int32, Sendable {
    case success = 0
    /// A run or a check failed, or something else did not work.
    case failure = 1
    /// The command line or the project is not valid; nothing was begun.
    case invalid = 2
    case interrupted = 130
}
