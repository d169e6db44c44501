import Foundation
import PintailOrchestrator
import Synchronization

/// A clock on which every wait is over at once.
final class InstantClock: Clock, Sendable {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private let time = Mutex(Instant(offset: .zero))
    private let slept = Mutex<[Duration]>([])

    var now: Instant { time.withLock { $0 } }
    var minimumResolution: Duration { .nanoseconds(1) }
    /// Every wait that was asked for, in order.
    var waits: [Duration] { slept.withLock { $0 } }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
        let wait = now.duration(to: deadline)
        slept.withLock { $0.append(wait) }
        time.withLock { $0 = max($0, deadline) }
    }
}

/// A runner whose work is a closure.
struct Worker: NodeRunner {
    let work: @Sendable (NodeID, Int, NodeReporter) async throws -> NodeResult

    func run(_ node: NodeID, attempt: Int, reporting reporter: NodeReporter) async throws -> NodeResult {
        try await work(node, attempt, reporter)
    }
}

/// A sink that remembers.
final class EventRecorder: RunEventSink {
    let name = "the recorder"
    private let received = Mutex<[RunEvent]>([])

    func receive(_ event: RunEvent) { received.withLock { $0.append(event) } }

    var events: [RunEvent] { received.withLock { $0 } }
    var names: [String] { events.map { [$0.name, $0.node?.name].compactMap(\.self).joined(separator: " ") } }
    var messages: [String] {
        events.compactMap { if case .message(_, _, let text) = $0.what { text } else { nil } }
    }
}

/// An error that knows whether it passes.
struct Trouble: NodeError, Equatable {
    var message = "connection lost"
    var isTransient = true
}

let someTime = Timestamp(millisecondsSince1970: 1_795_251_912_345)

/// A plan of nodes written as `["a": [], "b": ["a"]]`.
func runPlan(
    _ nodes: KeyValuePairs<NodeID, [NodeID]>,
    run: RunID = "20261121-090512-7f3a",
    policy: RunPlan.Policy = RunPlan.Policy(),
    timeout: Duration? = nil
) throws -> RunPlan {
    let planned = nodes.map { PlannedNode($0.key, kind: .transform, after: $0.value) }
    let start = RunStart(
        pipeline: "articles",
        command: "run articles",
        variables: ["day": "2026-11-21"],
        nodes: planned
    )
    return try RunPlan(run: run, start: start, policy: policy, timeout: timeout)
}

/// Waits in a way that only cancelling ends.
func waitUntilCancelled() async throws -> NodeResult {
    while true { try await Task.sleep(for: .seconds(3600)) }
}

/// A folder that is removed when the value goes away.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "/pintail-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        do { try FileManager.default.removeItem(atPath: path) } catch { print("left behind: \(path): \(error)") }
    }
}
