import TestSupport
import Testing

/// The files that tools read of a project, read by the classes that such tools use.
///
/// `Golden/Artifacts` is a project with a node of each kind; `read.py` says what it found in what a build left.
@Suite struct `tools that read what dbt writes` {
    private static let project = Checkout.path + "/Tests/Golden/Artifacts"

    @Test func `manifest, results, catalog and sources are read as dbt's are`() async throws {
        let folder = try TemporaryDirectory()
        let shop = folder.path + "/workshop"
        try await mustRun("/bin/cp", ["-r", Self.project, shop])
        let verbs = [
            ["seed"], ["build", "--exclude", "repairs"], ["source", "freshness"], ["docs", "generate", "--no-compile"],
        ]
        for verb in verbs {
            let done = try await run(PintailBinary.path, verb, currentDirectory: shop)
            #expect(done.exitCode == 0, "\(verb): \(done.standardOutput)\(done.standardError)")
            guard verb.first == "build" else { continue }
            #expect(done.standardError.contains(": 4 models, 1 snapshot, 9 tests, 1 saved query, 1 exposure\n"))
        }
        let read = try await run(Checkout.program("test-venv/bin/python"), [shop + "/read.py", shop])
        #expect(read.exitCode == 0, "\(read.standardError)")
        #expect(try read.standardOutput == folder.read("workshop/found.txt"))
    }
}
