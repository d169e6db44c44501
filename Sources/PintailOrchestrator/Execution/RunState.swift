/// What a run does next, decided without doing it.
///
/// The executor reports what happened and carries out the actions it is given, in order. A node that waits for its next
/// attempt holds no place among the running ones. After `cancel` or `timeUp` nothing starts; what still runs ends by its
/// own report.
struct RunState {
    /// What the executor has to do.
    enum Action: Hashable {
        case start(NodeID, attempt: Int)
        /// Report the failed attempt, and say `backoffElapsed` when the time has passed.
        case backOff(NodeID, attempt: Int, after: Duration, NodeFailure)
        /// The node has ended and will not be heard of again.
        case finish(NodeID, NodeStatus, attempts: Int)
        case skip(NodeID, SkipReason)
        /// Report the node as tried and failed, though it was not started.
        case refuse(NodeID, NodeFailure)
        /// Cancel every running node and every wait.
        case stopEverything
        case end(RunStatus)
    }

    private enum Step: Hashable {
        case waiting(dependencies: Int)
        case ready(attempt: Int)
        case running(attempt: Int)
        case backingOff(attempt: Int)
        case ended
    }

    private enum Stop: Hashable {
        case cancelled, timedOut
    }

    private let graph: DAG<NodeID>
    private let limit: Int
    private let policy: (NodeID) -> RetryPolicy
    private let places: [NodeID: Int]
    private var steps: [NodeID: Step]
    private var ready: ReadyQueue
    private var running = 0
    private var left: Int
    private var hasFailure = false
    private var stop: Stop?

    /// Looks after the nodes of `graph`, at most `limit` of them running at once.
    init(_ graph: DAG<NodeID>, limit: Int, policy: @escaping (NodeID) -> RetryPolicy) {
        self.graph = graph
        self.limit = max(1, limit)
        self.policy = policy
        places = Dictionary(uniqueKeysWithValues: zip(graph.nodes, graph.nodes.indices))
        steps = [:]
        var free: [Int] = []
        for (place, node) in graph.nodes.enumerated() {
            let dependencies = graph.dependencies(of: node).count
            steps[node] = dependencies == 0 ? .ready(attempt: 1) : .waiting(dependencies: dependencies)
            if dependencies == 0 { free.append(place) }
        }
        ready = ReadyQueue(free)
        left = graph.nodes.count
    }

    /// Some nodes are known to fail: they, what is held back for them and what depends on either ends here.
    mutating func refuse(_ refusals: Refusals) -> [Action] {
        var actions: [Action] = []
        for node in graph.topologicalOrder {
            guard let failure = refusals.failures[node] else { continue }
            hasFailure = true
            conclude(node)
            actions.append(.refuse(node, failure))
        }
        for node in graph.topologicalOrder where steps[node] != .ended {
            guard let culprit = refusals.heldBack[node] else { continue }
            conclude(node)
            actions.append(.skip(node, .otherRefused(culprit)))
        }
        let ended = graph.topologicalOrder.filter { steps[$0] == .ended }
        return actions + ended.flatMap { skipDescendants(of: $0) }
    }

    /// The run begins.
    mutating func begin() -> [Action] { startReady() + endIfDone() }

    /// The running attempt of `node` did its work; also after a stop, when the work was done before the stop arrived.
    mutating func nodeSucceeded(_ node: NodeID) -> [Action] {
        let attempt = endAttempt(of: node)
        conclude(node)
        for dependent in graph.dependents(of: node) {
            guard case .waiting(let dependencies) = steps[dependent] else { continue }
            if dependencies == 1 {
                enqueue(dependent, attempt: 1)
            } else {
                steps[dependent] = .waiting(dependencies: dependencies - 1)
            }
        }
        return [.finish(node, .succeeded, attempts: attempt)] + startReady() + endIfDone()
    }

