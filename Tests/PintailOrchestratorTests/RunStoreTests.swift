import Foundation
import Testing

@testable import PintailOrchestrator

@Suite(.timeLimit(.minutes(15))) struct RunStoreTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path + "/state.db" }

    init() throws { folder = try TemporaryFolder() }

    private let check = CheckOutcome(
        table: "articles",
        column: "url",
        check: "unique",
        status: .warn,
        failingRows: 2,
        totalRows: 100,
        sample: ["x\u{0}y"],
        message: "2 of 100 rows"
    )
    private let schema = TableSchema(
        table: "articles",
        columns: [.init(name: "url", type: "VARCHAR"), .init(name: "at", type: "TIMESTAMP")]
    )

    /// Runs `raw` twice (a retry), `clean`, and a failing `load` with `report` behind it.
    private func run(_ id: RunID, into store: RunStore) async throws -> RunSummary {
        let policy = RunPlan.Policy(retry: RetryPolicy(attempts: 2, initial: .zero))
        let plan = try runPlan(
            ["raw": [], "clean": ["raw"], "load": ["clean"], "report": ["load"]],
            run: id,
            policy: policy
        )
        let executor = RunExecutor(clock: InstantClock(), limit: 2, sinks: [store])
        let result = NodeResult(rows: 100, facts: ["strategy": "eager"], checks: [check], schema: schema)
        return await executor.execute(
            plan,
            with: Worker { node, attempt, reporter in
                reporter.progress(NodeProgress(rows: 50))
                if node == "raw", attempt == 1 { throw Trouble() }
                if node == "clean" { reporter.message("two rows look odd", level: .warning) }
                if node == "load" { throw Trouble(message: "no such table", isTransient: false) }
                return node == "raw" ? result : NodeResult(rows: 98)
            }
        )
    }

    @Test(arguments: [RunStore.Pace.atOnce, .gathered])
    func `a run is remembered with its nodes, attempts, checks, schema and log`(pace: RunStore.Pace) async throws {
        let store = try await RunStore.open(path, pace: pace)
        let summary = try await run("20261121-090512-7f3a", into: store)

        let record = try await store.run("last")
        #expect(record.run == summary.run)
        #expect(record.status == .failed)
        #expect(record.pipeline == "articles")
        #expect(record.command == "run articles")
        #expect(record.variables == ["day": "2026-11-21"])
        #expect(record.finished != nil)
        #expect(record.process == .current)

        let nodes = try await store.nodes(of: record.run)
        #expect(nodes.map(\.planned.node) == ["raw", "clean", "load", "report"])
        #expect(nodes.map(\.planned.after) == [[], ["raw"], ["clean"], ["load"]])
        #expect(nodes.map(\.status) == [.succeeded, .succeeded, .failed, .skipped])

        let attempts = try await store.attempts(of: record.run)
        #expect(attempts.map(\.node) == ["raw", "raw", "clean", "load"])
        #expect(attempts.map(\.attempt) == [1, 2, 1, 1])
        #expect(attempts.map(\.status) == [.failed, .succeeded, .succeeded, .failed])
        #expect(attempts.map(\.failure?.message) == ["connection lost", nil, nil, "no such table"])
        #expect(attempts[1].result == summary["raw"]?.result)
        #expect(attempts.allSatisfy { $0.finished != nil && $0.elapsed != nil })

        #expect(try await store.checks(of: record.run) == [CheckRecord(node: "raw", outcome: check)])
        let kept = try await store.lastGoodSchema(table: "articles")
        #expect(kept?.schema == schema)
        #expect(kept?.run == record.run)
        #expect(try await store.lastGoodSchema(table: "authors") == nil)

        let log = try await store.logs(of: record.run)
        #expect(
            log.map(\.name) == [
                "run_started", "node_started", "node_retrying", "node_started", "node_finished", "node_started",
                "message",
                "node_finished", "node_started", "node_finished", "node_skipped", "run_finished",
            ]
        )
        #expect(log.last?.what == .runFinished(summary))
        #expect(try await store.logs(of: record.run, node: "clean").count == 3)
    }

    @Test func `an attempt that failed stays failed when the wait for the next one is cancelled`() async throws {
        let store = try await RunStore.open(path)
        try await begin(try runPlan(["a": []], run: "r"), in: store)
        let lost = NodeFailure(message: "connection lost", isTransient: true)
        let cancelled = NodeOutcome(node: "a", kind: .transform, status: .cancelled)
        for what in [.nodeRetrying("a", attempt: 1, after: .seconds(1), lost), .nodeFinished(cancelled)]
            as [RunEvent.What]
        {
            try store.receive(RunEvent(run: "r", at: someTime, what))
        }
        #expect(try await store.attempts(of: "r").map(\.status) == [.failed])
        #expect(try await store.nodes(of: "r").map(\.status) == [.cancelled])
    }

    @Test func `a run that was taken for dead is put right when it ends`() async throws {
        let hidden = ProcessIdentity(id: ProcessIdentity.current.id, started: "in another container")
        let store = try await RunStore.open(path, process: hidden)
        try await begin(try runPlan(["a": []], run: "r"), in: store)
        #expect(try await RunStore.open(path).run("r").status == .interrupted)
        let done = NodeOutcome(node: "a", kind: .transform, status: .succeeded, result: NodeResult(rows: 1))
        let summary = RunSummary(run: "r", status: .succeeded, nodes: [done], elapsed: .seconds(1))
        try store.receive(RunEvent(run: "r", at: someTime, .nodeFinished(done)))
        try store.receive(RunEvent(run: "r", at: someTime, .runFinished(summary)))
        #expect(try await store.run("r").status == .succeeded)
        #expect(try await store.attempts(of: "r").map(\.status) == [.succeeded])
    }

    @Test func `empty texts and absent values are kept apart`() async throws {
        let store = try await RunStore.open(path)
        let bare = CheckOutcome(table: "", column: "", check: "row_count", status: .pass)
        let whole = CheckOutcome(table: "t", check: "row_count", status: .fail, message: "\u{1F986}")
        let failure = NodeFailure(message: "", checks: [bare, whole])
        let outcome = NodeOutcome(node: "a", kind: .check, status: .failed(failure))
        try store.receive(RunEvent(run: "r", at: someTime, .nodeFinished(outcome)))
        #expect(try await store.checks(of: "r").map(\.outcome) == [bare, whole])
    }

    @Test func `a run is found by the beginning of its name, and a wrong name says what to do`() async throws {
        let store = try await RunStore.open(path)
        await #expect(throws: RunStoreError(.noRuns, path: path)) { try await store.run("last") }
        for run in ["20261121-090512-7f3a", "20261121-090513-0001", "20261122-000000-0001"] as [RunID] {
            _ = try await self.run(run, into: store)
        }
        #expect(try await store.run("20261122").run == "20261122-000000-0001")
        #expect(try await store.run("20261121-090513-0001").run == "20261121-090513-0001")
        #expect(try await store.run("last").run == "20261122-000000-0001")
        #expect(try await store.runs(limit: 2).map(\.run) == ["20261122-000000-0001", "20261121-090513-0001"])
        for name in ["2025", "", "%", "2026112_"] {
            await #expect(throws: RunStoreError(.noSuchRun(name), path: path)) { try await store.run(name) }
        }
        let both = RunStoreError(
            .ambiguousRun("20261121", candidates: ["20261121-090512-7f3a", "20261121-090513-0001"]),
            path: path
        )
        await #expect(throws: both) { try await store.run("20261121") }
        #expect(both.message == "'20261121' is the beginning of 2 runs: 20261121-090512-7f3a, 20261121-090513-0001")
    }

    @Test func `a run whose process died is marked when the store is opened again, and a living one is not`()
        async throws
    {
        let owner = Process()
        owner.executableURL = URL(filePath: "/bin/sleep")
        owner.arguments = ["600"]
        try owner.run()
        let identity = try #require(ProcessIdentity(running: owner.processIdentifier))
        let plan = try runPlan(["a": [], "b": ["a"]], run: "dying")
        try await begin(plan, in: try await RunStore.open(path, process: identity))
        try await begin(try runPlan(["a": []], run: "living"), in: try await RunStore.open(path))

        #expect(try await RunStore.open(path).run("dying").status == .running)
        kill(owner.processIdentifier, SIGKILL)
        owner.waitUntilExit()
        let store = try await RunStore.open(path)
        let record = try await store.run("dying")
        #expect(record.status == .interrupted)
        #expect(record.finished == someTime)
        #expect(try await store.nodes(of: "dying").map(\.status) == [.interrupted, .waiting])
        #expect(try await store.attempts(of: "dying").map(\.status) == [.interrupted])
        #expect(try await store.run("living").status == .running)
    }

    private func begin(_ plan: RunPlan, in store: RunStore) async throws {
        try store.receive(RunEvent(run: plan.run, at: someTime, .runStarted(plan.start)))
        try store.receive(RunEvent(run: plan.run, at: someTime, .nodeStarted("a", kind: .transform, attempt: 1)))
    }

    @Test func `a process with the number of an older one is another process`() throws {
        let current = ProcessIdentity.current
        #expect(current.isRunning)
        #expect(!ProcessIdentity(id: current.id, started: "long ago").isRunning)
        #expect(ProcessIdentity(running: 0) == nil)
        #expect(ProcessIdentity(running: -1) == nil)
    }

    @Test func `many writers on one file lose nothing`() async throws {
        let path = path
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<6 {
                group.addTask {
                    let store = try await RunStore.open(path)
                    let plan = try runPlan(["a": []], run: RunID("run-\(writer)"))
                    try store.receive(RunEvent(run: plan.run, at: someTime, .runStarted(plan.start)))
                    for line in 0..<30 {
                        let message = RunEvent.What.message("a", level: .info, text: "\(line)")
                        try store.receive(RunEvent(run: plan.run, at: someTime, message))
                    }
                }
            }
            try await group.waitForAll()
        }
        let store = try await RunStore.open(path)
        for writer in 0..<6 { #expect(try await store.logs(of: RunID("run-\(writer)")).count == 31) }
    }

    @Test func `a file that is no database says so and what to do`() async throws {
        try Data(repeating: 0x5a, count: 8192).write(to: URL(filePath: path))
        let error = await #expect(throws: RunStoreError.self) { try await RunStore.open(path) }
        #expect(error?.reason == .corrupt)
        #expect(error?.message == "the run store \(path) is damaged")
        #expect(error?.hint?.hasPrefix("move it away and a new one is made: mv \(path)") == true)
    }

    @Test func `a database whose pages are damaged says so when they are read`() async throws {
        _ = try await run("damaged", into: try await RunStore.open(path))
        // What is still in the log would stand in for the damaged pages; closing takes it over, at its own time.
        while FileManager.default.fileExists(atPath: path + "-wal") { try await Task.sleep(for: .milliseconds(10)) }
        let file = try FileHandle(forUpdating: URL(filePath: path))
        try file.seek(toOffset: 4096)
        try file.write(contentsOf: Data(repeating: 0x5a, count: Int(try file.seekToEnd()) - 4096))
        try file.seek(toOffset: 4096)
        try file.write(contentsOf: Data(repeating: 0x5a, count: 8 * 4096))
        try file.close()
        let error = await #expect(throws: RunStoreError.self) {
            _ = try await RunStore.open(path).runs(limit: 10)
        }
        #expect(error?.reason == .corrupt)
    }

    @Test func `a database of a later form is left alone`() async throws {
        _ = try await RunStore.open(path)
        try SQLiteDatabase(path, patience: .zero).runScript("PRAGMA user_version = 99")
        let error = await #expect(throws: RunStoreError.self) { try await RunStore.open(path) }
        #expect(error?.reason == .newer(version: 99, known: RunStore.migrations.count))
    }

    // /proc refuses new files even to root, whom permissions do not stop.
    @Test(arguments: ["/proc/state.db", "/nowhere/state.db"])
    func `a folder that cannot be written is an error that says so`(path: String) async {
        let error = await #expect(throws: RunStoreError.self) { try await RunStore.open(path) }
        #expect(error?.reason == .readOnly)
        #expect(error?.hint == "make the folder and the file writable for this user")
    }

    @Test(arguments: [
        ("PRAGMA query_only = 1", "cannot be opened for writing"), ("PRAGMA max_page_count = 1", "disk"),
    ])
    func `a run goes on when its history cannot be written, with one warning`(pragma: String, words: String)
        async throws
    {
        let store = try await RunStore.open(path)
        try await store.use { try $0.runScript(pragma) }
        let recorder = EventRecorder()
        let executor = RunExecutor(clock: InstantClock(), limit: 1, sinks: [store, recorder])
        let long = String(repeating: "x", count: 100_000)
        let summary = await executor.execute(
            try runPlan(["a": [], "b": ["a"]]),
            with: Worker { _, _, reporter in
                reporter.message(long)
                return NodeResult()
            }
        )
        #expect(summary.status == .succeeded)
        let warnings = recorder.messages.filter { $0.hasPrefix("the run store is incomplete for this run: ") }
        #expect(warnings.count == 1)
        #expect(warnings.first?.contains(words) == true)
    }
}
