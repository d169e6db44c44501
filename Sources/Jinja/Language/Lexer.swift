/// Cuts a template into tokens: text between tags, and the words within them.
struct Lexer {
    private let source: [UInt8]
    private let options: Whitespace
    private(set) var tokens: ContiguousArray<Token> = []
    private var place = 0

    /// What is done with the white space around tags.
    struct Whitespace: Sendable {
        /// The line feed behind a block tag is dropped.
        var trimsBlocks = false
        /// Blanks before a block tag that begins its line are dropped.
        var stripsLeft = false
    }

    /// A mistake at a byte of the source.
    struct Mistake: Error {
        let message: String
        let start: Int
        let end: Int
    }

    private init(_ source: [UInt8], _ options: Whitespace) {
        self.source = source
        self.options = options
    }

    /// The tokens of a template whose line ends are all line feeds.
    static func tokens(of source: [UInt8], _ options: Whitespace) throws(Mistake) -> ContiguousArray<Token> {
        var lexer = Lexer(source, options)
        lexer.tokens.reserveCapacity(source.count / 6 + 8)
        try lexer.readTemplate()
        lexer.append(.end, source.count, source.count)
        return lexer.tokens
    }

    // MARK: Text

    private mutating func readTemplate() throws(Mistake) {
        while place < source.count {
            guard let tag = nextTag() else {
                append(.text, place, source.count)
                return
            }
            let sign = byte(tag + 2)
            var end = tag
            if sign == UInt8(ascii: "-") {
                while end > place, Self.isSpace(source[end - 1]) { end -= 1 }
            } else if sign != UInt8(ascii: "+"), options.stripsLeft, source[tag + 1] != UInt8(ascii: "{") {
                end = strippedLeft(tag)
            }
            if end > place { append(.text, place, end) }
            place = tag + (sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") ? 3 : 2)
            switch source[tag + 1] {
            case UInt8(ascii: "#"): try skipComment(from: tag)
            case UInt8(ascii: "{"): try readTag(from: tag, .variableBegin, .variableEnd, closing: UInt8(ascii: "}"))
            default:
                if let body = rawBegin() {
                    place = body
                    try readRaw(from: tag)
                } else {
                    try readTag(from: tag, .blockBegin, .blockEnd, closing: UInt8(ascii: "%"))
                }
            }
        }
    }

    /// Where the next `{{`, `{%` or `{#` begins.
    private func nextTag() -> Int? {
        var at = place
        while at + 1 < source.count {
            if source[at] == UInt8(ascii: "{") {
                let next = source[at + 1]
                if next == UInt8(ascii: "{") || next == UInt8(ascii: "%") || next == UInt8(ascii: "#") { return at }
            }
            at += 1
        }
        return nil
    }

    /// Where the blanks before a tag begin, if nothing else stands before it on its line.
    private func strippedLeft(_ tag: Int) -> Int {
        var at = tag
        while at > place, source[at - 1] != UInt8(ascii: "\n"), Self.isSpace(source[at - 1]) { at -= 1 }
        if at == place { return at == 0 || source[at - 1] == UInt8(ascii: "\n") ? at : tag }
        return source[at - 1] == UInt8(ascii: "\n") ? at : tag
    }

    private mutating func skipComment(from tag: Int) throws(Mistake) {
        var at = tag + 2
        if place >= source.count { return }
        while at + 1 < source.count {
            if source[at] == UInt8(ascii: "#"), source[at + 1] == UInt8(ascii: "}") {
                let sign = at > tag + 2 ? source[at - 1] : 0
                place = at + 2
                skipBehindTag(sign)
                return
            }
            at += 1
        }
        throw Mistake(message: "Missing end of comment tag", start: tag, end: tag + 2)
    }

    /// What the end of a tag with `sign` takes from the text behind it.
    private mutating func skipBehindTag(_ sign: UInt8) {
        if sign == UInt8(ascii: "-") {
            skipSpace()
        } else if sign != UInt8(ascii: "+"), options.trimsBlocks, byte(place) == UInt8(ascii: "\n") {
            place += 1
        }
    }

    private mutating func skipSpace() {
        while place < source.count, Self.isSpace(source[place]) { place += 1 }
    }

    // MARK: Raw

    /// Where the body of a raw block begins, if the tag that was opened is one.
    private func rawBegin() -> Int? {
        var lexer = self
        lexer.skipSpace()
        guard lexer.skip("raw") else { return nil }
        lexer.skipSpace()
        if lexer.skip("-%}") {
            lexer.skipSpace()
            return lexer.place
        }
        guard lexer.skip("%}") else { return nil }
        if options.trimsBlocks, lexer.byte(lexer.place) == UInt8(ascii: "\n") { lexer.place += 1 }
        return lexer.place
    }

    private mutating func readRaw(from tag: Int) throws(Mistake) {
        let start = place
        // Jinja forgives a template that ends with its opening tag.
        if start == source.count { return }
        while let open = nextTag() {
            place = open + 2
            guard source[open + 1] == UInt8(ascii: "%") else { continue }
            let sign = byte(place)
            if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { place += 1 }
            guard skipRawEnd() else {
                place = open + 2
                continue
            }
            var end = open
            if sign == UInt8(ascii: "-") {
                while end > start, Self.isSpace(source[end - 1]) { end -= 1 }
            } else if sign != UInt8(ascii: "+"), options.stripsLeft {
                var at = open
                while at > start, source[at - 1] != UInt8(ascii: "\n"), Self.isSpace(source[at - 1]) { at -= 1 }
                if at > start, source[at - 1] == UInt8(ascii: "\n") { end = at }
            }
            if end > start { append(.text, start, end) }
            return
        }
        throw Mistake(message: "Missing end of raw directive", start: tag, end: start)
    }

    private mutating func skipRawEnd() -> Bool {
        skipSpace()
        guard skip("endraw") else { return false }
        skipSpace()
        if skip("+%}") { return true }
        if skip("-%}") {
            skipSpace()
            return true
        }
        guard skip("%}") else { return false }
        skipBehindTag(0)
        return true
    }

    private mutating func skip(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard place + count <= source.count else { return false }
        for offset in 0..<count where unsafe source[place + offset] != word.utf8Start[offset] { return false }
        place += count
        return true
    }

    // MARK: Tags

    private mutating func readTag(
        from tag: Int,
        _ begin: Token.Kind,
        _ end: Token.Kind,
        closing: UInt8
    ) throws(Mistake) {
        append(begin, tag, place)
        var brackets: [UInt8] = []
        while place < source.count {
            let byte = source[place]
            if Self.isSpace(byte) {
                place += 1
            } else if byte >= 0x80, let length = wideSpace {
                place += length
            } else if brackets.isEmpty, let length = endOfTag(closing) {
                let sign = byte == closing ? 0 : byte
                append(end, place, place + length)
                place += length
                if end == .blockEnd { skipBehindTag(sign) } else if sign != 0 { skipSpace() }
                return
            } else {
                try readWord(byte, &brackets)
            }
        }
        append(.end, source.count, source.count)
    }

    /// The length of the sign that ends the tag, if it stands here: `%}`, `-%}`, `+%}`, `}}`, `-}}`.
    private func endOfTag(_ closing: UInt8) -> Int? {
        let first = source[place]
        if first == closing, byte(place + 1) == UInt8(ascii: "}") { return 2 }
        guard first == UInt8(ascii: "-") || first == UInt8(ascii: "+") && closing == UInt8(ascii: "%") else {
            return nil
        }
        return byte(place + 1) == closing && byte(place + 2) == UInt8(ascii: "}") ? 3 : nil
    }

    private mutating func readWord(_ byte: UInt8, _ brackets: inout [UInt8]) throws(Mistake) {
        switch byte {
        case 0x30...0x39: readNumber()
        case 0x41...0x5A, 0x61...0x7A, 0x5F, 0x80...: try readName()
        case 0x22, 0x27: try readString(byte)
        default: try readOperator(byte, &brackets)
        }
    }

    private mutating func readName() throws(Mistake) {
        let start = place
        var isASCII = true
        while place < source.count, CodePoint.isWordByte(source[place]) || source[place] >= 0x80 && wideSpace == nil {
            if source[place] >= 0x80 { isASCII = false }
            place += 1
        }
        if !isASCII {
            for scalar in String(decoding: source[start..<place], as: UTF8.self).unicodeScalars
            where !CodePoint.isWord(scalar) {
                throw Mistake(
                    message: "unexpected char \(ValuePrinter.quoted(String(scalar))) at \(start)",
                    start: start,
                    end: place
                )
            }
        }
        append(.name, start, place)
    }

    private mutating func readNumber() {
        let start = place
        if source[place] == 0x30, let radix = radix(byte(place + 1) | 0x20) {
            var at = place + 2
            while at < source.count,
                Self.isDigit(source[at], radix) || source[at] == 0x5F && Self.isDigit(byte(at + 1), radix)
            {
                at += 1
            }
            if at > place + 2 {
                place = at
                return append(.integer, start, at)
            }
        }
        let whole = digits(from: place)
        var end = whole
        let afterDot = start > 0 && source[start - 1] == UInt8(ascii: ".")
        if !afterDot, byte(end) == UInt8(ascii: "."), Self.isDigit(byte(end + 1), 10) { end = digits(from: end + 1) }
        if !afterDot, byte(end) | 0x20 == UInt8(ascii: "e") {
            let sign = byte(end + 1) == UInt8(ascii: "+") || byte(end + 1) == UInt8(ascii: "-") ? 1 : 0
            if Self.isDigit(byte(end + 1 + sign), 10) { end = digits(from: end + 1 + sign) }
        }
        if end > whole {
            place = end
            return append(.float, start, end)
        }
        place = source[start] == 0x30 ? zeros(from: start) : whole
        append(.integer, start, place)
    }

    private func radix(_ letter: UInt8) -> Int? {
        switch letter {
        case UInt8(ascii: "x"): 16
        case UInt8(ascii: "o"): 8
        case UInt8(ascii: "b"): 2
        default: nil
        }
    }

    private func digits(from start: Int) -> Int {
        var at = start
        while Self.isDigit(byte(at), 10) || byte(at) == 0x5F && Self.isDigit(byte(at + 1), 10) { at += 1 }
        return at
    }

    /// A number does not begin with zero, unless it is nothing else.
    private func zeros(from start: Int) -> Int {
        var at = start + 1
        while byte(at) == 0x30 || byte(at) == 0x5F && byte(at + 1) == 0x30 { at += 1 }
        return at
    }

    private mutating func readString(_ quote: UInt8) throws(Mistake) {
        let start = place
        var at = place + 1
        while at < source.count, source[at] != quote { at += source[at] == UInt8(ascii: "\\") ? 2 : 1 }
        guard at < source.count else {
            let sign = String(UnicodeScalar(quote))
            throw Mistake(
                message: "unexpected char \(ValuePrinter.quoted(sign)) at \(start)",
                start: start,
                end: start + 1
            )
        }
        place = at + 1
        append(.string, start, place)
    }

    private mutating func readOperator(_ byte: UInt8, _ brackets: inout [UInt8]) throws(Mistake) {
        guard let (kind, length) = Self.operatorKind(byte, self.byte(place + 1)) else {
            let sign = String(UnicodeScalar(byte))
            throw Mistake(
                message: "unexpected char \(ValuePrinter.quoted(sign)) at \(place)",
                start: place,
                end: place + 1
            )
        }
        switch byte {
        case UInt8(ascii: "("): brackets.append(UInt8(ascii: ")"))
        case UInt8(ascii: "["): brackets.append(UInt8(ascii: "]"))
        case UInt8(ascii: "{"): brackets.append(UInt8(ascii: "}"))
        case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
            let sign = String(UnicodeScalar(byte))
            guard let expected = brackets.popLast() else {
                throw Mistake(message: "unexpected '\(sign)'", start: place, end: place + 1)
            }
            guard expected == byte else {
                let wanted = String(UnicodeScalar(expected))
                throw Mistake(message: "unexpected '\(sign)', expected '\(wanted)'", start: place, end: place + 1)
            }
        default: break
        }
        append(kind, place, place + length)
        place += length
    }

    private static func operatorKind(_ byte: UInt8, _ next: UInt8) -> (Token.Kind, Int)? {
        let isDouble = next == byte
        let isEqual = next == UInt8(ascii: "=")
        return switch byte {
        case UInt8(ascii: "+"): (.plus, 1)
        case UInt8(ascii: "-"): (.minus, 1)
        case UInt8(ascii: "*"): isDouble ? (.power, 2) : (.star, 1)
        case UInt8(ascii: "/"): isDouble ? (.doubleSlash, 2) : (.slash, 1)
        case UInt8(ascii: "%"): (.percent, 1)
        case UInt8(ascii: "~"): (.tilde, 1)
        case UInt8(ascii: "("): (.leftParenthesis, 1)
        case UInt8(ascii: ")"): (.rightParenthesis, 1)
        case UInt8(ascii: "["): (.leftBracket, 1)
        case UInt8(ascii: "]"): (.rightBracket, 1)
        case UInt8(ascii: "{"): (.leftBrace, 1)
        case UInt8(ascii: "}"): (.rightBrace, 1)
        case UInt8(ascii: "="): isEqual ? (.equal, 2) : (.assign, 1)
        case UInt8(ascii: "!"): isEqual ? (.notEqual, 2) : nil
        case UInt8(ascii: ">"): isEqual ? (.greaterOrEqual, 2) : (.greater, 1)
        case UInt8(ascii: "<"): isEqual ? (.lessOrEqual, 2) : (.less, 1)
        case UInt8(ascii: "."): (.dot, 1)
        case UInt8(ascii: ":"): (.colon, 1)
        case UInt8(ascii: "|"): (.pipe, 1)
        case UInt8(ascii: ","): (.comma, 1)
        case UInt8(ascii: ";"): (.semicolon, 1)
        default: nil
        }
    }

    // MARK: Bytes

    private func byte(_ at: Int) -> UInt8 { at < source.count ? source[at] : 0 }

    private mutating func append(_ kind: Token.Kind, _ start: Int, _ end: Int) {
        tokens.append(Token(kind: kind, start: Int32(start), end: Int32(end)))
    }

    /// How many bytes the blank takes that stands here, of those beyond ASCII that Python counts as blanks; nil for others.
    private var wideSpace: Int? {
        let (first, second, third) = (byte(place), byte(place + 1), byte(place + 2))
        switch (first, second, third) {
        // U+0085 and U+00A0.
        case (0xC2, 0x85, _), (0xC2, 0xA0, _): return 2
        // U+1680; U+2000 to U+200A, U+2028, U+2029, U+202F; U+205F; U+3000.
        case (0xE1, 0x9A, 0x80), (0xE2, 0x80, 0x80...0x8A), (0xE2, 0x80, 0xA8...0xA9), (0xE2, 0x80, 0xAF),
            (0xE2, 0x81, 0x9F), (0xE3, 0x80, 0x80):
            return 3
        default: return nil
        }
    }

    static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte >= 0x09 && byte <= 0x0D || byte >= 0x1C && byte < 0x20
    }

    private static func isDigit(_ byte: UInt8, _ radix: Int) -> Bool {
        switch byte {
        case 0x30...0x39: Int(byte) - 0x30 < radix
        case 0x41...0x46, 0x61...0x66: radix == 16
        default: false
        }
    }
}
