/// Refuses what toml++ 3.3 must not be given.
///
/// It limits brackets but not `a.a.a.a…`, whose tables it frees recursively; and outside texts and comments, letters
/// beyond ASCII lead it where its own code says that nothing can lead (`is_non_ascii_horizontal_whitespace`). A document
/// is followed as far as it is valid, which is as far as toml++ follows it.
struct TOMLScan {
    private let file: SourceFile
    private var bytes: [UInt8] { file.bytes }
    private var index = 0

    /// Throws a ``Diagnostic`` at the first place that would do harm.
    static func check(_ file: SourceFile) throws(Diagnostic) {
        var scan = TOMLScan(file: file)
        try scan.run()
    }

    private init(file: SourceFile) { self.file = file }

    private mutating func run() throws(Diagnostic) {
        var dots = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "."):
                dots += 1
                if dots > ConfigLimits.depth { throw tooDeep }
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                skipString()
                continue
            case UInt8(ascii: "#"):
                skipLine()
                continue
            case UInt8(ascii: "="), UInt8(ascii: ","), UInt8(ascii: "\n"), UInt8(ascii: "["), UInt8(ascii: "]"),
                UInt8(ascii: "{"), UInt8(ascii: "}"):
                dots = 0
            case 0x80...: throw needsQuotes
            default: break
            }
            index += 1
        }
    }

    private var tooDeep: Diagnostic {
        Diagnostic("this is nested more than \(ConfigLimits.depth) levels deep", at: file.location(offset: index))
    }

    private var needsQuotes: Diagnostic {
        Diagnostic(
            "this is not valid TOML: a key or text with letters beyond a to z needs quotes",
            at: file.location(offset: index),
            hint: "as in \"größe\" = 1"
        )
    }

    private mutating func skipLine() {
        while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
    }

    private mutating func skipString() {
        let quote = bytes[index]
        let isMultiLine = bytes[index...].prefix(3).elementsEqual([quote, quote, quote])
        let closing = Array(repeating: quote, count: isMultiLine ? 3 : 1)
        index += closing.count
        while index < bytes.count, !bytes[index...].starts(with: closing) {
            if !isMultiLine, bytes[index] == UInt8(ascii: "\n") { return }
            index += bytes[index] == UInt8(ascii: "\\") && quote == UInt8(ascii: "\"") ? 2 : 1
        }
        // Up to two quotes may stand in front of the closing three.
        if isMultiLine { while index + 3 < bytes.count, bytes[index + 3] == quote { index += 1 } }
        index += closing.count
    }
}
