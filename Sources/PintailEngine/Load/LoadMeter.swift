import DuckDB
import PintailOrchestrator
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How far a load has come, told by what can be seen of it from outside while DuckDB is busy.
final class LoadMeter: Sendable {
    private struct State {
        var phase = "checking"
        var draft: String?
        var totalRows: RowCount?
        var rows: RowCount?
        var bytes: Bytes?
    }

    private let state = Mutex(State())

    /// Reports several times a second while `body` runs.
    static func watch<Result: Sendable>(
        _ environment: StepEnvironment,
        _ body: @Sendable (LoadMeter) async throws -> Result
    ) async throws -> Result {
        let meter = LoadMeter()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while !Task.isCancelled {
                    environment.reporter.progress(meter.reading(of: environment.session))
                    // Woken early only by the end of the load.
                    try? await Task.sleep(for: .milliseconds(200))
                }
            }
            defer { group.cancelAll() }
            return try await body(meter)
        }
    }

    /// Says what is being done, and on what file.
    func begins(_ phase: String, draft: String? = nil, totalRows: Int? = nil) {
        state.withLock { state in
            state.phase = phase
            state.draft = draft
            state.totalRows = totalRows.map { RowCount($0) }
        }
    }

    /// Says how much was done, where it is counted.
    func has(rows: Int, bytes: Int) {
        state.withLock { state in
            state.rows = RowCount(rows)
            state.bytes = Bytes(bytes)
        }
    }

    /// What is being done.
    var phase: String { state.withLock(\.phase) }

    /// The bytes that were counted.
    var bytes: Bytes? { state.withLock(\.bytes) }

    private func reading(of session: Session) -> NodeProgress {
        let state = state.withLock(\.self)
        let guessed = state.totalRows.map { Int64(Double($0.count) * (session.progress ?? 0)) }
        return NodeProgress(
            rows: state.rows ?? RowCount(guessed ?? 0),
            totalRows: state.totalRows,
            bytes: state.bytes ?? state.draft.flatMap(Self.size),
            phase: state.phase
        )
    }

    private static func size(of path: String) -> Bytes? {
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Bytes(status.st_size)
    }
}
