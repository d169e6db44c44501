import FoundationEssentials
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A folder for the time of one command, for work that belongs to no project.
package final class ScratchFolder: Sendable {
    private static let prefix = "pintail-scratch-"
    private static let count = Atomic(0)

    /// The folder.
    package let path: String

    /// Makes the folder among the system's temporary ones, with `label` in its name, and removes those of killed processes.
    package init(_ label: String = "") throws {
        let parent = ProcessInfo.processInfo.environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        Self.sweep(parent)
        let number = Self.count.add(1, ordering: .relaxed).newValue
        path = "\(parent)/\(Self.prefix)\(getpid())-\(number)" + (label.isEmpty ? "" : "-" + label)
        // What a process of the same number has left must not be read as this one's.
        try? FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
    }

    // What cannot be removed is left to the system, which empties its temporary folders.
    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Removes this user's folders whose process is no more: a killed copy may have left gigabytes.
    private static func sweep(_ parent: String) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
        for name in names where name.hasPrefix(prefix) {
            let number = name.dropFirst(prefix.count).prefix { $0.isNumber }
            guard let process = Int32(number), process > 0, kill(process, 0) == -1, errno == ESRCH else { continue }
            // Another user's folder cannot be removed, and need not be.
            try? FileManager.default.removeItem(atPath: parent + "/" + name)
        }
    }
}
