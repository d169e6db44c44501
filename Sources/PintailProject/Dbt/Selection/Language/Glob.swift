/// A name pattern as shells know it: `*`, `?`, `[abc]`, `[!abc]`; letters' case counts.
struct Glob: Hashable, Sendable {
    private enum Part: Hashable, Sendable {
        case any
        case one
        case scalar(Unicode.Scalar)
        case choice([ClosedRange<Unicode.Scalar>], isExcluding: Bool)

        func matches(_ scalar: Unicode.Scalar) -> Bool {
            switch self {
            case .any, .one: true
            case .scalar(let wanted): wanted == scalar
            case .choice(let ranges, let isExcluding): ranges.contains { $0.contains(scalar) } != isExcluding
            }
        }
    }

    private let text: String
    /// `nil` when the pattern is a plain name.
    private let parts: [Part]?
    private let isEverything: Bool

    /// Whether a text has signs that make it a pattern.
    static func isPattern(_ text: some StringProtocol) -> Bool {
        text.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "[") }
    }

    init(_ text: some StringProtocol) {
        self.text = String(text)
        isEverything = text == "*"
        parts = Self.isPattern(text) ? Self.parse(Array(text.unicodeScalars)) : nil
    }

    func matches(_ name: some StringProtocol) -> Bool {
        if isEverything { return true }
        guard let parts else { return text == name }
        return Self.matches(Array(name.unicodeScalars), parts)
    }

    /// Goes back to the last `*` only, which is enough: an earlier one could not match what a later one cannot.
    private static func matches(_ name: [Unicode.Scalar], _ parts: [Part]) -> Bool {
        var (position, part) = (0, 0)
        var star: (part: Int, position: Int)?
        while position < name.count {
            if part < parts.count, parts[part] == .any {
                star = (part, position)
                part += 1
            } else if part < parts.count, parts[part].matches(name[position]) {
                position += 1
                part += 1
            } else if let last = star {
                star = (last.part, last.position + 1)
                (part, position) = (last.part + 1, last.position + 1)
            } else {
                return false
            }
        }
        return parts[part...].allSatisfy { $0 == .any }
    }

    private static func parse(_ scalars: [Unicode.Scalar]) -> [Part] {
        var parts: [Part] = []
        var position = 0
        while position < scalars.count {
            switch scalars[position] {
            case "*": if parts.last != .any { parts.append(.any) }
            case "?": parts.append(.one)
            case "[":
                guard let (choice, end) = choice(scalars, from: position + 1) else { fallthrough }
                parts.append(choice)
                position = end
            default: parts.append(.scalar(scalars[position]))
            }
            position += 1
        }
        return parts
    }

    /// A bracket that is never closed is a plain sign; a `]` right behind the opening one is one of the choices.
    private static func choice(_ scalars: [Unicode.Scalar], from start: Int) -> (Part, Int)? {
        var first = start
        let isExcluding = first < scalars.count && scalars[first] == "!"
        if isExcluding { first += 1 }
        guard first < scalars.count, let end = scalars[(first + 1)...].firstIndex(of: "]") else { return nil }
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        var position = first
        while position < end {
            let low = scalars[position]
            if position + 2 < end, scalars[position + 1] == "-" {
                if low <= scalars[position + 2] { ranges.append(low...scalars[position + 2]) }
                position += 3
            } else {
                ranges.append(low...low)
                position += 1
            }
        }
        return (.choice(ranges, isExcluding: isExcluding), end)
    }
}
