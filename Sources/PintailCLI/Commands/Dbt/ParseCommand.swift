import PintailProject

/// Reads a dbt project and writes its manifest: `pintail parse`.
struct ParseCommand: Command {
    private static let partial = Option.flag(
        "partial-parse",
        "Change the manifest where few files were edited, as by itself"
    )
    private static let whole = Option.flag("no-partial-parse", "Read the whole project, whatever was read before")

    static let spec = CommandSpec(
        "parse",
        .look,
        "Read a dbt project, tell every mistake in it, and write target/manifest.json",
        options: DbtOptions.all + [partial, whole]
            + DbtVerb.passedBesideBuilds.filter { ![partial.name, whole.name].contains($0.name) },
        examples: [.init("pintail parse", "Reads the project around the working folder without opening a database.")]
    )

    private let options: DbtOptions
    private let isPartial: Bool

    init(_ arguments: ParsedArguments) throws(UsageError) {
        options = try DbtOptions(arguments)
        isPartial = !arguments.has(Self.whole) && options.environment["DBT_PARTIAL_PARSE"].map(Self.isTrue) ?? true
    }

    /// What dbt takes for yes in a variable.
    private static func isTrue(_ word: String) -> Bool {
        ["1", "true", "t", "yes", "y", "on"].contains(word.lowercased())
    }

    func run(_ console: Console) async throws -> ExitCode {
        let outcome = try options.writeManifest(console, isPartial: isPartial)
        if !console.isQuiet { try console.print(Self.summary(of: outcome.counts) + ": \(outcome.file)") }
        return .success
    }

    private static func summary(of counts: ParseCounts) -> String {
        let kinds: [(ResourceKind, String)] = [
            (.model, "model"), (.seed, "seed"), (.snapshot, "snapshot"), (.test, "test"), (.analysis, "analysis"),
        ]
        var parts = kinds.compactMap { kind, word in counts.nodes[kind].map { counted($0, word) } }
        if counts.sources > 0 { parts.append(counted(counts.sources, "source")) }
        if counts.unitTests > 0 { parts.append(counted(counts.unitTests, "unit test")) }
        return parts.isEmpty ? "nothing" : parts.joined(separator: ", ")
    }
}
