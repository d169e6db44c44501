#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A process that is not mistaken for a later one with the same number.
package struct ProcessIdentity: Hashable, Sendable {
    /// The number that the kernel gave it.
    package let id: Int32
    /// When it began, in words that only its own machine, since its last boot, gives again.
    package let started: String

    /// Takes up what was written down about a process.
    package init(id: Int32, started: String) {
        self.id = id
        self.started = started
    }

    /// Looks a process up; nil when no such process runs.
    package init?(running id: Int32) {
        guard id > 0, let started = Self.start(of: id) else { return nil }
        self.init(id: id, started: started)
    }

    /// This process.
    package static var current: ProcessIdentity {
        ProcessIdentity(running: getpid()) ?? ProcessIdentity(id: getpid(), started: "")
    }

    /// Whether this very process still runs.
    package var isRunning: Bool { ProcessIdentity(running: id) == self }

    #if os(Linux)
        private static func start(of id: Int32) -> String? {
            // Fields 3 (state) and 22 (start, in ticks since boot) of https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html;
            // they are counted from the last parenthesis because the name before it may hold anything.
            guard let text = SmallFile.read("/proc/\(id)/stat"), let name = text.lastIndex(of: ")") else { return nil }
            let fields = text[name...].split(separator: " ")
            guard fields.count > 20, fields[1] != "Z", fields[1] != "X" else { return nil }
            let boot = SmallFile.read("/proc/sys/kernel/random/boot_id")?.prefix { $0 != "\n" } ?? ""
            return "\(boot)/\(fields[20])"
        }
    #else
        private static func start(of id: Int32) -> String? {
            var found = proc_bsdinfo()
            let size = Int32(MemoryLayout<proc_bsdinfo>.size)
            guard unsafe proc_pidinfo(id, PROC_PIDTBSDINFO, 0, &found, size) == size, found.pbi_status != SZOMB else {
                return nil
            }
            return "\(found.pbi_start_tvsec).\(found.pbi_start_tvusec)"
        }
    #endif
}
