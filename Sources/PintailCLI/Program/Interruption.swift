import Dispatch
import PintailEngine
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What Ctrl-C, a closed terminal and SIGTERM do: the first cancels the work at hand, the next one ends the process.
///
/// Where no work can be cancelled already the first one ends it.
enum Interruption {
    fileprivate enum Listener {
        case none
        case waiting(@Sendable () -> Void)
        case told
    }

    private static let listener = Mutex(Listener.none)

    /// Takes over the signals; called once, before anything else runs.
    ///
    /// Handlers, not masks or SIG_IGN: programs that a pipeline starts get the system's own behaviour back.
    static func install() {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { return }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        unsafe signalPipe = ends[1]
        let output = ends[0]
        DispatchQueue(label: "pintail.signals").async { listen(to: output) }
        for number in [SIGINT, SIGTERM, SIGHUP] where !isIgnored(number) { handle(number, by: noteSignal) }
        // Writing to a pipe that nobody reads is an error like any other.
        handle(SIGPIPE) { _ in }
    }

    /// Does work that can be cancelled.
    ///
    /// - Parameter onSignal: called when the user wants it to stop, before it is cancelled.
    static func cancelling<Result: Sendable>(
        onSignal: @escaping @Sendable () -> Void,
        _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            let signals = AsyncStream<Void> { continuation in
                listener.withLock { $0 = .waiting { continuation.yield() } }
            }
            defer { listener.withLock { $0 = .none } }
            group.addTask { try await work() }
            group.addTask {
                for await _ in signals { return nil }
                return nil
            }
            while let end = try await group.next() {
                guard let result = end else {
                    if !Task.isCancelled { onSignal() }
                    group.cancelAll()
                    continue
                }
                group.cancelAll()
                return result
            }
            throw CancellationError()
        }
    }

    /// Whether whoever started the process wants it to be deaf to the signal, as `nohup` does.
    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard unsafe sigaction(number, nil, &action) == 0 else { return false }
        #if os(Linux)
            return unsafe action.__sigaction_handler.sa_handler.map { unsafe unsafeBitCast($0, to: Int.self) } == 1
        #else
            return unsafe action.__sigaction_u.__sa_handler.map { unsafe unsafeBitCast($0, to: Int.self) } == 1
        #endif
    }

    private static func handle(_ number: Int32, by handler: @escaping @convention(c) (Int32) -> Void) {
        var action = sigaction()
        #if os(Linux)
            unsafe action.__sigaction_handler.sa_handler = handler
        #else
            unsafe action.__sigaction_u.__sa_handler = handler
        #endif
        // Calls that wait are taken up again: nobody else has to know of signals.
        action.sa_flags = Int32(bitPattern: UInt32(truncatingIfNeeded: SA_RESTART))
        unsafe sigaction(number, &action, nil)
    }

    private static func listen(to output: Int32) {
        var byte: UInt8 = 0
        while true {
            let count = unsafe read(output, &byte, 1)
            if count == 1 { signalled() } else if count == 0 || errno != EINTR { return }
        }
    }

    private static func signalled() {
        let tell = listener.withLock { listener in
            guard case .waiting(let tell) = listener else { return nil as (@Sendable () -> Void)? }
            listener = .told
            return tell
        }
        // Not `exit`: its clean-up would wait for threads that are in the middle of their work.
        guard let tell else {
            RunningCommands.killAll()
            _exit(ExitCode.interrupted.rawValue)
        }
        tell()
    }
}

// Written once, before any handler is installed; then only read.
private nonisolated(unsafe) var signalPipe: Int32 = -1

/// Does what a signal handler may.
///
/// https://man7.org/linux/man-pages/man7/signal-safety.7.html
private func noteSignal(_: Int32) {
    let before = errno
    var byte: UInt8 = 0
    _ = unsafe write(signalPipe, &byte, 1)
    errno = before
}
