/// How a scalar is written in a file.
enum ScalarStyle {
    case plain, singleQuoted, doubleQuoted
    /// `|`: lines kept.
    case literal
    /// `>`: lines joined.
    case folded
    /// TOML's `"…"`, `'…'`, `"""…"""` and `'''…'''`.
    case toml
}

/// Follows a scalar through its file and notes where text and file part.
///
/// The parsers give only a scalar's value and its ends. This walks the same characters again by the same rules; when
/// what it reads is not what the parser read, every place is the scalar's first character: near, and never wrong by far.
struct ScalarWalk {
    private let raw: [Unicode.Scalar]
    private var position = 0
    private var line: Int
    private var column: Int
    private var text: [UInt8] = []
    private var anchors: [TextPlaces.Anchor] = []
    private var expected = (line: 0, column: 0)

    /// The places of `value`, which is written from `start` to `end` (the first place behind it) in `style`.
    static func places(
        of value: String,
        in file: SourceFile,
        from start: SourceLocation,
        to end: SourceLocation,
        style: ScalarStyle
    ) -> TextPlaces {
        if style == .literal, let places = literalPlaces(of: value, in: file, headerLine: start.line) { return places }
        let raw = file.scalars(fromLine: start.line, column: start.column, toLine: end.line, column: end.column)
        var walk = ScalarWalk(raw: raw, line: start.line, column: start.column)
        walk.walk(style)
        if walk.text == Array(value.utf8), !walk.anchors.isEmpty {
            return TextPlaces(file: file.path, anchors: walk.anchors)
        }
        let first = firstCharacter(in: file, from: start, style: style)
        return TextPlaces(
            file: file.path,
            anchors: [.init(offset: 0, line: first.line, column: first.column, isFixed: true)]
        )
    }

    /// In a literal block each line of the text is one line of the file behind its indentation.
    private static func literalPlaces(of value: String, in file: SourceFile, headerLine: Int) -> TextPlaces? {
        var anchors: [TextPlaces.Anchor] = []
        var offset = 0
        var number = headerLine
        for line in value.split(separator: "\n", omittingEmptySubsequences: false) {
            number += 1
            guard !line.isEmpty else {
                if anchors.isEmpty { anchors.append(.init(offset: 0, line: number, column: 1)) }
                offset += 1
                continue
            }
            guard let written = file.line(number), written.hasSuffix(line) else { return nil }
            let indentation = written.unicodeScalars.count - line.unicodeScalars.count
            anchors.append(.init(offset: offset, line: number, column: indentation + 1))
            offset += line.utf8.count + 1
        }
        return anchors.isEmpty ? nil : TextPlaces(file: file.path, anchors: anchors)
    }

    private static func firstCharacter(
        in file: SourceFile,
        from start: SourceLocation,
        style: ScalarStyle
    ) -> SourceLocation {
        guard style == .folded || style == .literal else { return start }
        for number in (start.line + 1)...(start.line + 1000) {
            guard let line = file.line(number) else { break }
            let indentation = line.unicodeScalars.prefix { $0 == " " }.count
            if indentation < line.unicodeScalars.count {
                return SourceLocation(file: file.path, line: number, column: indentation + 1)
            }
        }
        return start
    }

    private init(raw: [Unicode.Scalar], line: Int, column: Int) {
        self.raw = raw
        self.line = line
        self.column = column
    }
}

extension ScalarWalk {
    private mutating func walk(_ style: ScalarStyle) {
        switch style {
        case .plain: walkFolding(until: nil, escape: nil)
        case .singleQuoted: walkQuoted("'", escape: nil)
        case .doubleQuoted: walkQuoted("\"", escape: "\\")
        case .toml: walkTOML()
        case .literal, .folded: break
        }
    }

    private var current: Unicode.Scalar? { position < raw.count ? raw[position] : nil }
    private func peek(_ ahead: Int) -> Unicode.Scalar? { position + ahead < raw.count ? raw[position + ahead] : nil }

