#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What the file system tells of a file without reading it: whether it is the one that was read before.
struct FileStamp: Equatable, Sendable {
    /// In bytes; -1 where there is no file.
    private(set) var size: Int64 = -1
    private(set) var inode: UInt64 = 0
    /// In nanoseconds since 1970.
    private(set) var modified: Int64 = 0
    /// When anything about it changed, its name among that; nobody can set it back.
    private(set) var changed: Int64 = 0

    /// Of a file that is not there.
    static let none = FileStamp()

    private init() {}

    init(size: Int64, inode: UInt64, modified: Int64, changed: Int64) {
        (self.size, self.inode, self.modified, self.changed) = (size, inode, modified, changed)
    }

    init(of path: String) {
        var facts = stat()
        if unsafe stat(path, &facts) == 0 { self.init(facts) } else { self.init() }
    }

    init(ofOpen descriptor: Int32) {
        var facts = stat()
        if unsafe fstat(descriptor, &facts) == 0 { self.init(facts) } else { self.init() }
    }

    private init(_ facts: stat) {
        size = Int64(facts.st_size)
        inode = UInt64(facts.st_ino)
        #if canImport(Darwin)
            (modified, changed) = (Self.nanoseconds(facts.st_mtimespec), Self.nanoseconds(facts.st_ctimespec))
        #else
            (modified, changed) = (Self.nanoseconds(facts.st_mtim), Self.nanoseconds(facts.st_ctim))
        #endif
    }

    private static func nanoseconds(_ time: timespec) -> Int64 {
        Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// The time that stamps are made of.
    static func now() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return nanoseconds(time)
    }

    /// Whether a file that is changed from `time` on is sure to get another stamp.
    ///
    /// Stamps are as coarse as the kernel's tick, 10 ms at most; where they show whole seconds alone, as old as two of them.
    func isSettled(before time: Int64) -> Bool {
        guard size >= 0 else { return true }
        let isCoarse = changed % 1_000_000_000 == 0 || modified % 1_000_000_000 == 0
        return max(changed, modified) < time - (isCoarse ? 2_100_000_000 : 20_000_000)
    }

    /// Of the program that runs: another one may read projects otherwise.
    static func ofProgram() -> FileStamp {
        #if canImport(Darwin)
            FileStamp(of: unsafe _dyld_get_image_name(0).map { unsafe String(cString: $0) } ?? "")
        #else
            FileStamp(of: "/proc/self/exe")
        #endif
    }
}
