#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file system so small that a test can fill it: how a full disk is met.
///
/// It is memory mounted as a disk. Where that fails, making one throws: a test that wants to be passed over for users
/// who may not mount says so with `.enabled(if: TinyDisk.isPermitted)`.
package final class TinyDisk: Sendable {
    /// Whether this user may mount a disk: root on Linux.
    package static var isPermitted: Bool {
        #if os(Linux)
            geteuid() == 0
        #else
            false
        #endif
    }

    /// The folder it is mounted at.
    package let path: String

    private let folder: TemporaryDirectory
    private let watch: Watchdog.Entry

    /// Makes a disk that holds so many bytes.
    package init(bytes: Int) async throws {
        let folder = try TemporaryDirectory()
        let mount = ["-t", "tmpfs", "-o", "size=\(bytes),mode=0777", "tmpfs", folder.path]
        let mounted = try await run("mount", mount)
        guard mounted.exitCode == 0 else {
            throw FixtureError("a full disk is tested on a mount, which needs root on Linux: \(mounted.standardError)")
        }
        self.folder = folder
        path = folder.path
        watch = try Watchdog.onDeath("umount -l \(shellQuoted(folder.path))")
    }

    /// From now on nobody can write to it.
    package func becomeReadOnly() async throws {
        let mounted = try await run("mount", ["-o", "remount,ro", path])
        guard mounted.exitCode == 0 else { throw FixtureError("it stays writable: \(mounted.standardError)") }
    }

    deinit {
        #if os(Linux)
            // Even when something still has a file open: the disk then goes with its last user.
            _ = unsafe umount2(path, Int32(MNT_DETACH))
        #endif
        watch.cancel()
    }

    /// Fills what is left, but for so many bytes.
    package func fill(leaving bytes: Int = 0) async throws {
        let free = try await mustRun("df", ["--output=avail", "-B1", path])
        guard let available = free.split(whereSeparator: \.isWhitespace).last.flatMap({ Int($0) }) else {
            throw FixtureError("df does not tell how much is free: \(free)")
        }
        try await mustRun("fallocate", ["-l", "\(max(1, available - bytes))", "\(path)/filling"])
    }

    /// Frees what ``fill(leaving:)`` took.
    package func free() async throws {
        try await mustRun("rm", ["-f", "\(path)/filling"])
    }
}
