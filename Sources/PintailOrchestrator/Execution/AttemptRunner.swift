/// Runs single attempts of nodes: measures them, and stops those that take too long.
struct AttemptRunner<Runner: NodeRunner, RunClock: Clock>: Sendable where RunClock.Duration == Duration {
    /// How an attempt ended, and what it took.
    struct Report: Sendable {
        let ending: Ending
        let elapsed: Duration
        let usage: UsageMeter.Reading?
    }

    /// How an attempt ended.
    enum Ending: Sendable {
        case succeeded(NodeResult)
        case failed(NodeFailure)
        /// The task was cancelled; the failure is what the node said, when that was more than "cancelled".
        case stopped(NodeFailure?)
    }

    let plan: RunPlan
    let runner: Runner
    let clock: RunClock
    let relay: EventRelay
    let meter: UsageMeter

    /// Runs one attempt to its end, whatever that is.
    func run(_ node: NodeID, attempt: Int) async -> Report {
        let start = clock.now
        meter.begin(node)
        let ending = await attemptWithTimeout(node, attempt)
        return Report(ending: ending, elapsed: start.duration(to: clock.now), usage: meter.end(node))
    }

    /// Waits; false when the wait was cancelled.
    func wait(_ duration: Duration) async -> Bool {
        do {
            try await clock.sleep(for: duration)
            return true
        } catch {
            return false
        }
    }

    private func attemptWithTimeout(_ node: NodeID, _ attempt: Int) async -> Ending {
        guard let limit = plan.policy(for: node).timeout else { return await self.attempt(node, attempt) }
        return await withTaskGroup(of: Ending?.self) { group in
            group.addTask { await self.attempt(node, attempt) }
            // nil: the time is up, or the wait was cancelled along with the attempt.
            group.addTask {
                _ = await wait(limit); return nil
            }
            var isLate = false
            while let event = await group.next() {
                guard let ending = event else {
                    isLate = !Task.isCancelled
                    group.cancelAll()
                    continue
                }
                group.cancelAll()
                // Work that was done before the stop arrived stays done.
                guard isLate, case .stopped(let failure) = ending else { return ending }
                return .failed(NodeFailure(NodeTimeoutError(limit: limit, stopped: failure)))
            }
            preconditionFailure("the attempt of \(node) never ended")
        }
    }

    private func attempt(_ node: NodeID, _ attempt: Int) async -> Ending {
        let began = clock.now
        let clock = clock
        let reporter = NodeReporter(for: node, uptime: { began.duration(to: clock.now) }, to: relay.post)
        do {
            return .succeeded(try await runner.run(node, attempt: attempt, reporting: reporter))
        } catch is CancellationError {
            return Task.isCancelled ? .stopped(nil) : .failed(NodeFailure(message: "the node cancelled itself"))
        } catch {
            let failure = NodeFailure(error)
            return Task.isCancelled ? .stopped(failure) : .failed(failure)
        }
    }
}
