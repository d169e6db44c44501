import Dispatch
import Synchronization

/// Takes events from any thread without blocking it, and gives them to sinks in order, on a thread of its own.
///
/// Bounded: progress that no sink has seen yet is replaced by newer progress of its node, and of messages no more than
/// `messageLimit` wait at a time; what is dropped is counted and said.
final class EventRelay: Sendable {
    /// A sink that writes each line to a slow disk is this far behind before lines are lost.
    static let messageLimit = 10_000

    fileprivate struct Backlog {
        var events: [RunEvent] = []
        var waitingMessages = 0
        var droppedMessages = 0
        var isDraining = false
    }

    private let run: RunID
    private let sinks: [any RunEventSink]
    private let now: @Sendable () -> Timestamp
    private let queue = DispatchQueue(label: "pintail.events")
    private let backlog = Mutex(Backlog())
    /// Sinks that have failed, by their place.
    private let failed = Mutex<Set<Int>>([])

    init(run: RunID, sinks: [any RunEventSink], now: @escaping @Sendable () -> Timestamp) {
        self.run = run
        self.sinks = sinks
        self.now = now
    }

    /// Takes an event; its time is now.
    func post(_ what: RunEvent.What) {
        let event = RunEvent(run: run, at: now(), what)
        let mustDrain = backlog.withLock { backlog in
            guard backlog.take(event) else { return false }
            defer { backlog.isDraining = true }
            return !backlog.isDraining
        }
        if mustDrain { queue.async { self.drain() } }
    }

    /// Returns when every event posted before has been given to every sink.
    func flush() async {
        await withCheckedContinuation { continuation in
            queue.async {
                self.drain()
                continuation.resume()
            }
        }
    }

    private func drain() {
        while true {
            let (events, dropped) = backlog.withLock { $0.takeAll() }
            if events.isEmpty { return }
            for event in events { deliver(event) }
            if dropped > 0 { deliver(warning("\(dropped) messages came too fast and were dropped")) }
        }
    }

    private func deliver(_ event: RunEvent) {
        for (place, sink) in sinks.enumerated() {
            do {
                try sink.receive(event)
            } catch {
                reportOnce(error, of: place)
            }
        }
    }

    /// Tells the other sinks that one failed, the first time it does.
    private func reportOnce(_ error: any Error, of place: Int) {
        guard failed.withLock({ $0.insert(place).inserted }) else { return }
        let reason = NodeFailure(error)
        let text = ["\(sinks[place].name) is incomplete for this run: \(reason.message)", reason.hint]
        let event = warning(text.compactMap(\.self).joined(separator: "; "))
        for (other, sink) in sinks.enumerated() where other != place {
            do {
                try sink.receive(event)
            } catch {
                reportOnce(error, of: other)
            }
        }
    }

    private func warning(_ text: String) -> RunEvent {
        RunEvent(run: run, at: now(), .message(nil, level: .warning, text: text))
    }
}

extension EventRelay.Backlog {
    /// Adds an event; false when it was dropped.
    fileprivate mutating func take(_ event: RunEvent) -> Bool {
        switch event.what {
        case .nodeProgress(let node, _):
            // Only the newest event of the node may be replaced: progress must not overtake what came in between.
            let newest = events.lastIndex { $0.node == node }
            if let newest, case .nodeProgress = events[newest].what {
                events[newest] = event
                return true
            }
        case .message:
            guard waitingMessages < EventRelay.messageLimit else {
                droppedMessages += 1
                return false
            }
            waitingMessages += 1
        default: break
        }
        events.append(event)
        return true
    }

    /// Empties the backlog; without events the draining is over.
    fileprivate mutating func takeAll() -> (events: [RunEvent], droppedMessages: Int) {
        defer {
            isDraining = !events.isEmpty
            events = []
            waitingMessages = 0
            droppedMessages = 0
        }
        return (events, droppedMessages)
    }
}
