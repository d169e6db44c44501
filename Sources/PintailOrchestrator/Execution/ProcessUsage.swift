#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What this process uses of its machine, as the kernel counts it.
package enum ProcessUsage {
    /// Processor time of all threads since the process began, to the microsecond.
    static var cpu: Duration {
        // POSIX fixes CLOCKS_PER_SEC at a million.
        .microseconds(Int64(clock()))
    }

    #if os(Linux)
        /// Memory resident now; nil where the kernel does not say.
        package static var residentMemory: Bytes? {
            // Second field, in pages: https://man7.org/linux/man-pages/man5/proc_pid_statm.5.html
            guard let text = SmallFile.read("/proc/self/statm") else { return nil }
            // By bytes, as it is read twice for every node: characters take ten times as long.
            let fields = text.utf8.split(separator: UInt8(ascii: " "))
            guard fields.count > 1, let pages = Int64(String(fields[1]) ?? "") else { return nil }
            return Bytes(pages * Int64(sysconf(Int32(_SC_PAGESIZE))))
        }

        /// The most memory that was ever resident; nil where the kernel does not say.
        static var highWaterMark: Bytes? {
            // ru_maxrss survives exec: it is what the parent of this process once held, until this one holds more.
            let most = maximum
            return most > inherited ? most : written
        }

        /// What was the most when it was first asked for, where it may be another process's.
        private static let inherited: Bytes = {
            let most = maximum
            return most == written ? Bytes(0) : most
        }()

        #if canImport(Glibc)
            private static let own = RUSAGE_SELF.rawValue
        #else
            private static let own = RUSAGE_SELF
        #endif

        private static var maximum: Bytes {
            var usage = rusage()
            // It fails for no process that asks for itself.
            return unsafe getrusage(own, &usage) == 0 ? Bytes(Int64(usage.ru_maxrss) * 1024) : Bytes(0)
        }

        /// As the kernel writes it; that takes as long as a small query.
        private static var written: Bytes? {
            guard let text = SmallFile.read("/proc/self/status"),
                let line = text.utf8.split(separator: 0x0A).first(where: { $0.starts(with: "VmHWM:".utf8) })
            else { return nil }
            let digits = line.drop { !(0x30...0x39).contains($0) }.prefix { (0x30...0x39).contains($0) }
            return Int64(String(digits) ?? "").map { Bytes($0 * 1024) }
        }
    #else
        /// Memory resident now; nil where the kernel does not say.
        package static var residentMemory: Bytes? {
            var usage = rusage_info_v4()
            let status = unsafe withUnsafeMutablePointer(to: &usage) { pointer in
                unsafe pointer.withMemoryRebound(to: rusage_info_t?.self, capacity: 1) {
                    unsafe proc_pid_rusage(getpid(), RUSAGE_INFO_V4, $0)
                }
            }
            return status == 0 ? Bytes(usage.ri_resident_size) : nil
        }

        /// The most memory that was ever resident.
        static var highWaterMark: Bytes? {
            var usage = rusage()
            return unsafe getrusage(RUSAGE_SELF, &usage) == 0 ? Bytes(usage.ru_maxrss) : nil
        }
    #endif
}
