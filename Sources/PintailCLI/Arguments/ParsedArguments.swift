/// A command line taken apart: every value is of its option's shape, every argument that must be there is.
struct ParsedArguments: Hashable, Sendable {
    /// The words that are no options, in order.
    var words: [String] = []
    /// The values of each option that was given, by its name; of a flag none.
    private var values: [String: [String]] = [:]

    /// Notes that an option was given.
    mutating func add(_ value: String?, to option: Option) {
        values[option.name, default: []] += value.map { [$0] } ?? []
    }

    /// Whether an option was given.
    func has(_ option: Option) -> Bool { values[option.name] != nil }

    /// The last value that was given.
    subscript(option: Option) -> String? { values[option.name]?.last }

    /// All values that were given.
    func all(_ option: Option) -> [String] { values[option.name] ?? [] }

    /// The last value as a number.
    func count(_ option: Option) -> Int? { self[option].flatMap { Int($0) } }

    /// The last value as an amount of memory.
    func bytes(_ option: Option) -> Int64? { self[option].flatMap { Self.bytes($0) } }

    /// The last value as a word of an enumeration.
    func choice<Word: RawRepresentable>(_ option: Option, as _: Word.Type = Word.self) -> Word?
    where Word.RawValue == String {
        self[option].flatMap { Word(rawValue: $0) }
    }

    /// All `name=value` pairs; of two for one name the last counts.
    func pairs(_ option: Option) -> [String: String] {
        Dictionary(all(option).compactMap(Self.pair)) { _, last in last }
    }

    /// Takes `name=value` apart.
    static func pair(_ text: String) -> (String, String)? {
        guard let equals = text.firstIndex(of: "="), equals > text.startIndex else { return nil }
        return (String(text[..<equals]), String(text[text.index(after: equals)...]))
    }

    /// Reads `500MB`, `1.5 GB` in powers of 1000 and `2GiB` in powers of 1024; a bare number is bytes.
    static func bytes(_ text: String) -> Int64? {
        let lower = text.lowercased()
        let number = lower.prefix { $0.isNumber || $0 == "." }
        let unit = lower.dropFirst(number.count).drop { $0 == " " }
        let prefixes = ["": 0, "k": 1, "m": 2, "g": 3, "t": 4]
        let isBinary = unit.hasSuffix("ib")
        let prefix = unit.hasSuffix("b") ? unit.dropLast(isBinary ? 2 : 1) : unit
        guard let value = Double(number), let power = prefixes[String(prefix)] else { return nil }
        let bytes = (0..<power).reduce(value) { product, _ in product * (isBinary ? 1024 : 1000) }
        return bytes >= 1 && bytes < 9e18 ? Int64(bytes) : nil
    }
}
