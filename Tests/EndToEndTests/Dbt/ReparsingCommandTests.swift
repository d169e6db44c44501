import Foundation
import TestSupport
import Testing

/// `pintail parse`, again and again.
@Suite struct `Parsing again` {
    private func project() throws -> TemporaryDirectory {
        let folder = try TemporaryDirectory()
        try folder.write("name: shop\nversion: '1.0'\nprofile: shop\n", to: "dbt_project.yml")
        try folder.write("shop: {target: dev, outputs: {dev: {type: duckdb, path: shop.duckdb}}}\n", to: "profiles.yml")
        for number in 0..<200 {
            let parent = number == 0 ? "select 1 as id" : "select * from {{ ref('m_\(number - 1)') }}"
            try folder.write(parent, to: "models/m_\(number).sql")
        }
        return folder
    }

    private func parse(_ words: String..., in folder: TemporaryDirectory) async throws -> RunResult {
        try await run(PintailBinary.path, ["parse"] + words, currentDirectory: folder.path)
    }

    /// The manifest without what is another in each.
    private func nodes(in folder: TemporaryDirectory) throws -> [String: NSDictionary] {
        let manifest = try json(folder.read("target/manifest.json")) as? [String: Any] ?? [:]
        let nodes = manifest["nodes"] as? [String: [String: Any]] ?? [:]
        return nodes.mapValues { node in
            NSDictionary(dictionary: node.filter { $0.key != "created_at" })
        }
    }

    @Test func `an edit is seen, with the parse before and without it`() async throws {
        let folder = try project()
        #expect(try await parse(in: folder).exitCode == 0)
        for words in [[], ["--no-partial-parse"]] {
            try folder.write("select 2 as id -- \(words)", to: "models/m_0.sql")
            let again = try await run(PintailBinary.path, ["parse"] + words, currentDirectory: folder.path)
            #expect(again.standardOutput.hasPrefix("200 models: "), "\(again.standardError)")
            #expect(try nodes(in: folder)["model.shop.m_0"]?["raw_code"] as? String == "select 2 as id -- \(words)")
        }
    }

    @Test func `clean takes away what was noted`() async throws {
        let folder = try project()
        #expect(try await parse(in: folder).exitCode == 0)
        #expect(try folder.names(in: "target").contains("partial_parse.pintail"))
        #expect(try await run(PintailBinary.path, ["clean"], currentDirectory: folder.path).exitCode == 0)
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/target/partial_parse.pintail"))
        #expect(try await parse(in: folder).exitCode == 0)
    }

    @Test func `killed at any moment it leaves a manifest that the next one brings up to date`() async throws {
        let folder = try project()
        #expect(try await parse(in: folder).exitCode == 0)
        for round in 0..<25 {
            try folder.write("select \(round) as id", to: "models/m_0.sql")
            let child = try ChildProcess(PintailBinary.path, ["parse"], currentDirectory: folder.path)
            // Sooner or later: wherever it is by then.
            try await Task.sleep(for: .milliseconds(round * 2))
            child.send(SIGKILL)
            _ = try await child.wait()
            #expect(try nodes(in: folder).count == 200)
        }
        #expect(try await parse(in: folder).exitCode == 0)
        let changed = try nodes(in: folder)
        #expect(try await parse("--no-partial-parse", in: folder).exitCode == 0)
        #expect(try nodes(in: folder) == changed)
    }
}
