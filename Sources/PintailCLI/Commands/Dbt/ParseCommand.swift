import FoundationEssentials
import PintailOrchestrator
import PintailProject

/// Reads a dbt project and writes its manifest: `pintail parse`.
struct ParseCommand: Command {
    static let spec = CommandSpec(
        "parse",
        .look,
        "Read a dbt project, tell every mistake in it, and write target/manifest.json",
        options: DbtOptions.all,
        examples: [.init("pintail parse", "Reads the project around the working folder without opening a database.")]
    )

    private let options: DbtOptions

    init(_ arguments: ParsedArguments) throws(UsageError) {
        options = try DbtOptions(arguments)
    }

    func run(_ console: Console) async throws -> ExitCode {
        let project = try options.load(console)
        let metadata = ManifestArtifact.Metadata(
            generatedAt: Timestamp.now.description,
            invocationID: UUID().uuidString.lowercased()
        )
        let folder = options.artifacts(of: project)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let file = folder + "/manifest.json"
        try Data(ManifestArtifact(project, metadata).bytes()).write(to: URL(filePath: file), options: .atomic)
        if !console.isQuiet { try console.print(Self.summary(of: project.manifest) + ": \(file)") }
        return .success
    }

    private static func summary(of manifest: Manifest) -> String {
        let kinds: [(ResourceKind, String)] = [
            (.model, "model"), (.seed, "seed"), (.snapshot, "snapshot"), (.test, "test"), (.analysis, "analysis"),
        ]
        let nodes = manifest.nodes.all
        var counts: [ResourceKind: Int] = [:]
        for place in nodes.indices { counts[nodes[place].kind, default: 0] += 1 }
        var parts = kinds.compactMap { kind, word in counts[kind].map { counted($0, word) } }
        if manifest.sources.count > 0 { parts.append(counted(manifest.sources.count, "source")) }
        if manifest.unitTests.count > 0 { parts.append(counted(manifest.unitTests.count, "unit test")) }
        return parts.isEmpty ? "nothing" : parts.joined(separator: ", ")
    }
}
