#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A program that is run to its end for what it does or prints: git, curl, tar.
///
/// Blocks the calling thread.
struct ExternalProgram {
    let name: String
    var environment: [String: String]

    /// What came of it.
    struct Outcome {
        /// The exit code; a signal counts as 128 and its number, as in shells.
        let code: Int32
        let output: String
    }

    /// Runs it and waits; what it prints and complains of is one text.
    func run(_ arguments: [String]) throws(Diagnostic) -> Outcome {
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { throw Diagnostic("there is no pipe for \(name)") }
        var process: pid_t = 0
        let code = spawn([name] + arguments, writing: ends[1], closing: ends[0], into: &process)
        close(ends[1])
        defer { close(ends[0]) }
        guard code == 0 else {
            throw Diagnostic(
                "\(name) cannot be started: \(unsafe String(cString: strerror(code)))",
                hint: "packages of this kind need the program '\(name)'"
            )
        }
        let output = Self.all(of: ends[0])
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) == -1, errno == EINTR {}
        let signal = status & 0x7F
        return Outcome(code: signal == 0 ? (status >> 8) & 0xFF : 128 + signal, output: output)
    }

    private static func all(of file: Int32) -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = unsafe read(file, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }

    private func spawn(
        _ words: [String],
        writing output: Int32,
        closing other: Int32,
        into process: inout pid_t
    ) -> Int32 {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
        #else
            var actions = unsafe posix_spawn_file_actions_t()
        #endif
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, 2)
        unsafe posix_spawn_file_actions_addclose(&actions, other)
        let arguments = unsafe words.map { unsafe strdup($0) }
        let variables = unsafe environment.map { unsafe strdup("\($0.key)=\($0.value)") }
        defer { unsafe (arguments + variables).forEach { unsafe free($0) } }
        return unsafe posix_spawnp(&process, name, &actions, nil, arguments + [nil], variables + [nil])
    }
}
