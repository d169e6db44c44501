#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The signal that ends a process which writes to a pipe nobody reads any more.
enum BrokenPipe {
    /// Runs `body` so that a closed pipe is an error of the write and not the end of the process.
    static func asError(_ body: () throws -> Void) rethrows {
        var signals = sigset_t()
        var before = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SIGPIPE)
        unsafe pthread_sigmask(SIG_BLOCK, &signals, &before)
        defer {
            // One that came meanwhile waits for this thread, and would strike as soon as it may.
            var pending = sigset_t()
            var taken: Int32 = 0
            unsafe sigpending(&pending)
            if unsafe sigismember(&pending, SIGPIPE) == 1 { unsafe sigwait(&signals, &taken) }
            unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
        }
        try body()
    }
}
