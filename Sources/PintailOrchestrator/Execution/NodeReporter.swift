import Synchronization

/// Where a running node says how it is getting on; may be called from any thread, and never blocks.
package struct NodeReporter: Sendable {
    /// The node that reports.
    package let node: NodeID
    private let gate: ProgressGate
    private let post: @Sendable (RunEvent.What) -> Void

    /// Reports to `post`, which must not block; `uptime` is any clock's reading.
    package init(
        for node: NodeID,
        uptime: @escaping @Sendable () -> Duration = NodeReporter.continuousUptime,
        to post: @escaping @Sendable (RunEvent.What) -> Void
    ) {
        self.node = node
        self.post = post
        gate = ProgressGate(uptime: uptime)
    }

    /// A reporter that nobody listens to.
    package static func silent(for node: NodeID) -> NodeReporter { NodeReporter(for: node) { _ in } }

    /// Says how far the node has come.
    ///
    /// May be called as often as is handy: at most ten a second get through, and the first of each phase always does.
    package func progress(_ progress: NodeProgress) {
        if gate.lets(progress) { post(.nodeProgress(node, progress)) }
    }

    /// Adds a line to the node's log.
    package func message(_ text: String, level: RunEvent.MessageLevel = .info) {
        post(.message(node, level: level, text: text))
    }

    /// Reads the clock that goes on while the machine sleeps.
    @Sendable package static func continuousUptime() -> Duration { origin.duration(to: .now) }

    private static let origin = ContinuousClock.now
}

/// Lets progress through at a rate that people can read.
private final class ProgressGate: Sendable {
    /// Ten a second look smooth and cost nothing.
    private static let pause = Duration.milliseconds(100)

    private let uptime: @Sendable () -> Duration
    private let last = Mutex<(at: Duration, phase: String)?>(nil)

    init(uptime: @escaping @Sendable () -> Duration) { self.uptime = uptime }

    func lets(_ progress: NodeProgress) -> Bool {
        let now = uptime()
        return last.withLock { last in
            if let last, last.phase == progress.phase, now - last.at < Self.pause { return false }
            last = (now, progress.phase)
            return true
        }
    }
}
