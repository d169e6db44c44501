/// A pattern for paths: `*`, `?`, `[a-z]`, `{csv,tsv}` and `**` for any number of folders.
struct GlobPattern: Hashable {
    /// The patterns that the braces stand for, by path component.
    private let alternatives: [[Substring]]

    init(_ pattern: String) {
        alternatives = Self.expanded(Substring(pattern)).map {
            $0.split(separator: "/", omittingEmptySubsequences: true).map { Substring(String($0)) }
        }
    }

    /// Whether a path means a pattern, not one file.
    static func isPattern(_ path: String) -> Bool {
        path.utf8.contains {
            $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "{")
        }
    }

    /// The matching files at or under `root`, sorted; `list` gives a folder's entries.
    func matches(from root: String, list: (String) -> [(name: String, isDirectory: Bool)]) -> [String] {
        var found: Set<String> = []
        for components in alternatives { collect(components[...], in: root, list, &found) }
        return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private func collect(
        _ components: ArraySlice<Substring>,
        in folder: String,
        _ list: (String) -> [(name: String, isDirectory: Bool)],
        _ found: inout Set<String>
    ) {
        guard let first = components.first else { return }
        let rest = components.dropFirst()
        let base = folder == "/" ? "/" : folder + "/"
        if first == ".." || first == "." { return collect(rest, in: base + first, list, &found) }
        if first == "**", !rest.isEmpty { collect(rest, in: folder, list, &found) }
        for entry in list(folder) {
            let isHidden = entry.name.utf8.first == UInt8(ascii: ".") && first.utf8.first != UInt8(ascii: ".")
            if isHidden { continue }
            if first == "**" {
                if entry.isDirectory { collect(components, in: base + entry.name, list, &found) }
                if rest.isEmpty, !entry.isDirectory { found.insert(base + entry.name) }
            } else if Self.matches(Array(first.unicodeScalars)[...], Array(entry.name.unicodeScalars)[...]) {
                if rest.isEmpty {
                    if !entry.isDirectory { found.insert(base + entry.name) }
                } else if entry.isDirectory {
                    collect(rest, in: base + entry.name, list, &found)
                }
            }
        }
    }

    /// Whether one component fits, without looking across a slash.
    static func matches(_ pattern: ArraySlice<Unicode.Scalar>, _ name: ArraySlice<Unicode.Scalar>) -> Bool {
        guard let first = pattern.first else { return name.isEmpty }
        let rest = pattern.dropFirst()
        switch first {
        case "*":
            let rest = pattern.drop { $0 == "*" }
            if rest.isEmpty { return true }
            return name.indices.contains { matches(rest, name[$0...]) }
        case "?": return !name.isEmpty && matches(rest, name.dropFirst())
        case "[":
            guard let scalar = name.first, let set = CharacterSet(pattern) else { break }
            return set.contains(scalar) && matches(pattern[set.end...], name.dropFirst())
        default: break
        }
        return name.first == first && matches(rest, name.dropFirst())
    }

    /// `[abc]`, `[a-z]`, `[!abc]`.
    private struct CharacterSet {
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        var isNegated = false
        var end: Int

        init?(_ pattern: ArraySlice<Unicode.Scalar>) {
            var index = pattern.startIndex + 1
            if index < pattern.endIndex, pattern[index] == "!" || pattern[index] == "^" {
                isNegated = true
                index += 1
            }
            let first = index
            while index < pattern.endIndex, pattern[index] != "]" || index == first {
                let from = pattern[index]
                if index + 2 < pattern.endIndex, pattern[index + 1] == "-", pattern[index + 2] != "]" {
                    if from <= pattern[index + 2] { ranges.append(from...pattern[index + 2]) }
                    index += 3
                } else {
                    ranges.append(from...from)
                    index += 1
                }
            }
            guard index < pattern.endIndex else { return nil }
            end = index + 1
        }

        func contains(_ scalar: Unicode.Scalar) -> Bool { ranges.contains { $0.contains(scalar) } != isNegated }
    }

    /// `a{b,c}d` as `abd` and `acd`.
    static func expanded(_ pattern: Substring) -> [String] {
        guard let open = pattern.firstIndex(of: "{") else { return [String(pattern)] }
        var depth = 0
        var parts: [Substring] = []
        var start = pattern.index(after: open)
        for index in pattern[open...].indices {
            switch pattern[index] {
            case "{": depth += 1
            case ",", "}":
                if depth == 1 {
                    parts.append(pattern[start..<index])
                    start = pattern.index(after: index)
                }
                if pattern[index] == "}" { depth -= 1 }
            default: break
            }
            if depth == 0 {
                let tails = expanded(pattern[pattern.index(after: index)...])
                return parts.flatMap { expanded($0) }.flatMap { part in tails.map { pattern[..<open] + part + $0 } }
                    .map { String($0) }
            }
        }
        return [String(pattern)]
    }
}
