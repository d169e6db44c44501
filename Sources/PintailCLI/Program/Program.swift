#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Does what the command line says, and tells with which code the process ends.
func runProgram(_ words: [String]) async -> Int32 {
    Interruption.install()
    let words = Array(words.dropFirst())
    let console = Console(words)
    do {
        return try await answer(words, console).rawValue
    } catch {
        return report(error, console).rawValue
    }
}

private func answer(_ words: [String], _ console: Console) async throws -> ExitCode {
    let specs = allCommands.map { $0.spec }
    let help = HelpPage(width: min(console.output.width, 100), palette: console.output.palette)
    let parser = ArgumentParser(specs, leading: DbtVerb.leading, aliases: ["list": ListCommand.spec.name])
    switch try parser.parse(words) {
    case .version: return try VersionCommand(ParsedArguments()).run(console)
    case .help(nil):
        try console.output.write(help.overview(of: specs))
        return .success
    case .help(let name?):
        for spec in specs where spec.name == name { try console.output.write(help.page(for: spec)) }
        return .success
    case .run(let name, let arguments):
        if let directory = arguments[.project] { try enter(directory) }
        guard let command = allCommands.first(where: { $0.spec.name == name }) else {
            preconditionFailure("the parser let '\(name)' pass, which is no command")
        }
        do {
            return try await command.init(arguments).run(arguments.has(.quiet) ? console.quiet : console)
        } catch var error as UsageError {
            error.command = name
            throw error
        }
    }
}

/// Makes a folder the one that relative paths start from.
private func enter(_ directory: String) throws(UsageError) {
    guard unsafe chdir(directory) == 0 else {
        let reason = unsafe String(cString: strerror(errno))
        throw UsageError(.other("cannot work in '\(directory)': \(reason)", hint: "--project takes an existing folder"))
    }
}

extension Console {
    /// Reads what must be known before the command line is understood: its mistakes are printed too.
    fileprivate init(_ words: [String]) {
        let isColorWanted =
            environment("NO_COLOR") == nil && !words.prefix { $0 != "--" }.contains(Option.noColor.dashed)
        output = TextStream(1, allowsColor: isColorWanted)
        errors = TextStream(2, allowsColor: isColorWanted)
        isQuiet = false
    }
}
