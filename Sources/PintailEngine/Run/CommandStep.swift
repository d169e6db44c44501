import Dispatch
import FoundationEssentials
import PintailOrchestrator
import PintailProject
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Runs a program for its side effect, its output going to the log line by line.
struct CommandStep: Sendable {
    let command: Command
    let pipeline: String
    let directory: String

    func run(run: RunID, reporter: NodeReporter) async throws -> NodeResult {
        let text = try filledIn(run: run)
        let child = try ChildProcess(shell: text, directory: directory)
        let status = await withTaskCancellationHandler {
            await child.finish { line in reporter.message(line) }
        } onCancel: {
            child.stop()
        }
        try Task.checkCancellation()
        guard status == 0 else {
            throw StepError(
                "the command ended with \(status < 128 ? "exit code \(status)" : "signal \(status - 128)"): \(command.command)"
            )
        }
        return NodeResult()
    }

    /// Puts facts of the run where the command asks for them.
    private func filledIn(run: RunID) throws -> String {
        let values = ["run.id": String(describing: run), "pipeline": pipeline]
        var text = ""
        var rest = command.command[...]
        while let open = rest.firstRange(of: "{{") {
            guard let close = rest[open.upperBound...].firstRange(of: "}}") else { break }
            let name = rest[open.upperBound..<close.lowerBound].filter { !$0.isWhitespace }
            guard let value = values[name] else {
                throw StepError(
                    "the command asks for '{{ \(name) }}', which is not known",
                    hint: "known are " + values.keys.sorted().map { "{{ \($0) }}" }.joined(separator: ", ")
                )
            }
            text += rest[..<open.lowerBound] + value
            rest = rest[close.upperBound...]
        }
        return text + rest
    }
}

/// A shell command under way, in a process group of its own, so that all it started can be stopped.
private final class ChildProcess: Sendable {
    private let process: pid_t
    private let output: Int32

    init(shell text: String, directory: String) throws {
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { throw Self.failure("no pipe for the command", errno) }
        defer { close(ends[1]) }
        // The shell changes folder itself: not every system's posix_spawn can.
        let arguments = ["/bin/sh", "-c", "cd \"$0\" || exit 126\n" + text, directory]
        var started: pid_t = 0
        let code = Self.spawn(
            arguments,
            reading: "/dev/null",
            writing: ends[1],
            closing: ends[0],
            into: &started
        )
        guard code == 0 else {
            close(ends[0])
            throw Self.failure("the command did not start", code)
        }
        process = started
        output = ends[0]
        RunningCommands.groups.withLock { _ = $0.insert(started) }
    }

    private static func spawn(
        _ arguments: [String],
        reading input: String,
        writing output: Int32,
        closing other: Int32,
        into process: inout pid_t
    ) -> Int32 {
        var actions = unsafe posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawnattr_init(&attributes)
        defer {
            unsafe posix_spawn_file_actions_destroy(&actions)
            unsafe posix_spawnattr_destroy(&attributes)
        }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, 2)
        unsafe posix_spawn_file_actions_addclose(&actions, other)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        let copies = unsafe arguments.map { unsafe strdup($0) }
        defer { unsafe copies.forEach { unsafe free($0) } }
        return unsafe posix_spawn(&process, arguments[0], &actions, &attributes, copies + [nil], environ)
    }

    private static func failure(_ what: String, _ code: Int32) -> StepError {
        StepError("\(what): \(unsafe String(cString: strerror(code)))")
    }

    /// Hands on every line and returns the exit code; a signal counts as 128 and its number, as in shells.
    func finish(_ line: @escaping @Sendable (String) -> Void) async -> Int32 {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "pintail.command").async { [process, output] in
                Self.lines(of: output, line)
                close(output)
                RunningCommands.forget(process)
                var status: Int32 = 0
                while unsafe waitpid(process, &status, 0) == -1, errno == EINTR {}
                let signal = status & 0x7F
                continuation.resume(returning: signal == 0 ? (status >> 8) & 0xFF : 128 + signal)
            }
        }
    }

    /// Asks the command and all it started to end, and ends what has not after a second.
    func stop() {
        RunningCommands.send(SIGTERM, to: process)
        DispatchQueue.global().asyncAfter(deadline: .now() + 1) { [process] in
            RunningCommands.send(SIGKILL, to: process)
        }
    }

    private static func lines(of file: Int32, _ line: (String) -> Void) {
        var pending: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = unsafe read(file, &buffer, buffer.count)
            if count <= 0 { break }
            pending += buffer[..<count]
            while let end = pending.firstIndex(of: 0x0A) {
                line(String(decoding: pending[..<end], as: UTF8.self))
                pending.removeSubrange(...end)
            }
        }
        if !pending.isEmpty { line(String(decoding: pending, as: UTF8.self)) }
    }
}

/// The commands under way: a program that ends without waiting for them ends them too.
package enum RunningCommands {
    fileprivate static let groups = Mutex<Set<pid_t>>([])

    /// Ends every command with all that it has started, at once.
    package static func killAll() {
        groups.withLock { groups in
            for group in groups { kill(-group, SIGKILL) }
        }
    }

    /// Signals a command unless it is known to have ended: its number may by then be another's.
    fileprivate static func send(_ signal: Int32, to group: pid_t) {
        groups.withLock { groups in
            if groups.contains(group) { kill(-group, signal) }
        }
    }

    /// Waits for the command's end, which is left for `waitpid` to take.
    fileprivate static func forget(_ group: pid_t) {
        var end = unsafe siginfo_t()
        while unsafe waitid(P_PID, id_t(group), &end, WEXITED | WNOWAIT) == -1, errno == EINTR {}
        groups.withLock { _ = $0.remove(group) }
    }
}
