/// One statement in a file of SQL.
package struct SQLStatement: Hashable, Sendable {
    /// From its first word to before its `;`, in UTF-8 bytes from the file's start.
    package let range: Range<Int>
    /// Whether a `;` ends it.
    package let isEnded: Bool
    /// Its first words outside of parentheses and quotes, in capitals.
    let words: [String]

    /// Whether it begins or ends a transaction.
    var endsTransaction: Bool {
        switch words.first {
        case "BEGIN", "COMMIT", "END", "ABORT": true
        case "START": words.dropFirst().first == "TRANSACTION"
        case "PREPARE": words.dropFirst().first == "TRANSACTION"
        case "ROLLBACK": !words.contains("TO")
        default: false
        }
    }

    /// Whether it wants rows from the program that sends it, or hands it some.
    var copiesThroughClient: Bool { words.first == "COPY" && (words.contains("STDIN") || words.contains("STDOUT")) }

    /// Whether it makes an index beside the work of others: one that fails stays there, and is of no use.
    package var leavesInvalidIndex: Bool {
        words.contains("CONCURRENTLY") && words.contains("INDEX") && words.first != "DROP"
    }
}

/// A text of SQL taken apart as Postgres's own client does it, which suits DuckDB as well.
///
/// `;` ends no statement inside quotes and comments, nor, in files, inside parentheses and bodies of functions
/// (`BEGIN ATOMIC … END`).
package struct SQLScan {
    /// A comment `-- pintail: …`, which speaks to us.
    struct Directive: Hashable {
        let text: String
        let offset: Int
        let length: Int
        /// How many statements stand before it, one that has only begun included.
        let statementsBefore: Int
    }

    /// The statements in their order, blank ones left out.
    package private(set) var statements: [SQLStatement] = []
    private(set) var directives: [Directive] = []
    /// Where a quote or comment begins that nothing ends.
    package private(set) var openAt: Int?

    private let bytes: [UInt8]
    private let isTyped: Bool
    private var place = 0
    private var start: Int?
    private var words: [String] = []
    private var parentheses = 0
    private var blocks = 0

    /// Enough to tell what a statement is.
    private static let mostWords = 64

    /// Takes a text apart.
    ///
    /// - Parameter isTyped: Whether somebody types it, whom a parenthesis that was forgotten must not leave waiting.
    package init(_ bytes: [UInt8], isTyped: Bool = false) {
        self.bytes = bytes
        self.isTyped = isTyped
        while place < bytes.count { step() }
        end(at: bytes.count)
    }

    private mutating func step() {
        let byte = bytes[place]
        if byte.isBlank {
            place += 1
        } else if byte == UInt8(ascii: ";"), isTyped || (parentheses == 0 && blocks == 0) {
            end(at: place)
            place += 1
        } else if !skipComment() {
            if start == nil { start = place }
            if !skipQuoted(), !takeWord() {
                if byte == UInt8(ascii: "(") { parentheses += 1 }
                if byte == UInt8(ascii: ")") { parentheses = max(0, parentheses - 1) }
                place += 1
            }
        }
    }

    private mutating func end(at end: Int) {
        if let start {
            let last = bytes[start..<end].lastIndex { !$0.isBlank } ?? start
            statements.append(SQLStatement(range: start..<(last + 1), isEnded: end < bytes.count, words: words))
        }
        (start, words, parentheses, blocks) = (nil, [], 0, 0)
    }

    // MARK: Words

    private mutating func takeWord() -> Bool {
        let word = bytes[place...].prefix { $0.isWord }
        guard !word.isEmpty else { return false }
        place += word.count
        guard parentheses == 0 else { return true }
        let capitals = String(decoding: word, as: UTF8.self).uppercased()
        if words.count < Self.mostWords { words.append(capitals) }
        countBlocks(capitals)
        return true
    }

    /// The body of a function in the standard's form holds statements of its own.
    private mutating func countBlocks(_ word: String) {
        guard isRoutine else { return }
        switch word {
        case "BEGIN": blocks += 1
        case "CASE" where blocks > 0: blocks += 1
        case "END" where blocks > 0: blocks -= 1
        default: break
        }
    }

    private var isRoutine: Bool {
        guard words.first == "CREATE" else { return false }
        let kind =
            words.dropFirst().starts(with: ["OR", "REPLACE"]) ? words.dropFirst(3).first : words.dropFirst().first
        return kind == "FUNCTION" || kind == "PROCEDURE"
    }

    // MARK: Comments

    private mutating func skipComment() -> Bool {
        if begins(with: "--") {
            skipLineComment()
            return true
        }
        guard begins(with: "/*") else { return false }
        let opening = place
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
        place = min(place, bytes.count)
        if depth > 0, openAt == nil { openAt = opening }
        return true
    }

    private mutating func skipLineComment() {
        let opening = place
        while place < bytes.count, bytes[place] != 0x0A, bytes[place] != 0x0D { place += 1 }
        let said = bytes[(opening + 2)..<place].drop { $0.isBlank }
        guard said.starts(with: Array("pintail:".utf8)) else { return }
        let text = String(decoding: said.dropFirst(8), as: UTF8.self)
        directives.append(
            Directive(
                text: text.split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased(),
                offset: opening,
                length: place - opening,
                statementsBefore: statements.count + (start == nil ? 0 : 1)
            )
        )
    }

    // MARK: Quotes

    private mutating func skipQuoted() -> Bool {
        let byte = bytes[place]
        if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
            skip(to: byte, escapes: byte == UInt8(ascii: "'") && followsEscapeMark)
            return true
        }
        guard let tag = dollarTag() else { return false }
        let opening = place
        place += tag.count
        while place < bytes.count, !bytes[place...].starts(with: tag) { place += 1 }
        if place >= bytes.count, openAt == nil { openAt = opening }
        place = min(bytes.count, place + tag.count)
        return true
    }

    /// In `E'…'` a backslash takes the next character with it.
    private var followsEscapeMark: Bool {
        place > 0 && bytes[place - 1] | 0x20 == UInt8(ascii: "e") && (place < 2 || !bytes[place - 2].isWord)
    }

    private mutating func skip(to quote: UInt8, escapes: Bool) {
        let opening = place
        place += 1
        while place < bytes.count, bytes[place] != quote {
            place += escapes && bytes[place] == UInt8(ascii: "\\") ? 2 : 1
        }
        // A doubled quote is the beginning of a second text, which comes to the same.
        if place >= bytes.count, openAt == nil { openAt = opening }
        place = min(bytes.count, place + 1)
    }

    /// `$$` or `$name$`, when one begins here; `$1` is a parameter.
    private func dollarTag() -> ArraySlice<UInt8>? {
        guard bytes[place] == UInt8(ascii: "$"), place == 0 || !bytes[place - 1].isWord else { return nil }
        guard let end = bytes[(place + 1)...].firstIndex(where: { !$0.isWord }), bytes[end] == UInt8(ascii: "$") else {
            return nil
        }
        if end > place + 1, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[place + 1]) { return nil }
        return bytes[place...end]
    }

    private func begins(with text: StaticString) -> Bool {
        unsafe bytes[place...].starts(with: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}

extension UInt8 {
    fileprivate var isBlank: Bool { self == 0x20 || (0x09...0x0D).contains(self) }

    /// Whether it is part of a word of SQL; signs beyond ASCII are.
    var isWord: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...0xFF:
            true
        default: false
        }
    }
}