    /// The running attempt of `node` failed.
    mutating func nodeFailed(_ node: NodeID, _ failure: NodeFailure, random: Double) -> [Action] {
        let attempt = endAttempt(of: node)
        if stop == nil, case .retry(let delay) = policy(node).decide(about: failure, attempt: attempt, random: random) {
            steps[node] = .backingOff(attempt: attempt + 1)
            return [.backOff(node, attempt: attempt, after: delay, failure)] + startReady()
        }
        hasFailure = true
        conclude(node)
        let skips = skipDescendants(of: node)
        return [.finish(node, .failed(failure), attempts: attempt)] + skips + startReady() + endIfDone()
    }

    /// The running attempt of `node` ended because everything was stopped.
    mutating func nodeStopped(_ node: NodeID) -> [Action] {
        precondition(stop != nil, "\(node) was stopped, but nobody asked for it")
        let attempt = endAttempt(of: node)
        conclude(node)
        return [.finish(node, .cancelled, attempts: attempt)] + endIfDone()
    }

    /// The wait before the next attempt of `node` is over; of no interest after a stop.
    mutating func backoffElapsed(_ node: NodeID) -> [Action] {
        guard case .backingOff(let attempt) = steps[node] else { return [] }
        enqueue(node, attempt: attempt)
        return startReady()
    }

    /// Somebody wants the run to stop: what runs is cancelled, what waits is too.
    mutating func cancel() -> [Action] {
        guard stop == nil, left > 0 else { return [] }
        stop = .cancelled
        let ended = endIdle().map { Action.finish($0.node, .cancelled, attempts: $0.attempts) }
        return [.stopEverything] + ended + endIfDone()
    }

    /// The time of the whole run is up: what runs is stopped and fails, what waits is skipped.
    mutating func timeUp(_ failure: NodeFailure) -> [Action] {
        guard stop == nil, left > 0 else { return [] }
        stop = .timedOut
        hasFailure = true
        let ended = endIdle().map { node, attempts in
            attempts == 0 ? Action.skip(node, .runTimedOut) : .finish(node, .failed(failure), attempts: attempts)
        }
        return [.stopEverything] + ended + endIfDone()
    }
}

extension RunState {
    /// Whether everything was stopped because the run ran out of time.
    var isTimedOut: Bool { stop == .timedOut }

    private mutating func startReady() -> [Action] {
        var actions: [Action] = []
        while stop == nil, running < limit, let place = ready.popFirst() {
            let node = graph.nodes[place]
            guard case .ready(let attempt) = steps[node] else { continue }
            steps[node] = .running(attempt: attempt)
            running += 1
            actions.append(.start(node, attempt: attempt))
        }
        return actions
    }

    private mutating func enqueue(_ node: NodeID, attempt: Int) {
        guard let place = places[node] else { preconditionFailure("\(node) is not part of the run") }
        steps[node] = .ready(attempt: attempt)
        ready.insert(place)
    }

    private mutating func endAttempt(of node: NodeID) -> Int {
        guard case .running(let attempt) = steps[node] else { preconditionFailure("\(node) reported without running") }
        running -= 1
        return attempt
    }

    private mutating func conclude(_ node: NodeID) {
        steps[node] = .ended
        left -= 1
    }

    private mutating func skipDescendants(of node: NodeID) -> [Action] {
        let waiting = graph.descendants(of: node).filter { steps[$0] != .ended }
        for descendant in waiting { conclude(descendant) }
        return waiting.map { .skip($0, .upstreamFailed(node)) }
    }

    /// Ends every node that does not run, in topological order, and says how often each was tried.
    private mutating func endIdle() -> [(node: NodeID, attempts: Int)] {
        var ended: [(node: NodeID, attempts: Int)] = []
        for node in graph.topologicalOrder {
            switch steps[node] {
            case .waiting: ended.append((node, 0))
            case .ready(let next), .backingOff(let next): ended.append((node, next - 1))
            case .running, .ended, nil: continue
            }
            conclude(node)
        }
        ready.removeAll()
        return ended
    }

    private func endIfDone() -> [Action] {
        if left > 0 { return [] }
        if stop == .cancelled { return [.end(.cancelled)] }
        return [.end(hasFailure ? .failed : .succeeded)]
    }
}
