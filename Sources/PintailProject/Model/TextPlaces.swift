/// How the characters of a text lie in the file it was written in, so that an offset in a query becomes a line and column.
///
/// Between two anchors text and file advance alike; there is an anchor wherever they part: at an escape, at the start
/// of each line of a block, around a `${NAME}`.
package struct TextPlaces: Hashable, Sendable {
    struct Anchor: Hashable, Sendable {
        /// UTF-8 offset in the text.
        var offset: Int
        var line: Int
        var column: Int
        /// Everything up to the next anchor came from this one place, as a variable's value does.
        var isFixed = false
    }

    let file: String
    /// By offset; the first one's is 0.
    private(set) var anchors: [Anchor]

    init(file: String, anchors: [Anchor]) {
        self.file = file
        self.anchors = anchors
    }

    /// Places in a text that is the whole file.
    static func wholeFile(_ path: String) -> TextPlaces {
        TextPlaces(file: path, anchors: [Anchor(offset: 0, line: 1, column: 1)])
    }

    /// The place of the character at a UTF-8 offset of `text`.
    func place(of offset: Int, in text: String) -> SourceLocation {
        let offset = max(0, offset)
        guard let anchor = anchors.last(where: { $0.offset <= offset }) ?? anchors.first else {
            return SourceLocation(file: file, line: 1, column: 1)
        }
        var place = SourceLocation(file: file, line: anchor.line, column: anchor.column)
        if anchor.isFixed { return place }
        for byte in text.utf8.dropFirst(anchor.offset).prefix(max(0, offset - anchor.offset)) {
            if byte == 0x0A {
                place.line += 1
                place.column = 1
            } else if byte & 0xC0 != 0x80 {
                place.column += 1
            }
        }
        // The offset may stand inside a character: its first byte has already moved the column on.
        let utf8 = text.utf8
        if let index = utf8.index(utf8.startIndex, offsetBy: offset, limitedBy: utf8.endIndex), index < utf8.endIndex,
            utf8[index] & 0xC0 == 0x80
        {
            place.column -= 1
        }
        return place
    }

    /// The anchors strictly inside a stretch of the text, moved as if it began at `newStart`.
    func anchors(inside range: Range<Int>, movedTo newStart: Int) -> [Anchor] {
        anchors.filter { $0.offset > range.lowerBound && $0.offset < range.upperBound }.map { anchor in
            var anchor = anchor
            anchor.offset += newStart - range.lowerBound
            return anchor
        }
    }

    /// The anchor that holds at an offset, stated at `newOffset`.
    func anchor(at offset: Int, in text: String, as newOffset: Int, isFixed: Bool = false) -> Anchor {
        let place = place(of: offset, in: text)
        let wasFixed = anchors.last(where: { $0.offset <= offset })?.isFixed ?? false
        return Anchor(offset: newOffset, line: place.line, column: place.column, isFixed: isFixed || wasFixed)
    }
}
