import Jinja

/// Finds `{% word name %}…{% endword %}` in a text without reading what stands between as a template.
enum TextBlocks {
    struct Block {
        let name: String
        let text: String
        let location: SourceLocation
        /// Where the text begins.
        let start: TextStart
    }

    static func blocks(_ word: String, in file: SourceFile) -> [Block] {
        let bytes = file.bytes
        var blocks: [Block] = []
        var open: (name: String, start: Int, tag: Int)?
        var place = 0
        while let tag = nextTag(in: bytes, from: place) {
            place = tag.end
            if tag.isComment { continue }
            if let block = open {
                guard tag.words.first == "end" + word else { continue }
                let text = String(decoding: bytes[block.start..<tag.start], as: UTF8.self)
                blocks.append(
                    Block(
                        name: block.name,
                        text: text,
                        location: file.location(offset: block.tag),
                        start: TextStart(file.location(offset: block.start))
                    )
                )
                open = nil
            } else if tag.words.first == word, tag.words.count == 2 {
                open = (tag.words[1], tag.end, tag.start)
            }
        }
        return blocks
    }

    private struct Tag {
        let start: Int
        let end: Int
        let words: [String]
        let isComment: Bool
    }

    private static func nextTag(in bytes: [UInt8], from start: Int) -> Tag? {
        var place = start
        while place + 1 < bytes.count {
            if bytes[place] == UInt8(ascii: "{"),
                bytes[place + 1] == UInt8(ascii: "%") || bytes[place + 1] == UInt8(ascii: "#")
            {
                let isComment = bytes[place + 1] == UInt8(ascii: "#")
                guard let end = end(of: bytes[place + 1], in: bytes, from: place + 2) else { return nil }
                let inner = bytes[(place + 2)..<(end - 2)]
                let words = inner.split { [0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: "-"), UInt8(ascii: "+")].contains($0) }
                return Tag(
                    start: place,
                    end: end,
                    words: words.map { String(decoding: $0, as: UTF8.self) },
                    isComment: isComment
                )
            }
            place += 1
        }
        return nil
    }

    private static func end(of mark: UInt8, in bytes: [UInt8], from start: Int) -> Int? {
        var place = start
        while place + 1 < bytes.count {
            if bytes[place] == mark, bytes[place + 1] == UInt8(ascii: "}") { return place + 2 }
            place += 1
        }
        return nil
    }
}
