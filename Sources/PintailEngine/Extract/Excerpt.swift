/// A value or a line as a message shows it: short, on one line, with nothing invisible in it.
enum Excerpt {
    /// As much as fits beside a sentence.
    private static let length = 60

    /// A text with its control characters spelled out, cut when it is long.
    static func of(_ text: String) -> String {
        var excerpt = ""
        for (index, scalar) in text.unicodeScalars.enumerated() {
            if index == length { return excerpt + "…" }
            excerpt += scalar.properties.generalCategory == .control ? scalar.escaped(asASCII: true) : String(scalar)
        }
        return excerpt
    }

    /// Bytes that may not be UTF-8.
    static func of(_ bytes: some Sequence<UInt8>) -> String {
        of(String(decoding: Array(bytes).prefix(length * 4), as: UTF8.self))
    }
}
