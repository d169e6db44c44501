/// Takes SQL text apart into its statements, as DuckDB's lexer would: `;` inside quotes and comments ends nothing.
struct StatementSplitter {
    /// The statements that are complete, without their `;`, blank ones left out.
    private(set) var complete: [String] = []
    /// What comes after the last `;`; nil when that is blank or comment.
    private(set) var rest: String?
    /// Whether the text ends inside a quote or a comment.
    private(set) var isOpen = false

    private let bytes: [UInt8]
    private var place = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
        split()
    }

    /// All statements, whether the last one ends with `;` or not.
    static func statements(in text: String) -> [String] {
        let splitter = StatementSplitter(text)
        return splitter.complete + (splitter.rest.map { [$0] } ?? [])
    }

    private mutating func split() {
        var start = 0
        var hasCode = false
        while place < bytes.count {
            let byte = bytes[place]
            if byte == UInt8(ascii: ";") {
                if hasCode { complete.append(text(start..<place)) }
                place += 1
                (start, hasCode) = (place, false)
            } else if skipComment() {
                continue
            } else {
                if !byte.isBlank { hasCode = true }
                if !skipQuoted() { place += 1 }
            }
        }
        if hasCode { rest = text(start..<bytes.count) }
    }

    private func text(_ range: Range<Int>) -> String {
        var range = range
        while range.lowerBound < range.upperBound, bytes[range.lowerBound].isBlank {
            range = range.lowerBound + 1..<range.upperBound
        }
        return String(decoding: bytes[range], as: UTF8.self)
    }

    /// Passes a comment; false when none begins here.
    private mutating func skipComment() -> Bool {
        if begins(with: "--") {
            while place < bytes.count, bytes[place] != UInt8(ascii: "\n") { place += 1 }
            return true
        }
        guard begins(with: "/*") else { return false }
        // DuckDB's comments nest.
        var depth = 0
        repeat {
            if begins(with: "/*") {
                depth += 1
                place += 2
            } else if begins(with: "*/") {
                depth -= 1
                place += 2
            } else {
                place += 1
            }
        } while depth > 0 && place < bytes.count
        isOpen = depth > 0
        return true
    }

    /// Passes a text or name in quotes; false when none begins here.
    private mutating func skipQuoted() -> Bool {
        let byte = bytes[place]
        if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
            // In E'…' a backslash takes the next character with it.
            let escapes =
                byte == UInt8(ascii: "'") && place > 0 && bytes[place - 1] | 0x20 == UInt8(ascii: "e")
                && (place < 2 || !bytes[place - 2].isWord)
            skip(to: byte, escapes: escapes)
            return true
        }
        guard let tag = dollarTag() else { return false }
        place += tag.count
        while place < bytes.count, !bytes[place...].starts(with: tag) { place += 1 }
        isOpen = place >= bytes.count
        place = min(bytes.count, place + tag.count)
        return true
    }

    private mutating func skip(to quote: UInt8, escapes: Bool) {
        place += 1
        while place < bytes.count, bytes[place] != quote {
            place += escapes && bytes[place] == UInt8(ascii: "\\") ? 2 : 1
        }
        // A doubled quote is the beginning of a second text, which comes to the same.
        isOpen = place >= bytes.count
        place = min(bytes.count, place + 1)
    }

    /// `$$` or `$name$`, when one begins here.
    private func dollarTag() -> ArraySlice<UInt8>? {
        guard bytes[place] == UInt8(ascii: "$"), place == 0 || !bytes[place - 1].isWord else { return nil }
        guard let end = bytes[(place + 1)...].firstIndex(where: { !$0.isWord }), bytes[end] == UInt8(ascii: "$") else {
            return nil
        }
        // `$1` is a parameter.
        if end > place + 1, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[place + 1]) { return nil }
        return bytes[place...end]
    }

    private func begins(with text: StaticString) -> Bool {
        unsafe bytes[place...].starts(with: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}

extension UInt8 {
    fileprivate var isBlank: Bool { self == 0x20 || (0x09...0x0D).contains(self) }

    fileprivate var isWord: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...0xFF:
            true
        default: false
        }
    }
}
