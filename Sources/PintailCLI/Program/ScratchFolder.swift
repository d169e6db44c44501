import FoundationEssentials

/// A folder for the time of one command, for work that belongs to no project.
final class ScratchFolder: Sendable {
    let path: String

    /// Makes the folder among the system's temporary ones, with `label` in its name.
    init(_ label: String = "") throws {
        let parent = environment("TMPDIR") ?? "/tmp"
        let ending = label.isEmpty ? "" : "-" + label
        path = "\(parent)/pintail-\(ProcessInfo.processInfo.processIdentifier)\(ending)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    // What cannot be removed is left to the system, which empties its temporary folders.
    deinit { try? FileManager.default.removeItem(atPath: path) }
}
