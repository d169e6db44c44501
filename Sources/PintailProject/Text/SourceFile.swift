/// A file the user wrote, as UTF-8 with its lines: what the parsers read and places are counted in.
struct SourceFile: Sendable {
    /// As it is shown to the user.
    let path: String
    /// UTF-8 without a byte order mark.
    let bytes: [UInt8]
    private let lines: [LineStart]
    /// The offset of every 256th scalar: a file may be one long line, and places in it are asked for often.
    private let checkpoints: [Int]
    private static let checkpointDistance = 256

    private struct LineStart {
        var offset: Int
        var scalar: Int
    }

    /// Takes text that is known to be UTF-8.
    init(path: String, text: String) {
        self.init(path: path, utf8: Array(text.utf8))
    }

    private init(path: String, utf8 bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
        var lines = [LineStart(offset: 0, scalar: 0)]
        var scalar = 0
        var checkpoints: [Int] = []
        for (offset, byte) in bytes.enumerated() {
            if byte & 0xC0 != 0x80 {
                if scalar.isMultiple(of: Self.checkpointDistance) { checkpoints.append(offset) }
                scalar += 1
            }
            let endsLine = byte == 0x0A || (byte == 0x0D && !(offset + 1 < bytes.count && bytes[offset + 1] == 0x0A))
            if endsLine { lines.append(LineStart(offset: offset + 1, scalar: scalar)) }
        }
        self.lines = lines
        self.checkpoints = checkpoints
    }

    /// Takes a file's bytes: UTF-8 with or without a byte order mark, or UTF-16 with one.
    ///
    /// - Throws: a ``Diagnostic`` at the first byte that cannot be text.
    static func decode(_ bytes: [UInt8], path: String) throws(Diagnostic) -> SourceFile {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            return try checked(Array(bytes.dropFirst(3)), path: path)
        }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            return try checked(utf8(fromUTF16: bytes, path: path), path: path)
        }
        return try checked(bytes, path: path)
    }

    /// The same without blanks and line feeds behind its last line.
    var withoutBlanksAtEnd: SourceFile {
        guard let end = bytes.lastIndex(where: { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }) else {
            return self
        }
        return end + 1 == bytes.count ? self : SourceFile(path: path, utf8: Array(bytes[...end]))
    }

    private static func checked(_ bytes: [UInt8], path: String) throws(Diagnostic) -> SourceFile {
        let file = SourceFile(path: path, utf8: bytes)
        if let zero = bytes.firstIndex(of: 0) {
            throw Diagnostic(
                "'\(path)' holds a zero byte, so it is not text",
                at: file.location(offset: zero),
                hint: "save it as UTF-8"
            )
        }
        var iterator = bytes.makeIterator()
        var decoder = UTF8()
        var scalar = 0
        decoding: while true {
            switch decoder.decode(&iterator) {
            case .scalarValue: scalar += 1
            case .emptyInput: break decoding
            case .error:
                throw Diagnostic(
                    "'\(path)' is not UTF-8 from here on",
                    at: file.location(scalar: scalar),
                    hint: "save it as UTF-8"
                )
            }
        }
        return file
    }

    private static func utf8(fromUTF16 bytes: [UInt8], path: String) throws(Diagnostic) -> [UInt8] {
        let isLittle = bytes[0] == 0xFF
        let units = stride(from: 2, to: bytes.count - 1, by: 2).map { index in
            let (low, high) = isLittle ? (bytes[index], bytes[index + 1]) : (bytes[index + 1], bytes[index])
            return UInt16(high) << 8 | UInt16(low)
        }
        guard bytes.count.isMultiple(of: 2), let text = String(validating: units, as: UTF16.self) else {
            throw Diagnostic(
                "'\(path)' begins like UTF-16 but is not",
                at: SourceLocation(file: path, line: 1, column: 1),
                hint: "save it as UTF-8"
            )
        }
        return Array(text.utf8)
    }
}

extension SourceFile {
    /// The place of the scalar with this index, counted over the whole file.
    func location(scalar: Int, length: Int = 1) -> SourceLocation {
        let line = lastLine { $0.scalar <= scalar }
        return SourceLocation(
            file: path,
            line: line + 1,
            column: scalar - lines[line].scalar + 1,
            length: max(1, length)
        )
    }

    /// The place of the byte at this offset.
    func location(offset: Int) -> SourceLocation {
        let line = lastLine { $0.offset <= offset }
        let column = bytes[lines[line].offset..<min(offset, bytes.count)].count { $0 & 0xC0 != 0x80 }
        return SourceLocation(file: path, line: line + 1, column: column + 1)
    }

    private func lastLine(_ isAtOrBefore: (LineStart) -> Bool) -> Int {
        var low = 0
        var high = lines.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if isAtOrBefore(lines[middle]) { low = middle } else { high = middle }
        }
        return low
    }

    /// The scalars from one place to another, both counted from 1; cut short where the file ends.
    func scalars(fromLine line: Int, column: Int, toLine endLine: Int, column endColumn: Int) -> [Unicode.Scalar] {
        guard let start = offset(line: line, column: column), let end = offset(line: endLine, column: endColumn),
            start <= end
        else { return [] }
        return Array(String(decoding: bytes[start..<end], as: UTF8.self).unicodeScalars)
    }

    /// A line's text without its end, or `nil` past the last line.
    func line(_ number: Int) -> String? {
        guard number >= 1, number <= lines.count else { return nil }
        let end = number < lines.count ? lines[number].offset : bytes.count
        var content = bytes[lines[number - 1].offset..<end]
        while let last = content.last, last == 0x0A || last == 0x0D { content.removeLast() }
        return String(decoding: content, as: UTF8.self)
    }

    private func offset(line: Int, column: Int) -> Int? {
        guard line >= 1, line <= lines.count else { return line == lines.count + 1 ? bytes.count : nil }
        let scalar = lines[line - 1].scalar + max(1, column) - 1
        let checkpoint = scalar / Self.checkpointDistance
        guard checkpoint < checkpoints.count else { return bytes.count }
        var offset = checkpoints[checkpoint]
        for _ in 0..<(scalar % Self.checkpointDistance) where offset < bytes.count {
            offset += 1
            while offset < bytes.count, bytes[offset] & 0xC0 == 0x80 { offset += 1 }
        }
        return offset
    }
}
