import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Folders, made and removed as drafts need them.
enum Folders {
    /// Makes a folder and those above it that are missing.
    ///
    /// - Returns: those that were made, the deepest last.
    static func make(_ path: String) throws(FileProblem) -> [String] {
        var missing: [String] = []
        var folder = path
        var status = stat()
        while unsafe stat(folder, &status) != 0 {
            guard errno == ENOENT, folder != "/", folder != "." else { throw FileProblem(folder) }
            missing.append(folder)
            folder = folder.deletingLastComponent
        }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw FileProblem(folder, code: ENOTDIR) }
        var made: [String] = []
        for folder in missing.reversed() {
            // Another step may be making the same one.
            guard unsafe mkdir(folder, 0o777) == 0 || errno == EEXIST else {
                let problem = FileProblem(folder)
                remove(made)
                throw problem
            }
            made.append(folder)
        }
        return made
    }

    /// Removes folders that were made in vain, unless somebody put something into them.
    static func remove(_ made: [String]) {
        for folder in made.reversed() { unsafe rmdir(folder) }
    }

    /// Removes a file or a folder with all it holds, if it is there.
    static func removeTree(_ path: String) {
        if unsafe unlink(path) == 0 || errno == ENOENT { return }
        // What cannot be removed now is found again as a leftover at the next start.
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The names of what a folder holds; none when it cannot be read.
    static func names(in folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }

    /// The paths of all files below a folder, from it.
    static func files(below folder: String) -> [String] {
        (try? FileManager.default.subpathsOfDirectory(atPath: folder))?.filter { name in
            var status = stat()
            return unsafe lstat("\(folder)/\(name)", &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        } ?? []
    }

    /// Brings all that a folder holds onto the disk.
    ///
    /// - Returns: the bytes of its files.
    static func sync(_ folder: String, shown: String) throws(FileProblem) -> Int {
        var bytes = 0
        for name in files(below: folder) {
            let descriptor = unsafe open("\(folder)/\(name)", O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw FileProblem(shown) }
            defer { close(descriptor) }
            var status = stat()
            guard fsync(descriptor) == 0, unsafe fstat(descriptor, &status) == 0 else { throw FileProblem(shown) }
            bytes += Int(status.st_size)
        }
        syncEntries(folder)
        return bytes
    }

    /// Brings the names a folder holds onto the disk; some disks have no such call, and need none.
    static func syncEntries(_ folder: String) {
        let descriptor = unsafe open(folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}
