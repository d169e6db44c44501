import PintailOrchestrator
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(15))) struct RunExecutorTests {
    private let recorder = EventRecorder()
    private let clock = InstantClock()

    private func execute(
        _ plan: RunPlan,
        limit: Int = 4,
        _ work: @escaping @Sendable (NodeID, Int, NodeReporter) async throws -> NodeResult
    ) async -> RunSummary {
        let executor = RunExecutor(
            clock: clock,
            now: { someTime },
            random: { 0 },
            limit: limit,
            sinks: [recorder]
        )
        return await executor.execute(plan, with: Worker(work: work))
    }

    private func status(_ node: NodeID, in summary: RunSummary) -> NodeStatus? { summary[node]?.status }

    @Test func `every node runs after what it depends on, and its result is in the summary`() async throws {
        let summary = await execute(try runPlan(["load": ["clean"], "clean": ["raw"], "raw": []])) { node, _, _ in
            NodeResult(rows: RowCount(node.name.utf8.count))
        }
        #expect(summary.status == .succeeded)
        #expect(summary.nodes.map(\.node) == ["raw", "clean", "load"])
        #expect(summary.nodes.map(\.result?.rows) == [3, 5, 4])
        #expect(
            recorder.names == [
                "run_started", "node_started raw", "node_finished raw", "node_started clean", "node_finished clean",
                "node_started load", "node_finished load", "run_finished",
            ]
        )
    }

    @Test func `as many nodes as the limit allows run at once, and never more`() async throws {
        let meeting = Meeting(of: 3)
        let independent = try runPlan(["a": [], "b": [], "c": [], "d": [], "e": [], "f": []])
        let summary = await execute(independent, limit: 3) { _, _, _ in
            await meeting.attend()
            return NodeResult()
        }
        #expect(summary.status == .succeeded)
        #expect(meeting.mostAtOnce == 3)
    }

    @Test func `only transient failures are tried again`() async throws {
        let retrying = RunPlan.Policy(retry: RetryPolicy(attempts: 3, initial: .seconds(2), jitter: 0))
        let summary = await execute(try runPlan(["flaky": [], "broken": []], policy: retrying), limit: 1) {
            node,
            attempt,
            _ in
            if node == "broken" { throw Trouble(message: "no such table", isTransient: false) }
            if attempt < 3 { throw Trouble() }
            return NodeResult(rows: 7)
        }
        #expect(summary["flaky"]?.status == .succeeded)
        #expect(summary["flaky"]?.attempts == 3)
        #expect(status("broken", in: summary) == .failed(NodeFailure(message: "no such table")))
        #expect(summary["broken"]?.attempts == 1)
        #expect(clock.waits == [.seconds(2), .seconds(4)])
    }

    @Test func `what depends on a failed node is skipped, and everything else goes on`() async throws {
        let summary = await execute(try runPlan(["a": [], "b": ["a"], "c": ["b"], "x": [], "y": ["x"]])) { node, _, _ in
            if node == "a" { throw Trouble(isTransient: false) }
            return NodeResult()
        }
        #expect(summary.status == .failed)
        #expect(status("b", in: summary) == .skipped(.upstreamFailed("a")))
        #expect(status("c", in: summary) == .skipped(.upstreamFailed("a")))
        #expect(status("y", in: summary) == .succeeded)
    }

    @Test func `cancelling the task stops running nodes, starts none, and still gives a summary`() async throws {
        let meeting = Meeting(of: 2)
        let slow = try runPlan(["a": [], "b": [], "c": ["a"], "d": []])
        let task = Task {
            await execute(slow, limit: 2) { _, _, _ in
                await meeting.attend()
                return try await waitUntilCancelled()
            }
        }
        await meeting.begun()
        task.cancel()
        let summary = await task.value
        #expect(summary.status == .cancelled)
        #expect(summary.nodes.map(\.status) == [.cancelled, .cancelled, .cancelled, .cancelled])
        #expect(summary.nodes.map(\.attempts) == [1, 1, 0, 0])
        #expect(recorder.names.last == "run_finished")
    }

    @Test func `a task that is cancelled before it begins runs no node`() async throws {
        let one = try runPlan(["a": []])
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return await execute(one) { _, _, _ in NodeResult() }
        }
        task.cancel()
        #expect(await task.value.nodes.map(\.status) == [.cancelled])
    }

    @Test func `an engine's own words for being interrupted do not make a failure`() async throws {
        let one = try runPlan(["a": []])
        let meeting = Meeting(of: 1)
        let task = Task {
            await execute(one) { _, _, _ in
                await meeting.attend()
                do { return try await waitUntilCancelled() } catch { throw Trouble(message: "INTERRUPT Error") }
            }
        }
        await meeting.begun()
        task.cancel()
        #expect(await task.value.nodes.map(\.status) == [.cancelled])
    }

    @Test func `work that was committed before the stop arrived has succeeded`() async throws {
        let one = try runPlan(["a": []])
        let meeting = Meeting(of: 1)
        let task = Task {
            await execute(one) { _, _, _ in
                await meeting.attend()
                do { return try await waitUntilCancelled() } catch { return NodeResult(rows: 5) }
            }
        }
        await meeting.begun()
        task.cancel()
        let summary = await task.value
        #expect(summary.status == .cancelled)
        #expect(summary["a"]?.status == .succeeded)
        #expect(summary["a"]?.result?.rows == 5)
    }

    @Test func `a node that takes too long is stopped and has failed`() async throws {
        let timed = RunPlan.Policy(retry: RetryPolicy(attempts: 3), timeout: .seconds(60))
        let summary = await execute(try runPlan(["a": [], "b": ["a"]], policy: timed)) { _, _, _ in
            try await waitUntilCancelled()
        }
        guard case .failed(let failure) = status("a", in: summary) else { throw Trouble(message: "\(summary)") }
        #expect(failure.message == "timed out after 1m")
        #expect(status("b", in: summary) == .skipped(.upstreamFailed("a")))
        #expect(summary["a"]?.attempts == 1)
    }

    @Test func `when the time of the run is up, what runs has failed and what waits is skipped`() async throws {
        let late = try runPlan(["a": [], "b": ["a"]], timeout: .seconds(3600))
        let summary = await execute(late) { _, _, _ in try await waitUntilCancelled() }
        guard case .failed(let failure) = status("a", in: summary) else { throw Trouble(message: "\(summary)") }
        #expect(failure.message == "timed out after 1h")
        #expect(status("b", in: summary) == .skipped(.runTimedOut))
        #expect(summary.status == .failed)
    }

    @Test func `a run without limit on its time does not wait for anything but its nodes`() async throws {
        let summary = await execute(try runPlan([:])) { _, _, _ in NodeResult() }
        #expect(summary.status == .succeeded)
        #expect(recorder.names == ["run_started", "run_finished"])
    }

    @Test func `what a process uses is measured, and processor time only where it is one node's own`() async throws {
        let meeting = Meeting(of: 2)
        let summary = await execute(try runPlan(["alone": [], "b": ["alone"], "c": ["alone"]])) { node, _, _ in
            if node != "alone" { await meeting.attend() }
            return NodeResult()
        }
        #expect(summary.peakMemory ?? 0 > 0)
        #expect(summary["alone"]?.peakMemory ?? 0 > 0)
        #expect(summary["alone"]?.cpu != nil)
        #expect(summary["b"]?.cpu == nil)
        #expect(summary["c"]?.cpu == nil)
    }
}

/// A place where a number of nodes must be at once before any goes on.
final class Meeting: Sendable {
    private struct State {
        var present = 0
        var most = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
        var onlookers: [CheckedContinuation<Void, Never>] = []
        var hasBegun = false
    }

    private let size: Int
    private let state = Mutex(State())

    init(of size: Int) { self.size = size }

    var mostAtOnce: Int { state.withLock { $0.most } }

    /// Waits until all are there.
    func attend() async {
        await withCheckedContinuation { continuation in
            let released = state.withLock { state -> [CheckedContinuation<Void, Never>] in
                state.present += 1
                state.most = max(state.most, state.present)
                state.waiting.append(continuation)
                guard state.waiting.count == size else { return [] }
                defer { (state.waiting, state.onlookers, state.hasBegun) = ([], [], true) }
                return state.waiting + state.onlookers
            }
            for continuation in released { continuation.resume() }
        }
        state.withLock { $0.present -= 1 }
    }

    /// Waits until all were there for the first time.
    func begun() async {
        await withCheckedContinuation { continuation in
            let hasBegun = state.withLock { state in
                if !state.hasBegun { state.onlookers.append(continuation) }
                return state.hasBegun
            }
            if hasBegun { continuation.resume() }
        }
    }
}
