/// A file or folder of the project, or a pattern of them: `*` stays in its folder, `**` goes through all below.
struct PathPattern: Sendable {
    private let parts: [Part]
    /// The whole path, when nothing in it is a pattern.
    private let plain: String?

    private enum Part: Sendable {
        case name(Glob)
        case folders
    }

    init(_ written: String) {
        let names = written.split(separator: "/").filter { $0 != "." }
        parts = names.map { $0 == "**" ? .folders : .name(Glob($0)) }
        plain = Glob.isPattern(written) ? nil : names.joined(separator: "/")
    }

    /// Whether the path is meant, or lies in a folder that is.
    func covers(_ path: String) -> Bool {
        if let plain {
            if plain.isEmpty || path == plain { return true }
            return path.utf8.count > plain.utf8.count && path.hasPrefix(plain)
                && path.utf8.dropFirst(plain.utf8.count).first == UInt8(ascii: "/")
        }
        return covers(path.split(separator: "/")[...], parts[...])
    }

    private func covers(_ names: ArraySlice<Substring>, _ parts: ArraySlice<Part>) -> Bool {
        guard let part = parts.first else { return true }
        switch part {
        case .folders:
            return names.indices.contains { covers(names[$0...], parts.dropFirst()) }
        case .name(let glob):
            guard let name = names.first, glob.matches(name) else { return false }
            return covers(names.dropFirst(), parts.dropFirst())
        }
    }
}
