import FoundationEssentials

/// Makes a project: `pintail init`.
struct InitCommand: Command {
    static let example = Option.value(
        "example",
        "NAME",
        .choice(of: ProjectExample.self),
        "Which project to begin with"
    )

    static let spec = CommandSpec(
        "init",
        .start,
        "Make a small project that runs at once",
        discussion: ["Files that are there already are never written over."],
        arguments: [Argument("DIR", "Where; the working directory unless given", .optional, .directory)],
        options: [example],
        examples: [
            .init("pintail init newsroom && cd newsroom && pintail run", "Makes a project and runs it."),
            .init("pintail init shop --example postgres", "Begins with a load into Postgres."),
        ]
    )

    private let directory: String
    private let example: ProjectExample

    init(_ arguments: ParsedArguments) {
        directory = arguments.words.first ?? "."
        example = arguments.choice(Self.example) ?? .files
    }

    func run(_ console: Console) throws -> ExitCode {
        let folder = ProjectAccess.absolute(directory)
        let name = projectName(folder)
        let files = example.files(project: name)
        let manager = FileManager.default
        let present = files.map(\.path).filter { manager.fileExists(atPath: folder + "/" + $0) }
        guard present.isEmpty else {
            let names = present.joined(separator: ", ")
            throw UsageError(
                .other("\(directory) has \(names) already", hint: "nothing was written; choose another folder")
            )
        }
        for file in files { try write(file, to: folder) }
        for file in files { console.note("  " + console.errors.palette.paint("made ", .dim) + file.path) }
        let go = directory == "." ? "" : "cd \(CommandLineText.joined([directory])) && "
        console.note("\n\(name) is ready: \(go)pintail run" + (example.advice.map { "\n" + $0 } ?? ""))
        return .success
    }

    private func write(_ file: ProjectExample.File, to folder: String) throws {
        let path = folder + "/" + file.path
        let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? folder
        do {
            try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
            try Data(file.text.utf8).write(to: URL(filePath: path), options: .withoutOverwriting)
        } catch {
            throw UsageError(.other("cannot write \(path)", hint: "the folder must be one that you may write to"))
        }
    }

    /// The folder's own name, in signs that a file and a database may have in theirs.
    private func projectName(_ folder: String) -> String {
        let parts = folder.split(separator: "/").filter { $0 != "." }
        let plain = (parts.last ?? "").lowercased().map { $0.isLetter || $0.isNumber || $0 == "_" ? $0 : "_" }
        let name = String(plain).drop { $0 == "_" || $0.isNumber }
        return name.isEmpty ? "project" : String(name)
    }
}
