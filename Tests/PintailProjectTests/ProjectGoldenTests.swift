import Testing

@testable import PintailProject

/// Each folder of `Tests/Golden/Project` is a project, or holds one file that is run alone.
///
/// `messages.txt` is everything that is said of it, `values.txt` what it becomes when nothing is wrong. A folder with
/// `yaml/` and `toml/` inside holds the same project twice; both must become the same values, and be told the same.
struct ProjectGoldenTests {
    static let cases = Golden.names(in: Golden.projects)
    static let twins = cases.filter { Golden.names(in: Golden.projects + "/" + $0).contains("toml") }

    @Test(arguments: cases.filter { !twins.contains($0) })
    func `a project is read, or told what is wrong, as its golden files say`(name: String) throws {
        let folder = Golden.projects + "/" + name
        let outcome = Outcome(of: folder)
        expect(outcome.messages, file: "messages.txt", in: folder)
        expect(outcome.values, file: "values.txt", in: folder)
    }

    @Test(arguments: twins)
    func `TOML becomes the same values as YAML, and is told the same`(name: String) throws {
        let folder = Golden.projects + "/" + name
        let (yaml, toml) = (Outcome(of: folder + "/yaml"), Outcome(of: folder + "/toml"))
        #expect(yaml.values == toml.values)
        #expect(yaml.sentences == toml.sentences)
        expect(toml.messages, file: "messages.txt", in: folder)
        expect(toml.values, file: "values.txt", in: folder)
    }

    private func expect(_ actual: String?, file: String, in folder: String) {
        let path = folder + "/" + file
        guard let actual else {
            #expect(Golden.text(path) == nil, "\(path) has nothing to be compared with")
            return
        }
        Golden.expect(actual, in: path)
    }
}

/// What became of a folder.
private struct Outcome {
    var values: String?
    var messages: String?
    /// Messages and hints alone, in alphabetical order: the same wherever they were written.
    var sentences: [String] = []

    init(of folder: String) {
        do {
            let loaded = try Self.load(folder)
            values = describe(loaded.project, root: folder)
            note(Diagnostics(loaded.warnings), folder)
        } catch {
            note(error, error.directory ?? folder)
        }
    }

    private mutating func note(_ diagnostics: Diagnostics, _ folder: String) {
        guard !diagnostics.all.isEmpty else { return }
        messages = DiagnosticRenderer(directory: folder).render(diagnostics).replacing(folder, with: "<root>")
        sentences = diagnostics.all.map { diagnostic in
            let hint = (diagnostic.hint ?? "").replacing(/[a-z_\/]+\.(yml|toml):\d+:\d+/, with: "<place>")
            return "\(diagnostic.message) | \(hint)"
        }.sorted()
    }

    private static func load(_ folder: String) throws(Diagnostics) -> LoadedProject {
        let loader = ProjectLoader(environment: ["FROM_PROCESS": "process"])
        let names = Golden.names(in: folder)
        if names.contains(where: ProjectLoader.projectFileNames.contains) { return try loader.load(from: folder) }
        let file = names.first { $0.hasSuffix(".yml") || $0.hasSuffix(".toml") } ?? "missing.yml"
        return try loader.load(file: folder + "/" + file)
    }
}
