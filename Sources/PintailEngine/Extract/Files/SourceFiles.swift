import FoundationEssentials
import PintailOrchestrator
import PintailProject

/// Finds the files that an extract's paths, patterns and folders mean.
struct SourceFiles {
    /// The project's folder, where relative paths start.
    let directory: String
    /// Whether a folder or pattern without files is as good as any.
    var mayBeNone = false

    /// The files in the order written, those of a pattern by name; a file named twice is taken once.
    ///
    /// - Throws: ``StepError`` when a path leads nowhere or to something that cannot be read.
    func find(_ paths: [String]) throws -> [SourceFile] {
        var seen: Set<String> = []
        return try paths.flatMap { try files(for: $0) }.filter { seen.insert($0.path).inserted }
    }

    private func files(for path: String) throws -> [SourceFile] {
        if SourceFile.isRemote(path) { return [SourceFile(path: path, name: path)] }
        let absolute = absolute(path)
        if let status = try? FileStatus(absolute) {
            switch status.kind {
            case .directory: return try folder(absolute, as: path)
            default: return [try file(absolute)]
            }
        }
        guard GlobPattern.isPattern(path) else { throw missing(absolute, as: path) }
        let matches = GlobPattern(String(absolute.dropFirst(root.count))).matches(from: root, list: list)
        guard !matches.isEmpty || mayBeNone else {
            throw StepError(
                "no file matches '\(path)'",
                hint: path.hasPrefix("/") ? nil : "relative paths start at the project's folder, \(directory)"
            )
        }
        return try matches.map { try file($0) }
    }

    private var root: String { "/" }

    /// Every file in a folder, not those in folders below.
    private func folder(_ path: String, as name: String) throws -> [SourceFile] {
        let files = list(path).filter { !$0.isDirectory && $0.name.utf8.first != UInt8(ascii: ".") }
            .map { (path.utf8.last == UInt8(ascii: "/") ? path : path + "/") + $0.name }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        guard !files.isEmpty || mayBeNone else {
            throw StepError("the folder '\(name)' holds no files", hint: "use '\(name)/**' to look into its folders")
        }
        return try files.map { try file($0) }
    }

    private func file(_ path: String) throws -> SourceFile {
        do {
            let status = try FileStatus(path)
            // Opening tells about permissions what the status does not.
            if status.kind == .file { _ = try FileBytes(path) }
            return SourceFile(
                path: path,
                name: name(path),
                size: status.kind == .file ? Bytes(status.size) : nil,
                modified: status.modified,
                isPipe: status.kind == .pipe
            )
        } catch {
            throw StepError("cannot read \(name(path)): \(error.reason)")
        }
    }

    private func missing(_ absolute: String, as path: String) -> StepError {
        let folder = absolute.deletingLastComponent
        let wanted = absolute.dropFirst(folder == "/" ? 1 : folder.count + 1)
        let others = list(folder).map(\.name)
        if let status = try? FileStatus(folder), status.kind == .directory {
            let best = nearest(to: String(wanted), among: others)
            return StepError(
                "there is no file '\(path)'",
                hint: best.map { "did you mean '\(name((folder == "/" ? "" : folder) + "/" + $0))'?" }
                    ?? (absolute == path ? nil : "looked for \(absolute)")
            )
        }
        return StepError("there is no file '\(path)'", hint: "the folder \(folder) does not exist")
    }

    private func absolute(_ path: String) -> String {
        if path.utf8.first == UInt8(ascii: "/") { return path }
        if path.hasPrefix("~/"), let home = ProcessInfo.processInfo.environment["HOME"] {
            return home + path.dropFirst()
        }
        let relative = path.hasPrefix("./") ? path.dropFirst(2) : path[...]
        return directory + "/" + relative
    }

    /// How the user knows a path.
    func name(_ path: String) -> String {
        path.hasPrefix(directory + "/") ? String(path.dropFirst(directory.count + 1)) : path
    }

    private func list(_ folder: String) -> [(name: String, isDirectory: Bool)] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.map { name in
            (name, (try? FileStatus(folder + "/" + name))?.kind == .directory)
        }
    }
}
