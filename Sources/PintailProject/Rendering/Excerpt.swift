/// A line of a file as it is shown, with what the caret underlines: tabs, wide signs and long lines taken care of.
struct Excerpt {
    /// What is shown of the line.
    let text: String
    /// Terminal columns in front of the caret.
    let caretOffset: Int
    /// Terminal columns that are underlined.
    let caretWidth: Int

    private struct Cell {
        var text: String
        var width: Int
    }

    /// Cuts a line to `width` columns around the caret; `hidden` stretches show as `***`.
    init(line: [Unicode.Scalar], column: Int, length: Int, hidden: [Range<Int>], width: Int) {
        var cells = line.map { Cell(text: Self.shown($0), width: Self.width(of: $0)) }
        for range in hidden {
            for index in range { cells[index] = Cell(text: "", width: 0) }
            cells[range.lowerBound] = Cell(text: "***", width: 3)
        }
        let start = min(column - 1, cells.count)
        let end = min(start + length, max(cells.count, start))
        let (first, last) = Self.window(around: start, cells, width: width)
        let lead = first > 0 ? "…" : ""
        text = lead + cells[first..<last].map(\.text).joined() + (last < cells.count ? "…" : "")
        caretOffset = lead.count + cells[first..<max(first, start)].reduce(0) { $0 + $1.width }
        caretWidth = max(1, cells[start..<max(start, min(end, last))].reduce(0) { $0 + $1.width })
    }

    private static func window(around start: Int, _ cells: [Cell], width: Int) -> (Int, Int) {
        var first = 0
        var last = cells.count
        guard cells.reduce(0, { $0 + $1.width }) > width else { return (first, last) }
        first = start
        var used = 0
        while first > 0, used + cells[first - 1].width <= width / 2 {
            first -= 1
            used += cells[first].width
        }
        last = start
        while last < cells.count, used + cells[last].width <= width {
            used += cells[last].width
            last += 1
        }
        return (first, last)
    }

    /// A tab as spaces; what would move the cursor, turn the writing round or not be seen, as one visible sign.
    static func shown(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\t": "    "
        case "\0"..<" ", "\u{7F}"..<"\u{A0}", "\u{200B}"..."\u{200F}", "\u{2028}"..."\u{202E}", "\u{2066}"..."\u{2069}",
            "\u{FEFF}":
            "\u{FFFD}"
        default: String(scalar)
        }
    }

    /// How many columns a terminal gives a scalar.
    ///
    /// https://www.unicode.org/reports/tr11/, the wide blocks in use.
    static func width(of scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0x09: return 4
        case 0x20..<0x300: return 1
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
            0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            return 2
        default: break
        }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return 0
        default: return 1
        }
    }
}
