#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a program is started with.
///
/// Foundation's `Process` would pass on the signals that are blocked on the thread it is started from.
@safe struct ProcessStart: ~Copyable {
    #if canImport(Glibc)
        private var files = unsafe posix_spawn_file_actions_t()
        private var attributes = posix_spawnattr_t()
    #else
        private var files: posix_spawn_file_actions_t?
        private var attributes: posix_spawnattr_t?
    #endif

    init() {
        unsafe posix_spawn_file_actions_init(&files)
        unsafe posix_spawnattr_init(&attributes)
    }

    deinit {
        var (files, attributes) = unsafe (files, attributes)
        unsafe posix_spawn_file_actions_destroy(&files)
        unsafe posix_spawnattr_destroy(&attributes)
    }

    mutating func use(_ file: borrowing FileDescriptor, as number: Int32) {
        unsafe posix_spawn_file_actions_adddup2(&files, file.number, number)
    }

    mutating func use(_ path: String, _ flags: Int32, as number: Int32) {
        unsafe posix_spawn_file_actions_addopen(&files, number, path, flags, 0o600)
    }

    /// Starts the program in a process group of its own, with every signal as a shell would leave it.
    mutating func start(_ words: [String], environment: [String: String]) throws -> pid_t {
        var (none, all) = (sigset_t(), sigset_t())
        unsafe sigemptyset(&none)
        unsafe sigemptyset(&all)
        for number in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGCHLD] { unsafe sigaddset(&all, number) }
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))

        var id: pid_t = 0
        let failure = unsafe withCStrings(words) { arguments in
            unsafe withCStrings(environment.map { "\($0.key)=\($0.value)" }) { environment in
                unsafe posix_spawnp(&id, words[0], &files, &attributes, arguments, environment)
            }
        }
        guard failure == 0 else {
            throw FixtureError("cannot start \(words[0]): \(unsafe String(cString: strerror(failure)))")
        }
        return id
    }
}

/// Lends strings to C as an array of pointers that ends with a null pointer.
private func withCStrings<Result>(
    _ strings: [String],
    _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    let pointers = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: strings.count + 1)
    for (index, string) in strings.enumerated() { unsafe pointers[index] = strdup(string) }
    unsafe pointers[strings.count] = nil
    defer {
        for index in strings.indices { unsafe free(pointers[index]) }
        unsafe pointers.deallocate()
    }
    return unsafe body(pointers)
}
