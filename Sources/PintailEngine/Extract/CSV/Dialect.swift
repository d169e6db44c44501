import PintailProject

/// How a delimited file is written, with nothing left open.
struct Dialect: Hashable, Sendable {
    var delimiter: [UInt8] = [UInt8(ascii: ",")]
    var quote: UInt8? = UInt8(ascii: "\"")
    var escape: UInt8? = UInt8(ascii: "\"")
    var comment: UInt8?
    var hasHeader = true
    /// Lines before the header, or before the first row when there is no header.
    var skip = 0
    /// How many fields a record has.
    var fields = 1

    /// The delimiter as text.
    var delimiterText: String { String(decoding: delimiter, as: UTF8.self) }
}

extension Dialect {
    /// Takes over what the user gave; the rest stands as it was.
    init(_ given: CSVDialect, isTSV: Bool) {
        self.init()
        if isTSV { delimiter = [UInt8(ascii: "\t")] }
        if let text = given.delimiter { delimiter = Array(Self.unescaped(text).utf8) }
        if let text = given.quote { quote = text.utf8.first }
        escape = given.escape.map { $0.utf8.first } ?? quote
        comment = given.comment?.utf8.first
        skip = given.skip ?? 0
        hasHeader = given.header ?? true
    }

    /// `\t` written in a configuration file means a tab.
    private static func unescaped(_ text: String) -> String { text == "\\t" || text == "tab" ? "\t" : text }
}
