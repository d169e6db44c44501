/// Draws rows as a table whose columns are as wide as the first rows need, and as the terminal allows.
struct ResultTable {
    /// A column's heading and on which side its values stand.
    struct Column: Hashable {
        let name: String
        let alignsRight: Bool
        /// Whether its values are never cut: names that are typed again somewhere else.
        var isWhole = false
    }

    /// Narrower than this a column tells nothing.
    private static let leastWidth = 6

    private let rules: Glyphs.TableRules
    private let palette: Palette
    private let columns: [Column]
    /// How wide each column is; nil for those that the terminal has no room for, which one `…` stands for.
    private let widths: [Int?]

    /// Decides on the widths.
    ///
    /// - Parameters:
    ///   - rows: the first rows; nil stands for NULL.
    ///   - limit: how wide the table may be; nil for as wide as it likes.
    init(_ columns: [Column], rows: [[String?]], limit: Int?, glyphs: Glyphs, palette: Palette) {
        self.columns = columns
        self.palette = palette
        rules = glyphs.table
        var wanted = columns.map { $0.name.printable.displayWidth }
        for row in rows {
            for (place, value) in row.enumerated() {
                wanted[place] = max(wanted[place], value.map { $0.printable.displayWidth } ?? 4)
            }
        }
        widths = Self.fit(wanted, whole: columns.map(\.isWhole), limit)
    }

    /// The lines above the first row.
    var head: String {
        let names = cells(columns.map { ($0.name.printable, Ink.bold) })
        return rule(rules.top) + names + rule(rules.header)
    }

    /// The line of one row.
    func line(_ row: [String?]) -> String {
        cells(row.map { value in value.map { ($0.printable, Ink.plain) } ?? ("NULL", Ink.dim) })
    }

    /// The line below the last row.
    var foot: String { rule(rules.bottom) }

    private func cells(_ values: [(String, Ink)]) -> String {
        let texts = shown.map { place -> String in
            guard let place, let width = widths[place] else { return "…" }
            let (text, ink) = values[place]
            return aligned(text.fitted(to: width), ink, to: width, right: columns[place].alignsRight)
        }
        return rules.vertical + " " + texts.joined(separator: " \(rules.vertical) ") + " " + rules.vertical + "\n"
    }

    /// Pads outside the colour, so that a line of blanks is not underlined or dimmed.
    private func aligned(_ text: String, _ ink: Ink, to width: Int, right: Bool) -> String {
        let blanks = String(repeating: " ", count: max(0, width - text.displayWidth))
        return right ? blanks + palette.paint(text, ink) : palette.paint(text, ink) + blanks
    }

    private func rule(_ signs: (left: String, middle: String, right: String)) -> String {
        let dashes = shown.map { place in
            String(repeating: rules.horizontal, count: (place.flatMap { widths[$0] } ?? 1) + 2)
        }
        return signs.left + dashes.joined(separator: signs.middle) + signs.right + "\n"
    }

    /// The places of the columns that are shown; nil where columns are left out.
    private var shown: [Int?] {
        var shown: [Int?] = []
        for place in columns.indices {
            if widths[place] != nil {
                shown.append(place)
            } else if shown.last != .some(nil) {
                shown.append(nil)
            }
        }
        return shown
    }

    /// Narrows the widest columns until all fit; when they cannot, leaves out columns from the middle.
    private static func fit(_ wanted: [Int], whole: [Bool], _ limit: Int?) -> [Int?] {
        guard let limit else { return wanted }
        let least = zip(wanted, whole).map { $1 ? $0 : min($0, leastWidth) }
        var kept = Array(wanted.indices)
        while kept.count > 2 {
            let isWhole = kept.count == wanted.count
            let room = limit - 1 - 3 * kept.count - (isWhole ? 0 : 4)
            if kept.reduce(0, { $0 + least[$1] }) <= room { break }
            kept.remove(at: kept.count / 2)
        }
        let room = limit - 1 - 3 * kept.count - (kept.count == wanted.count ? 0 : 4)
        let fixed = kept.filter { whole[$0] }.reduce(0) { $0 + wanted[$1] }
        let cap = widestCap(kept.filter { !whole[$0] }.map { wanted[$0] }, room: room - fixed)
        var widths: [Int?] = Array(repeating: nil, count: wanted.count)
        for place in kept { widths[place] = whole[place] ? wanted[place] : max(1, min(wanted[place], cap)) }
        return widths
    }

    /// The greatest width that no column may pass if all are to fit in `room`.
    private static func widestCap(_ wanted: [Int], room: Int) -> Int {
        var low = leastWidth
        var high = max(leastWidth, wanted.max() ?? 0)
        while low < high {
            let middle = (low + high + 1) / 2
            if wanted.reduce(0, { $0 + min($1, middle) }) <= room { low = middle } else { high = middle - 1 }
        }
        return low
    }
}
