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
}
