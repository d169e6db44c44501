import PintailOrchestrator
import Postgres
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Tells for whom a load waits, when the server makes it wait for a lock.
struct LockWatch: Sendable {
    private let load: LoadCanceller
    private let server: ConnectionParameters

    /// Most loads are over by then, or have waited for nobody.
    private static let patience = Duration.seconds(3)

    init(of load: LoadCanceller, at server: ConnectionParameters) {
        self.load = load
        self.server = server
    }

    /// Runs `body`, and tells each wait once.
    func telling<Result: Sendable>(
        _ reporter: NodeReporter,
        _ body: @Sendable () async throws -> Result
    ) async throws -> Result {
        try await telling({ reporter.message("waits for \($0)") }, body)
    }

    /// Runs `body`, and tells each wait once, in words that follow "waits for".
    func telling<Result: Sendable>(
        _ tell: @escaping @Sendable (String) -> Void,
        _ body: @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await watch(tell) }
            defer { group.cancelAll() }
            return try await body()
        }
    }

    private func watch(_ tell: @escaping @Sendable (String) -> Void) async {
        let isOver = Mutex(false)
        await withTaskCancellationHandler {
            // Most of the time this ends with the load, which waits for nothing here.
            guard (try? await Task.sleep(for: Self.patience)) != nil else { return }
            // A server that takes no further connection, or is gone, is the load's to tell.
            try? await offPool { [load, server] in
                try Self.watch(load, at: server, tell, isOver: { isOver.withLock(\.self) })
            }
        } onCancel: {
            isOver.withLock { $0 = true }
        }
    }

    private static func watch(
        _ load: LoadCanceller,
        at server: ConnectionParameters,
        _ tell: (String) -> Void,
        isOver: @escaping @Sendable () -> Bool
    ) throws {
        var told: Set<String> = []
        let waits = try LockWaits(of: load, over: server, isOver: isOver)
        repeat {
            for wait in try waits.now() where told.insert(wait).inserted { tell(wait) }
        } while wait(isOver)
    }

    /// Whether the load is still under way a little later.
    private static func wait(_ isOver: () -> Bool) -> Bool {
        let end = ContinuousClock.now + patience
        while ContinuousClock.now < end {
            if isOver() { return false }
            usleep(20_000)
        }
        return true
    }
}
