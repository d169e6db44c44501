/// One run under way: carries out what ``RunState`` decides.
struct RunExecution<Runner: NodeRunner, RunClock: Clock> where RunClock.Duration == Duration {
    private enum Occurrence: Sendable {
        case attemptEnded(NodeID, AttemptRunner<Runner, RunClock>.Report)
        case backoffElapsed(NodeID)
        case timeUp
        /// A wait was cancelled: nothing happened.
        case nothing
    }

    private(set) var outcomes: [NodeID: NodeOutcome] = [:]
    private let plan: RunPlan
    private let attempts: AttemptRunner<Runner, RunClock>
    private let random: @Sendable () -> Double
    private let refusals: Refusals
    private var state: RunState
    private var reports: [NodeID: AttemptRunner<Runner, RunClock>.Report] = [:]
    private var status: RunStatus?

    init(
        plan: RunPlan,
        limit: Int,
        attempts: AttemptRunner<Runner, RunClock>,
        refusals: Refusals,
        random: @escaping @Sendable () -> Double
    ) {
        self.plan = plan
        self.attempts = attempts
        self.random = random
        self.refusals = refusals
        state = RunState(plan.graph, limit: limit) { plan.policy(for: $0).retry }
    }

    /// Runs until every node has ended.
    mutating func run() async -> RunStatus {
        await withTaskGroup(of: Occurrence.self) { group in
            if let timeout = plan.timeout {
                group.addTask { [attempts] in await attempts.wait(timeout) ? .timeUp : .nothing }
            }
            if !Task.isCancelled { perform(state.refuse(refusals), in: &group) }
            perform(Task.isCancelled ? state.cancel() : state.begin(), in: &group)
            while status == nil, let occurrence = await group.next() {
                // Cancelling marks this task before its children, so this is known before their reports are judged.
                if Task.isCancelled { perform(state.cancel(), in: &group) }
                perform(decide(about: occurrence), in: &group)
            }
            group.cancelAll()
        }
        guard let status else { preconditionFailure("run \(plan.run) stopped before its nodes had ended") }
        return status
    }

    private var timeUp: NodeFailure {
        NodeFailure(NodeTimeoutError(limit: plan.timeout ?? .zero, stopped: nil))
    }

    private mutating func decide(about occurrence: Occurrence) -> [RunState.Action] {
        switch occurrence {
        case .nothing: return []
        case .timeUp: return state.timeUp(timeUp)
        case .backoffElapsed(let node): return state.backoffElapsed(node)
        case .attemptEnded(let node, let report):
            reports[node] = report
            return decide(about: report.ending, of: node)
        }
    }

    private mutating func decide(
        about ending: AttemptRunner<Runner, RunClock>.Ending,
        of node: NodeID
    ) -> [RunState.Action] {
        switch ending {
        case .succeeded: return state.nodeSucceeded(node)
        case .failed(let failure): return state.nodeFailed(node, failure, random: random())
        case .stopped(let failure) where state.isTimedOut:
            let limit = plan.timeout ?? .zero
            let late = NodeFailure(NodeTimeoutError(limit: limit, stopped: failure))
            return state.nodeFailed(node, late, random: 0)
        case .stopped(let failure):
            // Engines report an interrupt in their own words; what they say of the data must not be lost.
            if let failure, let dataState = failure.dataState {
                attempts.relay.post(.message(node, level: .info, text: "cancelled: \(dataState)"))
            }
            return state.nodeStopped(node)
        }
    }

    private mutating func perform(_ actions: [RunState.Action], in group: inout TaskGroup<Occurrence>) {
        for action in actions {
            switch action {
            case .start(let node, let attempt): start(node, attempt, in: &group)
            case .backOff(let node, let attempt, let delay, let failure):
                attempts.relay.post(.nodeRetrying(node, attempt: attempt, after: delay, failure))
                group.addTask { [attempts] in await attempts.wait(delay) ? .backoffElapsed(node) : .nothing }
            case .finish(let node, let status, let count): finish(node, status, attempts: count)
            case .skip(let node, let reason): skip(node, reason)
            case .refuse(let node, let failure):
                attempts.relay.post(.nodeStarted(node, kind: plan.kind(of: node), attempt: 1))
                finish(node, .failed(failure), attempts: 1)
            case .stopEverything: group.cancelAll()
            case .end(let status): self.status = status
            }
        }
    }

    private func start(_ node: NodeID, _ attempt: Int, in group: inout TaskGroup<Occurrence>) {
        attempts.relay.post(.nodeStarted(node, kind: plan.kind(of: node), attempt: attempt))
        group.addTask { [attempts] in .attemptEnded(node, await attempts.run(node, attempt: attempt)) }
    }

    private mutating func finish(_ node: NodeID, _ status: NodeStatus, attempts count: Int) {
        let report = reports.removeValue(forKey: node)
        var result: NodeResult?
        if status == .succeeded, case .succeeded(let made) = report?.ending { result = made }
        let outcome = NodeOutcome(
            node: node,
            kind: plan.kind(of: node),
            status: status,
            result: result,
            attempts: count,
            elapsed: report?.elapsed ?? .zero,
            peakMemory: report?.usage?.peakMemory,
            cpu: report?.usage.flatMap { $0.isShared ? nil : $0.cpu }
        )
        outcomes[node] = outcome
        attempts.relay.post(.nodeFinished(outcome))
    }

    private mutating func skip(_ node: NodeID, _ reason: SkipReason) {
        outcomes[node] = NodeOutcome(node: node, kind: plan.kind(of: node), status: .skipped(reason), attempts: 0)
        attempts.relay.post(.nodeSkipped(node, because: reason))
    }
}