    private mutating func advance() {
        guard let scalar = current else { return }
        position += 1
        if scalar == "\n" || (scalar == "\r" && current != "\n") {
            line += 1
            column = 1
        } else {
            column += 1
        }
    }

    private mutating func emit(_ scalar: Unicode.Scalar, line: Int, column: Int) {
        if (line, column) != expected {
            anchors.append(.init(offset: text.count, line: line, column: column))
        }
        text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.CodeUnit.replacement)
        expected = (line, column + 1)
    }

    private mutating func emitCurrent() {
        guard let scalar = current else { return }
        let place = (line, column)
        advance()
        emit(scalar, line: place.0, column: place.1)
    }

    private mutating func walkQuoted(_ quote: Unicode.Scalar, escape: Unicode.Scalar?) {
        guard current == quote else { return }
        advance()
        walkFolding(until: quote, escape: escape)
    }

    /// A run of line breaks is one space, or one break less than it has.
    private mutating func walkFolding(until quote: Unicode.Scalar?, escape: Unicode.Scalar?) {
        while let scalar = current {
            if scalar == quote {
                guard quote == "'", peek(1) == "'" else { return }
                advance()
                emitCurrent()
            } else if scalar == escape {
                walkEscape()
            } else if scalar == "\n" || scalar == "\r" {
                fold()
            } else {
                emitCurrent()
            }
        }
    }

    private mutating func fold() {
        while let last = text.last, last == 0x20 || last == 0x09 { text.removeLast() }
        let place = (line, column)
        var breaks = 0
        while let scalar = current, scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r" {
            if scalar == "\n" { breaks += 1 }
            advance()
        }
        if breaks == 1 { emit(" ", line: place.0, column: place.1) }
        for _ in 0..<max(0, breaks - 1) { emit("\n", line: place.0, column: place.1) }
    }

    private static let escapes: [Unicode.Scalar: Unicode.Scalar] = [
        "0": "\0", "a": "\u{7}", "b": "\u{8}", "t": "\t", "\t": "\t", "n": "\n", "v": "\u{B}", "f": "\u{C}", "r": "\r",
        "e": "\u{1B}", " ": " ", "\"": "\"", "/": "/", "\\": "\\", "N": "\u{85}", "_": "\u{A0}", "L": "\u{2028}",
        "P": "\u{2029}",
    ]

    private mutating func walkEscape() {
        let place = (line, column)
        advance()
        guard let scalar = current else { return }
        if scalar == "\n" || scalar == "\r" || scalar == " " && peek(1) == "\n" {
            while let space = current, space == " " || space == "\t" || space == "\n" || space == "\r" { advance() }
            return
        }
        advance()
        let digits = ["x": 2, "u": 4, "U": 8][scalar] ?? 0
        guard digits > 0 else {
            if let plain = Self.escapes[scalar] { emit(plain, line: place.0, column: place.1) }
            return
        }
        var code: UInt32 = 0
        for _ in 0..<digits {
            code = code << 4 | UInt32(current.flatMap { Character($0).hexDigitValue } ?? 0)
            advance()
        }
        if let escaped = Unicode.Scalar(code) { emit(escaped, line: place.0, column: place.1) }
    }

    private mutating func walkTOML() {
        guard let quote = current, quote == "\"" || quote == "'" else { return }
        let isMultiLine = peek(1) == quote && peek(2) == quote
        for _ in 0..<(isMultiLine ? 3 : 1) { advance() }
        if isMultiLine, current == "\r" { advance() }
        if isMultiLine, current == "\n" { advance() }
        let end = raw.count - (isMultiLine ? 3 : 1)
        while position < end {
            if quote == "\"", current == "\\" { walkEscape() } else { emitCurrent() }
        }
    }
}

extension UTF8.CodeUnit {
    fileprivate static let replacement = UTF8.encodedReplacementCharacter
}
