import Foundation
import Synchronization
import Testing

@testable import PintailOrchestrator

@Suite(.timeLimit(.minutes(15))) struct EventSinkTests {
    /// A sink that never works.
    private struct BrokenSink: RunEventSink {
        let name = "the broken sink"
        func receive(_ event: RunEvent) throws { throw Trouble(message: "disk full", isTransient: false) }
    }

    /// A sink that waits to be let go with its first event.
    private final class SlowSink: RunEventSink {
        let name = "the slow sink"
        let gate = DispatchSemaphore(value: 0)
        private let hasWaited = Mutex(false)
        func receive(_ event: RunEvent) {
            if hasWaited.withLock({ waited in
                defer { waited = true }; return !waited
            }) {
                gate.wait()
            }
        }
    }

    private func relay(_ sinks: any RunEventSink...) -> EventRelay {
        EventRelay(run: "r", sinks: sinks, now: { someTime })
    }

    @Test func `a sink that fails gives one warning, and the others go on`() async {
        let recorder = EventRecorder()
        let relay = relay(BrokenSink(), recorder)
        for _ in 0..<3 { relay.post(.nodeSkipped("a", because: .runTimedOut)) }
        await relay.flush()
        #expect(recorder.messages == ["the broken sink is incomplete for this run: disk full"])
        #expect(recorder.names == ["message"] + Array(repeating: "node_skipped a", count: 3))
    }

    @Test func `sinks that all fail do no harm`() async {
        let relay = relay(BrokenSink(), BrokenSink())
        relay.post(.nodeSkipped("a", because: .runTimedOut))
        await relay.flush()
    }

    @Test func `progress that nobody has seen yet is replaced by newer progress`() async {
        let slow = SlowSink()
        let recorder = EventRecorder()
        let relay = relay(slow, recorder)
        relay.post(.nodeStarted("a", kind: .load, attempt: 1))
        relay.post(.nodeProgress("b", NodeProgress(rows: 1)))
        for rows in 1...1000 { relay.post(.nodeProgress("a", NodeProgress(rows: RowCount(rows)))) }
        slow.gate.signal()
        await relay.flush()
        #expect(recorder.events.last?.what == .nodeProgress("a", NodeProgress(rows: 1000)))
        #expect(recorder.events.count <= 4)
    }

    @Test func `messages that come too fast are dropped and counted`() async {
        let slow = SlowSink()
        let recorder = EventRecorder()
        let relay = relay(slow, recorder)
        relay.post(.nodeStarted("a", kind: .load, attempt: 1))
        for _ in 0..<(EventRelay.messageLimit * 3) { relay.post(.message("a", level: .info, text: "line")) }
        relay.post(.nodeSkipped("b", because: .runTimedOut))
        slow.gate.signal()
        await relay.flush()
        let lines = recorder.messages.filter { $0 == "line" }.count
        let dropped = EventRelay.messageLimit * 3 - lines
        #expect(dropped > 0)
        #expect(recorder.messages.last == "\(dropped) messages came too fast and were dropped")
        #expect(recorder.names.contains("node_skipped b"))
    }

    @Test func `progress gets through ten times a second and at the start of a phase`() {
        let seen = Mutex<[RunEvent.What]>([])
        let time = Mutex(Duration.zero)
        let reporter = NodeReporter(for: "a", uptime: { time.withLock { $0 } }) { what in
            seen.withLock { $0.append(what) }
        }
        for tick in 0..<1000 {
            time.withLock { $0 = .milliseconds(tick) }
            reporter.progress(NodeProgress(rows: RowCount(tick), phase: tick < 950 ? "reading" : "writing"))
        }
        let rows = seen.withLock { $0 }.compactMap { if case .nodeProgress(_, let p) = $0 { p.rows } else { nil } }
        #expect(rows == [0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 950])
    }

    @Test func `the metrics log has a line for every node and run that ended`() throws {
        let folder = try TemporaryFolder()
        let log = MetricsLog(path: folder.path + "/metrics.jsonl")
        let loaded = NodeOutcome(
            node: "load",
            kind: .load,
            status: .succeeded,
            result: NodeResult(rows: 98),
            attempts: 2,
            elapsed: .milliseconds(1250),
            peakMemory: 80_000_000,
            cpu: .milliseconds(1100)
        )
        let summary = RunSummary(
            run: "r",
            status: .succeeded,
            nodes: [loaded],
            elapsed: .seconds(2),
            peakMemory: 90_000_000,
            cpu: .seconds(1)
        )
        for what in [.nodeStarted("load", kind: .load, attempt: 1), .nodeFinished(loaded), .runFinished(summary)]
            as [RunEvent.What]
        {
            try log.receive(RunEvent(run: "r", at: someTime, what))
        }
        let lines = try String(contentsOfFile: folder.path + "/metrics.jsonl", encoding: .utf8)
        #expect(
            lines == """
                {"at":"2026-11-21T09:05:12.345Z","attempts":2,"cpu_seconds":1.1,"kind":"load","node":"load",\
                "peak_memory_bytes":80000000,"rows":98,"run":"r","seconds":1.25,"status":"succeeded"}
                {"at":"2026-11-21T09:05:12.345Z","cpu_seconds":1,"peak_memory_bytes":90000000,"rows":98,"run":"r",\
                "seconds":2,"status":"succeeded"}

                """
        )
    }

    @Test func `a metrics log that cannot be written says which file and why`() throws {
        let log = MetricsLog(path: "/nowhere/metrics.jsonl")
        let summary = RunSummary(run: "r", status: .succeeded, nodes: [], elapsed: .zero)
        #expect(throws: FileError(path: "/nowhere/metrics.jsonl", code: ENOENT)) {
            try log.receive(RunEvent(run: "r", at: someTime, .runFinished(summary)))
        }
    }
}
