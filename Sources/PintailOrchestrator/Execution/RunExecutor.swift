/// Runs the nodes of a plan: many at once, each after what it depends on, again when that can help.
///
/// A failed node skips everything that depends on it, and everything else goes on. When the task that called `execute` is
/// cancelled, running nodes are cancelled, nothing new starts, and `execute` still returns a summary.
package struct RunExecutor<RunClock: Clock>: Sendable where RunClock.Duration == Duration {
    private let clock: RunClock
    private let now: @Sendable () -> Timestamp
    private let random: @Sendable () -> Double
    private let sinks: [any RunEventSink]
    private let limit: Int

    /// Prepares to run plans.
    ///
    /// - Parameters:
    ///   - clock: measures time, and waits for retries and timeouts.
    ///   - now: the time of day, for events.
    ///   - random: numbers from 0 up to 1, for jitter.
    ///   - limit: how many nodes may run at once.
    ///   - sinks: where events go; each gets every event, in order.
    package init(
        clock: RunClock,
        now: @escaping @Sendable () -> Timestamp = { .now },
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
        limit: Int,
        sinks: [any RunEventSink]
    ) {
        self.clock = clock
        self.now = now
        self.random = random
        self.limit = limit
        self.sinks = sinks
    }

    /// Runs every node of `plan` that can run.
    ///
    /// Returns when the last node has ended and every sink has every event.
    /// - Parameter refusals: what is known against the run: those nodes fail without being started.
    package func execute(
        _ plan: RunPlan,
        with runner: some NodeRunner,
        refusals: Refusals = .none
    ) async -> RunSummary {
        let relay = EventRelay(run: plan.run, sinks: sinks, now: now)
        let meter = UsageMeter()
        let start = clock.now
        meter.begin(nil)
        relay.post(.runStarted(plan.start))
        let attempts = AttemptRunner(plan: plan, runner: runner, clock: clock, relay: relay, meter: meter)
        var execution = RunExecution(plan: plan, limit: limit, attempts: attempts, refusals: refusals, random: random)
        let status = await execution.run()
        let usage = meter.end(nil)
        let summary = RunSummary(
            run: plan.run,
            status: status,
            nodes: plan.graph.topologicalOrder.compactMap { execution.outcomes[$0] },
            elapsed: start.duration(to: clock.now),
            peakMemory: usage?.peakMemory,
            cpu: usage?.cpu
        )
        relay.post(.runFinished(summary))
        await relay.flush()
        return summary
    }
}
