import PintailEngine
import PintailOrchestrator
import PintailProject

/// Keeps a run from starting while the databases that it fills lack migrations.
struct MigrationGate: Sendable {
    let project: Project
    /// Whether what is pending is applied, instead of the run being refused.
    let applies: Bool
    /// How long to wait for another process that has the project's own database open.
    let patience: Patience

    /// Lets the run pass, or says what it lacks.
    ///
    /// - Throws: `StepError` with the command to run; `MigrationFailure`.
    func pass(_ select: [String], _ console: Console) async throws {
        // A project without migrations is not planned twice.
        guard try !PendingMigrations(of: project).all.isEmpty else { return }
        let plan = try await project.plan(selecting: select)
        let pending = try PendingMigrations(of: project, for: plan.migratedDatabases)
        for folder in pending.all {
            let ask = { @Sendable in try await pending.history(of: folder, patience: patience) }
            // The project's own database has no server to come back, and its other users are waited for already.
            let history = try await folder.database == .duckDB ? ask() : patiently(plan, console, ask)
            if history.isBehind, applies {
                let report = MigrateReport(console, project: project, asJSON: false)
                _ = try await Migrator(folder, in: project, patience: patience, onEvent: report.tell).up()
            } else if let complaint = history.complaint {
                guard history.isBehind else {
                    console.warn(complaint.message + "; " + complaint.hint)
                    continue
                }
                let isPending = history.records.allSatisfy { $0.state == .applied || $0.state == .pending }
                throw StepError(
                    complaint.message,
                    hint: complaint.hint + (isPending ? ", 'pintail run --migrate' does so first" : ""),
                    dataState: "nothing was started"
                )
            }
        }
    }

    /// Trouble with a connection is waited out as the pipelines' retries say.
    private func patiently<Answer: Sendable>(
        _ plan: Plan,
        _ console: Console,
        _ ask: @Sendable () async throws -> Answer
    ) async throws -> Answer {
        let retries = plan.retries.values.max { $0.attempts < $1.attempts } ?? Retries()
        let policy = RetryPolicy(attempts: retries.attempts, initial: retries.backoff)
        var attempt = 1
        while true {
            do {
                return try await ask()
            } catch {
                let failure = NodeFailure(error)
                let random = Double.random(in: 0..<1)
                let decision = policy.decide(about: failure, attempt: attempt, random: random)
                guard case .retry(let delay) = decision else { throw error }
                console.warn("a server is waited for: \(failure.message)")
                try await Task.sleep(for: delay)
                attempt += 1
            }
        }
    }
}
