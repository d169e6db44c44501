import FoundationEssentials
import PintailOrchestrator

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The disk that holds a project: whether it can be written, and what is free on it.
struct Disk {
    /// Below this a load of any size is likely to fill the disk.
    private static let leastFree: Bytes = 1_000_000_000

    let folder: String

    var findings: [Finding] { [writing, space] }

    private var writing: Finding {
        let file = folder + "/.pintail-doctor-\(getpid())"
        do {
            try Data().write(to: URL(filePath: file), options: .withoutOverwriting)
            try FileManager.default.removeItem(atPath: file)
            return .ok("folder", "\(folder) can be written")
        } catch {
            return .fail(
                "folder",
                "\(folder) cannot be written",
                mend: "make it writable for this user: chmod u+w \(folder)"
            )
        }
    }

    private var space: Finding {
        var facts = statvfs()
        guard unsafe statvfs(folder, &facts) == 0 else {
            return .warn("disk", "cannot tell how much is free", mend: nil)
        }
        let free = Bytes(UInt64(facts.f_bavail) * UInt64(facts.f_frsize))
        let text = "\(free) free"
        return free < Self.leastFree
            ? .warn("disk", text, mend: "free some: DuckDB spills there what does not fit into memory")
            : .ok("disk", text)
    }
}
