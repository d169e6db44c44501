extension Option {
    static let help = flag("help", short: "h", "Print help")
    static let version = flag("version", short: "V", "Print the version")
    static let project = value(
        "project",
        short: "C",
        "DIR",
        .directory,
        "Work as if started in DIR; the project is looked for there and in the folders above"
    )
    static let quiet = flag("quiet", short: "q", "Print data, warnings and errors only")
    static let noColor = flag("no-color", "Print without colours, as NO_COLOR in the environment does")

    /// What every command takes, before its name or after it.
    static let global: [Option] = [project, quiet, noColor, help]

    /// For commands that print facts.
    static let json = flag("json", "Print facts as JSON on standard output")
}
