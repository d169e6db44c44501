import Foundation
import PintailOrchestrator
import Testing

@Suite struct RunEventTests {
    private static let golden = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../Golden/orchestrator/run-events.jsonl")

    /// One event of every form, with every key that it can have.
    private static let events: [RunEvent.What] = {
        let check = CheckOutcome(
            table: "articles",
            column: "url",
            check: "unique",
            status: .fail,
            failingRows: 2,
            totalRows: 100,
            sample: ["http://a.example/x"],
            message: "url: 2 of 100 rows are not unique"
        )
        let failure = NodeFailure(
            message: "load articles: connection lost",
            hint: "is the server running?",
            dataState: "rolled back; public.articles unchanged",
            isTransient: true,
            causes: ["connection lost"],
            checks: [check]
        )
        let result = NodeResult(
            rows: 98,
            rowsRead: 100,
            bytes: 4096,
            quarantinedRows: 2,
            facts: ["strategy": ["name": "eager", "needed": 1_200_000, "ratio": 0.25, "pushed": nil, "tried": [true]]],
            checks: [check],
            warnings: ["the file is empty"],
            schema: TableSchema(table: "articles", columns: [.init(name: "url", type: "VARCHAR")])
        )
        let done = NodeOutcome(
            node: "articles",
            kind: .extract,
            status: .succeeded,
            result: result,
            attempts: 2,
            elapsed: .milliseconds(1250),
            peakMemory: 80_000_000,
            cpu: .milliseconds(1100)
        )
        let broken = NodeOutcome(node: "load", kind: .load, status: .failed(failure), elapsed: .seconds(3))
        let skipped = NodeOutcome(node: "late", kind: .command, status: .skipped(.runTimedOut), attempts: 0)
        let cancelled = NodeOutcome(node: "idle", kind: .model, status: .cancelled, attempts: 0)
        let start = RunStart(
            pipeline: "articles",
            command: "run articles",
            variables: ["day": "2026-11-21"],
            nodes: [PlannedNode("articles", kind: .extract), PlannedNode("load", kind: .load, after: ["articles"])]
        )
        let progress = NodeProgress(
            rows: 50,
            totalRows: 100,
            bytes: 2048,
            totalBytes: 4096,
            phase: "reading"
        )
        return [
            .runStarted(start),
            .nodeStarted("articles", kind: .extract, attempt: 1),
            .nodeProgress("articles", progress),
            .nodeProgress("load", NodeProgress(rows: 1)),
            .message("articles", level: .info, text: "dialect: ';' \"quoted\" \u{1F986}\n"),
            .message(nil, level: .warning, text: "the disk is nearly full"),
            .nodeRetrying("articles", attempt: 1, after: .milliseconds(2500), failure),
            .nodeFinished(done),
            .nodeFinished(broken),
            .nodeFinished(cancelled),
            .nodeSkipped("report", because: .upstreamFailed("load")),
            .nodeSkipped("late", because: .runTimedOut),
            .runFinished(
                RunSummary(
                    run: "20261121-090512-7f3a",
                    status: .failed,
                    nodes: [done, broken, skipped, cancelled],
                    elapsed: .seconds(5),
                    peakMemory: 80_000_000,
                    cpu: .seconds(2)
                )
            ),
        ]
    }()

    private static let recorded = events.map { RunEvent(run: "20261121-090512-7f3a", at: someTime, $0) }

    @Test func `events are the flat objects of the golden file`() throws {
        let lines = Self.recorded.map { $0.jsonLine + "\n" }.joined()
        if ProcessInfo.processInfo.environment["PINTAIL_RECORD_GOLDEN"] != nil {
            try Data(lines.utf8).write(to: Self.golden)
        }
        #expect(try String(contentsOf: Self.golden, encoding: .utf8) == lines)
    }

    @Test(arguments: recorded) func `an event is read back as it was`(event: RunEvent) throws {
        #expect(try JSONDecoder().decode(RunEvent.self, from: Data(event.jsonLine.utf8)) == event)
    }

    @Test(arguments: [
        #"{"event":"nonsense","run":"r","at":"2026-11-21T09:05:12.345Z"}"#,
        #"{"event":"message","run":"r","at":"yesterday","level":"info","text":"t"}"#,
        #"{"event":"node_skipped","run":"r","at":"2026-11-21T09:05:12.345Z","node":"n","because":"of you"}"#,
    ])
    func `what is no event is refused`(text: String) {
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(RunEvent.self, from: Data(text.utf8)) }
    }
}
