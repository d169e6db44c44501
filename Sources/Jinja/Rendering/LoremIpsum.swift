/// Filler text: what `lipsum()` gives, always the same for the same arguments.
enum LoremIpsum {
    private static let words = """
        lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et dolore magna \
        aliqua enim ad minim veniam quis nostrud exercitation ullamco laboris nisi aliquip ex ea commodo consequat
        """.split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init)

    static func call(_ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
        let given = try arguments.bound("generate_lorem_ipsum", "n?", "html?", "min?", "max?")
        let paragraphs = max(0, min(1000, given[0]?.asInteger ?? 5))
        let isHTML = try given[1]?.isTrue ?? true
        let least = max(1, min(10_000, given[2]?.asInteger ?? 20))
        let most = max(least + 1, min(10_001, given[3]?.asInteger ?? 100))
        let texts = (0..<paragraphs).map { paragraph(seed: $0, count: least + ($0 * 37 + 11) % (most - least)) }
        if isHTML { return .markup(texts.map { "<p>\($0)</p>" }.joined(separator: "\n")) }
        return .string(texts.joined(separator: "\n\n"))
    }

    private static func paragraph(seed: Int, count: Int) -> String {
        let chosen = (0..<count).map { words[(seed * 13 + $0 * 7 + $0 * $0 % 5) % words.count] }
        let text = chosen.joined(separator: " ") + "."
        return text.prefix(1).uppercased() + text.dropFirst()
    }
}
