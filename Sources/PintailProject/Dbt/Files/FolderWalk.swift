#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The files under a folder, found without asking for each file's kind where the file system tells it.
enum FolderWalk {
    /// Paths relative to `folder`, sorted; those that begin with `.`, `#` or `~` are passed over, as dbt does.
    static func files(in folder: String) -> [String] {
        var found: [String] = []
        walk(folder, prefix: "", depth: 0, into: &found)
        return found.sorted()
    }

    /// The names of everything in a folder, sorted; none when it cannot be read.
    static func names(in folder: String) -> [String] {
        guard let directory = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe self.name(of: entry)
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    private static func name(of entry: UnsafeMutablePointer<dirent>) -> String {
        unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
            unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
        }
    }

    /// Deeper folders are links that lead back.
    private static let deepest = 64

    private static func walk(_ folder: String, prefix: String, depth: Int, into found: inout [String]) {
        guard depth < deepest, let directory = unsafe opendir(folder) else { return }
        defer { unsafe closedir(directory) }
        var folders: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe self.name(of: entry)
            if name == "." || name == ".." { continue }
            let kind = unsafe Int32(entry.pointee.d_type)
            if kind == Int32(DT_DIR) || (kind != Int32(DT_REG) && isFolder(folder + "/" + name)) {
                folders.append(name)
            } else if let first = name.utf8.first, !".#~".utf8.contains(first) {
                found.append(prefix + name)
            }
        }
        for name in folders {
            walk(folder + "/" + name, prefix: prefix + name + "/", depth: depth + 1, into: &found)
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        var facts = stat()
        return unsafe stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
    }
}
