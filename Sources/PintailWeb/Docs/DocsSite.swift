import Drawing

/// The documentation of a project: what there is, how it hangs together, and a page for each of it.
package struct DocsSite: Sendable {
    /// The project's name.
    let project: String
    /// When the artifacts were written.
    let generatedAt: String
    /// When the run was whose verdicts are shown.
    let ranAt: String?
    /// By kind and name.
    let entries: [DocsEntry]
    private let byID: [String: Int]
    private let children: [String: [String]]

    /// The order in which kinds are listed.
    static let kinds = ["model", "source", "seed", "snapshot", "exposure", "metric", "analysis"]

    /// Takes what is documented.
    package init(project: String, generatedAt: String, ranAt: String? = nil, entries: [DocsEntry]) {
        self.project = project
        self.generatedAt = generatedAt
        self.ranAt = ranAt
        func rank(_ entry: DocsEntry) -> Int { Self.kinds.firstIndex(of: entry.kind) ?? Self.kinds.count }
        self.entries = entries.sorted { (rank($0), $0.name, $0.id) < (rank($1), $1.name, $1.id) }
        byID = Dictionary(self.entries.enumerated().map { ($1.id, $0) }) { first, _ in first }
        var children: [String: [String]] = [:]
        for entry in self.entries { for parent in entry.parents { children[parent, default: []].append(entry.id) } }
        self.children = children
    }

    subscript(id: String) -> DocsEntry? { byID[id].map { entries[$0] } }

    /// What reads an entry, by id.
    func readers(of id: String) -> [String] { children[id] ?? [] }

    /// An entry with all that it comes from and all that comes from it; nearest first, no more than `most`.
    func relatives(of id: String, most: Int) -> (ids: [String], isWhole: Bool) {
        var found = [id]
        var seen: Set = [id]
        var (up, down) = ([id], [id])
        while !up.isEmpty || !down.isEmpty {
            up = up.flatMap { self[$0]?.parents ?? [] }.filter { self[$0] != nil && seen.insert($0).inserted }
            down = down.flatMap { readers(of: $0) }.filter { seen.insert($0).inserted }
            if found.count + up.count + down.count > most { return (found, false) }
            found += up + down
        }
        return (found, true)
    }

    /// The graph of some entries.
    func graph(of ids: [String], focus: String? = nil, title: String) -> Markup {
        // Sources first and by name: the same graph for the same project.
        let shown = ids.sorted { (byID[$0] ?? 0) < (byID[$1] ?? 0) }
        let places = Dictionary(shown.enumerated().map { ($1, $0) }) { first, _ in first }
        let boxes = shown.compactMap { id in
            self[id].map { GraphDrawing.Box($0.name, kind: $0.kind, link: Self.link(id), isFocus: id == focus) }
        }
        let edges = shown.enumerated().flatMap { index, id in
            (self[id]?.parents ?? []).compactMap { parent in places[parent].map { (from: $0, to: index) } }
        }
        return GraphDrawing(title, boxes: boxes, edges: edges).svg
    }

    /// Where an entry's page lies.
    static func link(_ id: String) -> String {
        "/node/"
            + id.utf8.map { byte in
                let isPlain = byte > 0x20 && byte < 0x7F && !"%?#/\"<>\\^`{|}".utf8.contains(byte)
                let hex = String(byte, radix: 16, uppercase: true)
                return isPlain ? String(UnicodeScalar(byte)) : "%" + (hex.count == 1 ? "0" : "") + hex
            }.joined()
    }

    /// Entries that a text is about: in the name first, then in columns, then in what is said of them.
    func search(_ text: String) -> [DocsEntry] {
        let words = text.lowercased().split(separator: " ")
        guard !words.isEmpty else { return [] }
        let ranked = entries.compactMap { entry -> (Int, DocsEntry)? in
            let name = entry.name.lowercased()
            let columns = entry.columns.map(\.name).joined(separator: " ").lowercased()
            let rest = ([entry.description, entry.path] + entry.tags + entry.columns.map(\.description))
                .joined(separator: " ").lowercased()
            guard words.allSatisfy({ name.contains($0) || columns.contains($0) || rest.contains($0) }) else {
                return nil
            }
            if words.allSatisfy({ name.contains($0) }) { return (name.hasPrefix(words[0]) ? 0 : 1, entry) }
            return (words.allSatisfy { name.contains($0) || columns.contains($0) } ? 2 : 3, entry)
        }
        return ranked.enumerated().sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }.map(\.element.1)
    }
}
