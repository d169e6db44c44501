import Foundation
import PintailOrchestrator
import Testing

@testable import PintailCLI

@Suite struct `What the history tells` {
    @Test(arguments: Golden.names(in: "runs", ending: ".jsonl"))
    func `a run's story has its steps, its failures and its checks`(name: String) async throws {
        let output = try OutputFile()
        let file = output.path + ".db"
        defer { for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + ending) } }
        let store = try await RunStore.open(file)
        for line in try Golden.text("runs/\(name).jsonl").split(separator: "\n") {
            try store.receive(try JSONDecoder().decode(RunEvent.self, from: Data(line.utf8)))
        }
        let run = try await store.run("last")
        let story = RunStory(
            run: run,
            nodes: try await store.nodes(of: run.run),
            attempts: try await store.attempts(of: run.run),
            checks: try await store.checks(of: run.run)
        )
        let stream = TextStream(output.descriptor)
        try story.print(to: Console(output: stream, errors: stream, isQuiet: false, glyphs: .unicode))
        try Golden.expect(try output.text, equals: "runs/\(name).story.txt")
        // What programs read has every step too.
        let facts = try JSONDecoder().decode(JSONValue.self, from: Data(jsonText(story).utf8))
        guard case .object(let members) = facts, case .array(let nodes) = members["nodes"] else {
            Issue.record("no nodes in \(facts)")
            return
        }
        #expect(try await store.nodes(of: run.run).count == nodes.count)
    }

    @Test(arguments: Golden.names(in: "runs", ending: ".jsonl"))
    func `quiet lets only trouble through`(name: String) throws {
        let output = try OutputFile()
        let report = RunReport(glyphs: .ascii, tellsProgress: false)
        let sink = LineSink(TextStream(output.descriptor), report: report, isQuiet: true)
        for line in try Golden.text("runs/\(name).jsonl").split(separator: "\n") {
            try sink.receive(try JSONDecoder().decode(RunEvent.self, from: Data(line.utf8)))
        }
        try Golden.expect(try output.text, equals: "runs/\(name).quiet.txt")
    }
}
