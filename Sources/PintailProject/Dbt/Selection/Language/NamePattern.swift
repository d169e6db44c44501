/// A node's qualified name as `fqn:` and plain words mean it: a name, the beginning of its path, or a pattern.
struct NamePattern: Sendable {
    private let written: String
    private let parts: [Substring]
    /// The parts before the first that is a pattern.
    private let fixed: ArraySlice<Substring>
    /// From there on everything to the end is matched.
    private let rest: Glob?
    /// A pattern without points is also held against a node's own name.
    private let own: Glob?
    private let versioned: String

    init(_ written: String) {
        self.written = written
        parts = written.split(separator: ".", omittingEmptySubsequences: false)
        let isPattern: (Substring) -> Bool = { part in part.utf8.contains { "*?[]".utf8.contains($0) } }
        let start = parts.firstIndex(where: isPattern) ?? parts.count
        fixed = parts[..<start]
        rest = start < parts.count ? Glob(parts[start...].joined(separator: ".")) : nil
        own = start < parts.count && parts.count == 1 ? Glob(written) : nil
        versioned = parts.suffix(2).joined(separator: "_")
    }

    /// The package may be left out.
    func matches(_ node: SelectableNode) -> Bool {
        guard let last = node.fqn.last else { return false }
        let name = node.isVersioned ? node.fqn.dropLast().last ?? last : last
        if name == written || own?.matches(name) == true { return true }
        if node.isVersioned, versioned == name + "_" + last { return true }
        return matches(node.fqn[...]) || matches(node.fqn.dropFirst())
    }

    /// Points in a name part it as folders do.
    private func matches(_ fqn: ArraySlice<String>) -> Bool {
        var flat: [Substring] = []
        for segment in fqn {
            flat += segment.split(separator: ".", omittingEmptySubsequences: false)
            // Most nodes differ in the first part: no need to take the others apart.
            if let wanted = fixed.first, let found = flat.first, wanted != found { return false }
        }
        guard flat.count >= parts.count, flat.starts(with: fixed) else { return false }
        guard let rest else { return true }
        return rest.matches(flat[fixed.count...].joined(separator: "."))
    }
}
