import FoundationEssentials
package import PintailOrchestrator

/// What memory the machine, or the container the process lives in, can give.
package struct SystemMemory: Hashable, Sendable {
    /// What could be taken now without pushing anybody out.
    package let available: Bytes
    /// All there is.
    package let total: Bytes
    /// What sets the limit: `machine`, `cgroup v2`, `cgroup v1`.
    package let limitedBy: String

    /// States what memory there is.
    package init(available: Bytes, total: Bytes, limitedBy: String) {
        self.available = available
        self.total = total
        self.limitedBy = limitedBy
    }

    /// Asks the kernel: the least of what the machine has and what every control group above the process allows.
    ///
    /// - Parameter root: where `/proc` and `/sys` are found; another folder in tests.
    package static func now(root: String = "") -> SystemMemory {
        let files = KernelFiles(root: root)
        let machine = files.machine ?? unmeasured
        return (files.groups + [machine]).min { $0.available < $1.available } ?? machine
    }

    /// Where there is no `/proc`, half of what is built in is taken to be free.
    private static var unmeasured: SystemMemory {
        let total = Bytes(ProcessInfo.processInfo.physicalMemory)
        return SystemMemory(available: Bytes(total.count / 2), total: total, limitedBy: "machine")
    }
}

/// Reads the kernel's own files.
///
/// https://docs.kernel.org/admin-guide/cgroup-v2.html and https://docs.kernel.org/admin-guide/cgroup-v1/memory.html
private struct KernelFiles {
    let root: String

    var machine: SystemMemory? {
        let lines = text("/proc/meminfo")?.split(separator: "\n") ?? []
        func bytes(_ key: String) -> Int64? {
            lines.first { $0.hasPrefix(key + ":") }?.split(separator: " ").dropFirst().first
                .flatMap { Int64($0) }.map { $0 * 1024 }
        }
        // Kernels before 3.14 and some sandboxes do not estimate what is available.
        let estimated = bytes("MemFree").map { $0 + (bytes("Cached") ?? 0) }
        guard let total = bytes("MemTotal"), let available = bytes("MemAvailable") ?? estimated else { return nil }
        return SystemMemory(available: Bytes(min(available, total)), total: Bytes(total), limitedBy: "machine")
    }

    /// The limits of the process's own group and of every group around it.
    var groups: [SystemMemory] {
        (text("/proc/self/cgroup") ?? "").split(separator: "\n").flatMap { line -> [SystemMemory] in
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { return [] }
            if parts[0] == "0", parts[1].isEmpty { return limits(.version2, path: parts[2]) }
            return parts[1].split(separator: ",").contains("memory") ? limits(.version1, path: parts[2]) : []
        }
    }

    private func limits(_ hierarchy: Hierarchy, path: Substring) -> [SystemMemory] {
        folders(from: path).compactMap { folder in
            let group = hierarchy.base + folder
            let limit = hierarchy.limits.compactMap { number("\(group)/\($0)") }.min()
            // Version 1 writes "no limit" as the greatest number of pages that fits.
            guard let limit, limit < Int64.max / 2 else { return nil }
            let used = number("\(group)/\(hierarchy.usage)") ?? 0
            // Cached file pages that nobody reads are given back when memory is asked for.
            let cached = statistic(hierarchy.cache, in: "\(group)/memory.stat") ?? 0
            let free = max(0, limit - max(0, used - cached))
            return SystemMemory(available: Bytes(free), total: Bytes(limit), limitedBy: hierarchy.name)
        }
    }

    /// The group's own folder and those around it, up to the top; in a container the top alone is there.
    private func folders(from path: Substring) -> [Substring] {
        var folders: [Substring] = []
        var path = path == "/" ? "" : path
        while !path.isEmpty {
            folders.append(path)
            path = path.lastIndex(of: "/").map { path[..<$0] } ?? ""
        }
        return folders + [""]
    }

    private func number(_ path: String) -> Int64? {
        text(path).flatMap { Int64($0.split(separator: "\n").first ?? "") }
    }

    private func statistic(_ key: String, in path: String) -> Int64? {
        text(path)?.split(separator: "\n").first { $0.hasPrefix(key + " ") }?.split(separator: " ").last
            .flatMap { Int64($0) }
    }

    private func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: root + path).map { String(decoding: $0, as: UTF8.self) }
    }
}

/// Where a version of control groups keeps its numbers.
private struct Hierarchy {
    let name: String
    let base: String
    /// The least of these counts; what says `max` does not.
    let limits: [String]
    let usage: String
    /// What `memory.stat` calls file pages of this group and those below.
    let cache: String

    /// Above `memory.high` a group is not killed but slowed down until it is of no use.
    static let version2 = Hierarchy(
        name: "cgroup v2",
        base: "/sys/fs/cgroup",
        limits: ["memory.max", "memory.high"],
        usage: "memory.current",
        cache: "inactive_file"
    )

    static let version1 = Hierarchy(
        name: "cgroup v1",
        base: "/sys/fs/cgroup/memory",
        limits: ["memory.limit_in_bytes"],
        usage: "memory.usage_in_bytes",
        cache: "total_inactive_file"
    )
}
