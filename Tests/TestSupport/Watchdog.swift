import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Cleans up after the tests when they end, however they end: even `kill -9` leaves no server and no folder behind.
///
/// A shell waits for the end of a pipe that only this process holds open. What it reads from it are functions, one for
/// each thing to clean up; then it calls them, the latest first.
package enum Watchdog {
    /// A clean-up that can be called off once the test itself has done it.
    package struct Entry: Sendable {
        fileprivate let number: Int

        /// Takes the clean-up back.
        package func cancel() {
            lines.withLock { $0.define(number, as: ":") }
        }
    }

    /// Has the shell run a command after the death of this process.
    package static func onDeath(_ command: String) throws -> Entry {
        try lines.withLock { lines in
            if lines.pipe == nil { lines.pipe = try startShell() }
            lines.count += 1
            lines.define(lines.count, as: command)
            return Entry(number: lines.count)
        }
    }

    private static let lines = Mutex(Lines())

    private struct Lines: ~Copyable {
        var pipe: FileDescriptor?
        var count = 0

        func define(_ number: Int, as command: String) {
            pipe?.write(Array("c\(number)() { \(command)\n}\n".utf8))
        }
    }

    private static let script = """
        eval "$(cat)"
        n=0
        while command -v "c$((n + 1))" >/dev/null; do n=$((n + 1)); done
        while [ "$n" -gt 0 ]; do "c$n"; n=$((n - 1)); done
        """

    private static func startShell() throws -> FileDescriptor {
        let pipe = try Pipe()
        var start = ProcessStart()
        start.use(pipe.read, as: 0)
        // Whoever waits for the tests to close their output must not wait for the shell.
        start.use("/dev/null", O_WRONLY, as: 1)
        start.use("/dev/null", O_WRONLY, as: 2)
        _ = try start.start(["sh", "-c", script], environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"])
        return pipe.write
    }
}

/// Text as one word of a shell command.
package func shellQuoted(_ text: String) -> String {
    "'" + text.replacing("'", with: #"'\''"#) + "'"
}
