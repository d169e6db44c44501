import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A program that a test has started: its output can be watched, signals sent to it, its end awaited.
///
/// It is killed with all that it has started when its owner drops it before its end, or when the tests themselves die.
package final class ChildProcess: Sendable {
    /// How a program ended.
    package enum End: Equatable, Sendable {
        /// It exited by itself, with this code.
        case exited(Int32)
        /// This signal ended it.
        case killed(by: Int32)
    }

    /// The process's number.
    package let id: Int32

    private let command: String
    private let output: TemporaryDirectory
    private let input: Mutex<FileDescriptor?>
    private let state: Mutex<State>
    private let watch: Watchdog.Entry

    private struct State {
        var end: End?
        var peakMemory = 0
    }

    /// Starts a program, found on the path unless its name has a slash; what it prints is kept in files until asked for.
    ///
    /// - Parameters:
    ///   - environment: added to the environment of the tests.
    ///   - hasInput: whether ``write(_:)`` will be used; otherwise the program reads nothing.
    package init(
        _ command: String,
        _ arguments: [String] = [],
        environment: [String: String] = [:],
        currentDirectory: String? = nil,
        hasInput: Bool = false
    ) throws {
        let output = try TemporaryDirectory()
        let pipe = try Pipe()
        var start = ProcessStart()
        if hasInput { start.use(pipe.read, as: 0) } else { start.use("/dev/null", O_RDONLY, as: 0) }
        start.use(output.path + "/out", O_CREAT | O_WRONLY | O_APPEND, as: 1)
        start.use(output.path + "/err", O_CREAT | O_WRONLY | O_APPEND, as: 2)
        let inherited = ProcessInfo.processInfo.environment
        // The system's own way to start a program elsewhere hides from Swift in glibc's headers.
        let elsewhere = currentDirectory.map { ["sh", "-c", "cd \(shellQuoted($0)) && exec \"$@\"", "sh"] } ?? []
        let id = try start.start(
            elsewhere + [command] + arguments,
            environment: inherited.merging(environment) { _, added in added }
        )

        self.id = id
        self.command = ([command] + arguments).joined(separator: " ")
        self.output = output
        if hasInput { input = Mutex(pipe.write) } else { input = Mutex(nil) }
        state = Mutex(State())
        watch = try Watchdog.onDeath("kill -s KILL -- -\(id) 2>/dev/null")
        Thread.detachNewThread { [weak self] in
            // While the process runs it is looked at now and then, for its memory; its owner may go away meanwhile.
            while let self, self.isRunning() { usleep(5_000) }
        }
    }

    deinit {
        send(SIGKILL, toAll: true)
        while isRunning() { usleep(1_000) }
        watch.cancel()
    }

    /// What the program has printed so far.
    package var standardOutput: String { printed("out") }

    /// What the program has printed to standard error so far.
    package var standardError: String { printed("err") }

    /// The end of the program, when it has ended.
    package var end: End? { state.withLock { $0.end } }

    /// The most memory that was resident, in bytes, as seen every few milliseconds.
    package var peakMemory: Int { state.withLock { $0.peakMemory } }

    /// Sends a signal to the program, and to all that it has started when asked; nothing happens once it has ended.
    package func send(_ signal: Int32, toAll: Bool = false) {
        state.withLock { state in
            if state.end == nil { _ = kill(toAll ? -id : id, signal) }
        }
    }

    /// Gives the program something to read; blocks while its pipe is full.
    package func write(_ text: String) {
        input.withLock { input in
            _ = input?.write(Array(text.utf8))
        }
    }

    /// Lets the program see the end of its input.
    package func closeInput() {
        input.withLock { $0 = nil }
    }

    /// Waits until the program has ended; past `limit` it is killed and an error is thrown, so that no test hangs.
    package func wait(limit: Duration = .seconds(300)) async throws -> End {
        do {
            try await eventually("'\(command)' has ended", within: limit) { end != nil }
        } catch {
            send(SIGKILL, toAll: true)
            throw FixtureError("\(error)\nit printed:\n\(standardOutput)\n\(standardError)")
        }
        return end ?? .exited(0)
    }

    private func printed(_ name: String) -> String {
        String(decoding: FileManager.default.contents(atPath: "\(output.path)/\(name)") ?? Data(), as: UTF8.self)
    }

    /// Takes note of the process's memory, and of its end when it has come.
    private func isRunning() -> Bool {
        state.withLock { state in
            guard state.end == nil else { return false }
            state.peakMemory = max(state.peakMemory, residentPeak(of: id))
            var status: Int32 = 0
            // Reaped under the lock: nobody can signal a number that the system has given to another process.
            guard unsafe waitpid(id, &status, WNOHANG) == id else { return true }
            let signal = status & 0x7f
            state.end = signal == 0 ? .exited((status >> 8) & 0xff) : .killed(by: signal)
            return false
        }
    }
}

/// The most memory that a process has had resident, in bytes; 0 when the system does not tell.
private func residentPeak(of id: pid_t) -> Int {
    guard let status = try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8),
        let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
        let kibibytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) })
    else { return 0 }
    return kibibytes * 1024
}
