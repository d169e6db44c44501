/// A package's `.dbtignore`: files that are as if they were not there, in the language of `.gitignore`.
struct IgnoreRules: Sendable {
    private struct Rule: Sendable {
        let glob: [[UInt8]]
        /// Whether it takes back what rules before it said.
        let isNegated: Bool
        /// Whether the pattern begins at the package's folder, and not at any depth.
        let isAnchored: Bool
        /// Whether it means folders alone.
        let isFolder: Bool
    }

    private var rules: [Rule] = []

    /// The rules of a folder; none where it has no such file.
    init(of folder: String) {
        guard let bytes = FileBytes.read(folder + "/.dbtignore") else { return }
        for line in bytes.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) { add(Array(line)) }
    }

    /// Whether nothing is ignored.
    var isEmpty: Bool { rules.isEmpty }

    private mutating func add(_ written: [UInt8]) {
        var line = written
        while line.last == 0x20, line.dropLast().last != UInt8(ascii: "\\") { line.removeLast() }
        guard let first = line.first, first != UInt8(ascii: "#") else { return }
        let isNegated = first == UInt8(ascii: "!")
        if isNegated { line.removeFirst() }
        let isFolder = line.last == UInt8(ascii: "/")
        if isFolder { line.removeLast() }
        let isAnchored = line.contains(UInt8(ascii: "/"))
        let parts = line.split(separator: UInt8(ascii: "/")).map { Array($0) }
        guard !parts.isEmpty else { return }
        rules.append(Rule(glob: parts, isNegated: isNegated, isAnchored: isAnchored, isFolder: isFolder))
    }

    /// Whether a file is passed over; its path starts at the package's folder.
    func ignores(_ path: String) -> Bool {
        guard !isEmpty else { return false }
        let parts = path.utf8.split(separator: UInt8(ascii: "/")).map { Array($0) }
        var isIgnored = false
        // The last rule that speaks of a file or of a folder around it counts.
        for rule in rules where rule.isNegated == isIgnored && Self.speaks(rule, of: parts) {
            isIgnored = !rule.isNegated
        }
        return isIgnored
    }

    private static func speaks(_ rule: Rule, of path: [[UInt8]]) -> Bool {
        let longest = rule.isFolder ? path.count - 1 : path.count
        guard longest > 0 else { return false }
        let starts = rule.isAnchored ? 0..<1 : 0..<longest
        for start in starts {
            for end in (start + 1)...longest where matches(rule.glob[...], path[start..<end]) { return true }
        }
        return false
    }

    /// `**` stands for any number of folders.
    private static func matches(_ glob: ArraySlice<[UInt8]>, _ path: ArraySlice<[UInt8]>) -> Bool {
        guard let first = glob.first else { return path.isEmpty }
        if first == Array("**".utf8) {
            if glob.count == 1 { return !path.isEmpty }
            return (0...path.count).contains { matches(glob.dropFirst(), path.dropFirst($0)) }
        }
        guard let name = path.first, matchesName(first[...], name[...]) else { return false }
        return matches(glob.dropFirst(), path.dropFirst())
    }

    private static func matchesName(_ glob: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool {
        guard let first = glob.first else { return name.isEmpty }
        switch first {
        case UInt8(ascii: "*"): return (0...name.count).contains { matchesName(glob.dropFirst(), name.dropFirst($0)) }
        case UInt8(ascii: "?"): return !name.isEmpty && matchesName(glob.dropFirst(), name.dropFirst())
        case UInt8(ascii: "["):
            guard let end = glob.dropFirst(2).firstIndex(of: UInt8(ascii: "]")), let byte = name.first else {
                return false
            }
            let set = glob[(glob.startIndex + 1)..<end]
            return contains(set, byte) && matchesName(glob[(end + 1)...], name.dropFirst())
        case UInt8(ascii: "\\") where glob.count > 1:
            let wanted = glob.dropFirst()
            return name.first == wanted.first && matchesName(wanted.dropFirst(), name.dropFirst())
        default: return name.first == first && matchesName(glob.dropFirst(), name.dropFirst())
        }
    }

    /// `[a-z]`, `[!abc]`.
    private static func contains(_ set: ArraySlice<UInt8>, _ byte: UInt8) -> Bool {
        let isExcluding = set.first == UInt8(ascii: "!") || set.first == UInt8(ascii: "^")
        var rest = isExcluding ? set.dropFirst() : set
        var found = false
        while let low = rest.popFirst() {
            var high = low
            if rest.first == UInt8(ascii: "-"), rest.count > 1 {
                rest.removeFirst()
                high = rest.popFirst() ?? low
            }
            if byte >= low, byte <= high { found = true }
        }
        return found != isExcluding
    }
}
