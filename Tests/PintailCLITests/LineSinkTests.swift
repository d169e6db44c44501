import PintailOrchestrator
import TestSupport
import Testing

@testable import PintailCLI

/// What a log is told of a run while it goes on.
@Suite struct LineSinkTests {
    private func event(_ what: RunEvent.What) -> RunEvent { RunEvent(run: "r", at: .now, what) }

    @Test func `the beginning of a model is told where it goes on, and not of one that is over`() async throws {
        let output = try OutputFile()
        let sink = LineSink(TextStream(output.descriptor), report: RunReport(glyphs: .ascii, tellsProgress: true))
        try sink.receive(event(.nodeStarted("quick", kind: .model, attempt: 1)))
        try sink.receive(event(.nodeStarted("long", kind: .model, attempt: 1)))
        let ended = NodeOutcome(node: "quick", kind: .model, status: .succeeded, attempts: 1, elapsed: .zero)
        try sink.receive(event(.nodeFinished(ended)))
        try await eventually("the long one is told of") { try output.text.contains("start long (model)") }
        #expect(try !output.text.contains("start quick"))
    }

    @Test func `the beginning of what pipelines do is told at once`() throws {
        let output = try OutputFile()
        let sink = LineSink(TextStream(output.descriptor), report: RunReport(glyphs: .ascii, tellsProgress: true))
        try sink.receive(event(.nodeStarted("rows", kind: .extract, attempt: 1)))
        #expect(try output.text == "start rows (extract)\n")
    }
}
