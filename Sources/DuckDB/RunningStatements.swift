import Synchronization

/// The statements of a database that are at work, and since when.
package final class RunningStatements: Sendable {
    private struct State {
        var last = 0
        var began: [Int: ContinuousClock.Instant] = [:]
        var hasStreamed = false
    }

    private let state = Mutex(State())

    init() {}

    /// A statement begins; the answer names it to ``end(_:)``.
    func begin(at now: ContinuousClock.Instant = .now) -> Int {
        state.withLock { state in
            state.last += 1
            state.began[state.last] = now
            return state.last
        }
    }

    /// A statement has ended.
    func end(_ number: Int) { state.withLock { $0.began[number] = nil } }

    /// A query was begun whose rows are computed as somebody fetches them.
    func noteStream() { state.withLock { $0.hasStreamed = true } }

    /// Whether one of them takes long: it has run for `duration` by now, or is as long as its reader takes.
    package func takeLong(_ duration: Duration, by now: ContinuousClock.Instant = .now) -> Bool {
        state.withLock { state in
            state.hasStreamed || state.began.values.contains { $0.duration(to: now) >= duration }
        }
    }
}
