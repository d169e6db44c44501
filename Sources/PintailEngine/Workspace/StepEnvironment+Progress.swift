import DuckDB
package import PintailOrchestrator

/// Runs `work` and meanwhile reports how far the session's running statement is.
///
/// DuckDB tells a share of its work; rows and bytes are that share of the totals, where those are known.
/// - Parameter phaseAgain: the phase of a statement that follows one which had come far.
package func withProgress<Result: Sendable>(
    of environment: StepEnvironment,
    phase: String,
    again phaseAgain: String? = nil,
    totalRows: RowCount? = nil,
    totalBytes: Bytes? = nil,
    _ work: @Sendable () async throws -> Result
) async throws -> Result {
    environment.reporter.progress(NodeProgress(totalRows: totalRows, totalBytes: totalBytes, phase: phase))
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            var statement = StatementShare()
            while !Task.isCancelled {
                // Five a second look alive; the reporter itself lets ten through.
                try await Task.sleep(for: .milliseconds(200))
                guard let share = environment.session.progress else { continue }
                statement.advance(to: share)
                environment.reporter.progress(
                    NodeProgress(
                        rows: RowCount(Int64(Double(totalRows?.count ?? 0) * share)),
                        totalRows: totalRows,
                        bytes: totalBytes.map { Bytes(Int64(Double($0.count) * share)) },
                        totalBytes: totalBytes,
                        phase: statement.isAnother ? phaseAgain ?? phase : phase
                    )
                )
            }
        }
        defer { group.cancelAll() }
        return try await work()
    }
}
