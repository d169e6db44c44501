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
        let machine =
            files.machine ?? SystemMemory(available: 2_000_000_000, total: 4_000_000_000, limitedBy: "machine")
        return (files.groups + [machine]).min { $0.available < $1.available } ?? machine
    }
}

/// Reads the kernel's own files.
///
/// https://docs.kernel.org/admin-guide/cgroup-v2.html and https://docs.kernel.org/admin-guide/cgroup-v1/memory.html
private struct KernelFiles {
    let root: String

    var machine: SystemMemory? {
        let lines = text("/proc/meminfo")?.split(separator: "\n") ?? []
        func kibibytes(_ key: String) -> Bytes? {
            lines.first { $0.hasPrefix(key + ":") }?.split(whereSeparator: { $0 == " " }).dropFirst().first
                .flatMap { Int64($0) }.map { Bytes($0 * 1024) }
        }
        guard let available = kibibytes("MemAvailable"), let total = kibibytes("MemTotal") else { return nil }
        return SystemMemory(available: available, total: total, limitedBy: "machine")
    }

    /// The limits of the process's own group and of every group around it.
    var groups: [SystemMemory] {
        (text("/proc/self/cgroup") ?? "").split(separator: "\n").flatMap { line -> [SystemMemory] in
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { return [] }
            if parts[0] == "0", parts[1].isEmpty { return limits(version: 2, path: parts[2]) }
            return parts[1].split(separator: ",").contains("memory") ? limits(version: 1, path: parts[2]) : []
        }
    }

    private func limits(version: Int, path: Substring) -> [SystemMemory] {
        let base = version == 2 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory"
        let names =
            version == 2
            ? (limit: "memory.max", used: "memory.current")
            : (limit: "memory.limit_in_bytes", used: "memory.usage_in_bytes")
        return folders(from: path).compactMap { folder in
            guard let limit = number("\(base)\(folder)/\(names.limit)"), limit < Int64.max / 2,
                let used = number("\(base)\(folder)/\(names.used)")
            else { return nil }
            // Cached file pages are given back when memory is asked for.
            let cached = statistic("inactive_file", in: "\(base)\(folder)/memory.stat") ?? 0
            let free = max(0, limit - max(0, used - cached))
            return SystemMemory(available: Bytes(free), total: Bytes(limit), limitedBy: "cgroup v\(version)")
        }
    }

    // For /a/b: /a/b, /a and the top; in a container the top alone is there.
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
