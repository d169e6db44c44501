/// Where a text begins in its file.
package struct TextStart: Sendable, Equatable {
    /// The first is 1.
    package let line: Int
    /// In characters; the first is 1.
    package let column: Int

    /// The beginning of the file, unless told otherwise.
    package init(line: Int = 1, column: Int = 1) { (self.line, self.column) = (line, column) }
}

/// A template's bytes: line ends, and where a byte stands for people.
enum SourceText {
    /// The bytes with line feeds for all line ends, without the last one unless it is kept.
    static func normalized(_ text: String, keepingTrailingNewline: Bool) -> [UInt8] {
        var bytes = Array(text.utf8)
        if bytes.contains(0x0D) {
            var previous: UInt8 = 0
            bytes = bytes.compactMap { byte in
                defer { previous = byte }
                if byte == 0x0A, previous == 0x0D { return nil }
                return byte == 0x0D ? 0x0A : byte
            }
        }
        if !keepingTrailingNewline, bytes.last == 0x0A { bytes.removeLast() }
        return bytes
    }

    /// Line, column and line text of a range of bytes; what is past its line is cut.
    static func place(
        _ range: Range<Int>,
        in source: [UInt8],
        template: String,
        from textStart: TextStart
    ) -> TemplateError.Place {
        let start = min(range.lowerBound, source.count)
        let lineStart = source[..<start].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let lineEnd = source[start...].firstIndex(of: 0x0A) ?? source.count
        let end = max(start, min(range.upperBound, lineEnd))
        // What stands before the text in its first line is not known here, and shown as blanks.
        let before = lineStart == 0 ? textStart.column - 1 : 0
        return TemplateError.Place(
            template: template,
            line: source[..<start].count { $0 == 0x0A } + textStart.line,
            column: before + characters(source[lineStart..<start]) + 1,
            length: max(1, characters(source[start..<end])),
            excerpt: String(repeating: " ", count: max(0, before))
                + String(decoding: source[lineStart..<lineEnd], as: UTF8.self)
        )
    }

    private static func characters(_ bytes: ArraySlice<UInt8>) -> Int { bytes.count { $0 & 0xC0 != 0x80 } }
}
