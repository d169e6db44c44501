#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The files of a project: found from its folder, named as the user would type them.
struct ProjectFiles: Sendable {
    /// The project's folder, absolute.
    let root: String

    init(root: String) { self.root = Self.normalized(root) }

    /// An absolute path; relative ones start at the project's folder.
    func absolute(_ path: String) -> String {
        Self.normalized(path.hasPrefix("/") ? path : root + "/" + path)
    }

    /// The path as it is shown: relative to the project where it lies inside.
    func shown(_ path: String) -> String {
        let absolute = absolute(path)
        return absolute.hasPrefix(root + "/") ? String(absolute.dropFirst(root.count + 1)) : absolute
    }

    func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: absolute(path)) }

    /// The names in a folder, sorted; none when it cannot be read.
    func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: absolute(folder))) ?? []).sorted()
    }

    /// A text file's content.
    ///
    /// - Throws: a ``Diagnostic`` that says why it cannot be had, at `location` when another file asked for it.
    func read(_ path: String, askedAt location: SourceLocation? = nil) throws(Diagnostic) -> SourceFile {
        let shown = shown(path)
        let absolute = absolute(path)
        // What is as it should be is read at once; the reasons why something is not are looked for afterwards.
        if let bytes = FileBytes.read(absolute), bytes.count <= ConfigLimits.bytes {
            return try SourceFile.decode(bytes, path: shown)
        }
        var isFolder = false
        guard FileManager.default.fileExists(atPath: absolute, isDirectory: &isFolder) else {
            let folder = Self.folder(of: absolute)
            let name = String(absolute.dropFirst(folder == "/" ? 1 : folder.count + 1))
            throw Diagnostic(
                "the file '\(shown)' does not exist",
                at: location,
                hint: nearest(to: name, among: names(in: folder)).map {
                    "did you mean '\(self.shown(folder + "/" + $0))'?"
                } ?? "relative paths start at the project's folder, \(root)"
            )
        }
        if isFolder {
            throw Diagnostic("'\(shown)' is a folder, not a file", at: location, hint: "move it away, or name a file")
        }
        let attributes = try? FileManager.default.attributesOfItem(atPath: absolute)
        if let size = attributes?[.size] as? UInt64 ?? (attributes?[.size] as? Int).map({ UInt64($0) }),
            size > UInt64(ConfigLimits.bytes)
        {
            throw Diagnostic(
                "'\(shown)' has \(size) bytes, more than a configuration or query can need",
                at: location ?? SourceLocation(file: shown, line: 1, column: 1),
                hint: "is it data? Then name it under 'from:' of an extract step"
            )
        }
        guard let content = FileManager.default.contents(atPath: absolute) else {
            throw Diagnostic("'\(shown)' cannot be read", at: location, hint: "look at its owner and permissions")
        }
        return try SourceFile.decode(Array(content), path: shown)
    }
}

extension ProjectFiles {
    /// The lines of any file, for an excerpt: what is not UTF-8 in it shows as a replacement character.
    func lines(of path: String) -> [[Unicode.Scalar]]? {
        guard let content = FileManager.default.contents(atPath: absolute(path)) else { return nil }
        let bytes = Array(content.prefix(ConfigLimits.bytes))
        let text: String
        if let file = try? SourceFile.decode(bytes, path: path) {
            text = String(decoding: file.bytes, as: UTF8.self)
        } else {
            text = String(decoding: bytes, as: UTF8.self)
        }
        var lines: [[Unicode.Scalar]] = [[]]
        var previous: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            if scalar == "\n" || (previous == "\r" && scalar != "\n") { lines.append([]) }
            if scalar != "\n", scalar != "\r" { lines[lines.count - 1].append(scalar) }
            previous = scalar
        }
        return lines
    }

    /// Without `.`, `..` and doubled slashes; absolute, from the working folder if need be.
    static func normalized(_ path: String) -> String {
        let whole = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        var parts: [Substring] = []
        for part in whole.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }

    /// The folder that holds a path.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return "/" }
        return String(path[..<slash])
    }

    /// The last part of a path.
    static func name(of path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }
}
