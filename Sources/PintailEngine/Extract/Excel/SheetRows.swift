#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Reads a sheet's cells as text: numbers as they are stored, days and times in ISO 8601's form.
struct SheetRows {
    /// The rows and columns that are taken, counted from 1.
    struct Range {
        var rows = 1...Int.max
        var columns = 1...Int.max

        /// Everything.
        init() {}

        /// Reads `A1:F200`, `A:F` or `B2:`; `nil` when it is none of these.
        init?(_ text: String) {
            let sides = text.uppercased().split(separator: ":", omittingEmptySubsequences: false)
            guard sides.count == 2, let from = CellPlace(sides[0]), let to = CellPlace(sides[1]) else { return nil }
            let lastRow = to.row ?? .max
            let lastColumn = to.column ?? .max
            guard (from.row ?? 1) <= lastRow, (from.column ?? 1) <= lastColumn else { return nil }
            rows = (from.row ?? 1)...lastRow
            columns = (from.column ?? 1)...lastColumn
        }
    }

    let workbook: Workbook
    let range: Range

    /// Shows every row that has cells, each with its number in the sheet.
    ///
    /// - Returns: how many formulas have no result: a program that does not calculate wrote them.
    @discardableResult
    func read(_ part: any ByteSource, _ visit: (Int, [String?]) throws -> Void) throws -> Int {
        var uncalculated = 0
        var scanner = XMLScanner(part)
        var row = 0
        var column = 0
        var cells: [String?] = []
        var cell = Cell()
        while let event = try scanner.event() {
            switch event {
            case .start("row", let attributes, _):
                row = attributes["r"].flatMap { Int($0) } ?? row + 1
                column = 0
                cells = []
            case .end("row"):
                if range.rows.contains(row), cells.contains(where: { $0 != nil }) { try visit(row, cells) }
            case .start("c", let attributes, let isEmpty):
                column = attributes["r"].flatMap { CellPlace($0[...])?.column } ?? column + 1
                cell = Cell(type: attributes["t"], style: attributes["s"].flatMap { Int($0) })
                if isEmpty { continue }
            case .start("f", _, _): cell.hasFormula = true
            case .end("c"):
                guard range.columns.contains(column) else { continue }
                if cell.hasFormula, cell.value == nil, cell.type == nil, range.rows.contains(row) { uncalculated += 1 }
                guard let text = text(of: cell) else { continue }
                let index = column - range.columns.lowerBound
                while cells.count <= index { cells.append(nil) }
                cells[index] = text
            case .start("v", _, let isEmpty), .start("t", _, let isEmpty): cell.isInValue = !isEmpty
            case .end("v"), .end("t"): cell.isInValue = false
            case .text(let piece) where cell.isInValue: cell.value = (cell.value ?? "") + piece
            default: break
            }
        }
        return uncalculated
    }

    private struct Cell {
        var type: String?
        var style: Int?
        var value: String?
        var isInValue = false
        var hasFormula = false
    }

    private func text(of cell: Cell) -> String? {
        guard let value = cell.value else { return nil }
        switch cell.type {
        case "s":
            return Int(value).flatMap { workbook.sharedTexts.indices.contains($0) ? workbook.sharedTexts[$0] : nil }
        case "b": return value == "1" ? "true" : "false"
        case "inlineStr", "str", "d": return value
        // A formula that failed has no value.
        case "e": return nil
        default: break
        }
        guard let style = cell.style, workbook.styles.indices.contains(style) else { return Self.plain(value) }
        return date(value, workbook.styles[style])
    }

    /// A number as people write it: Excel stores 0.1 as `0.1` and 1e21 as `1E+21`.
    private static func plain(_ value: String) -> String { value }

    private func date(_ value: String, _ style: Workbook.NumberStyle) -> String {
        guard style != .number, let serial = Double(value), serial >= 0, serial < 2_958_466 else {
            return Self.plain(value)
        }
        // Milliseconds are as fine as Excel counts; rounding to them may reach the next day.
        let (whole, milliseconds) = Int((serial * 86_400_000).rounded()).quotientAndRemainder(dividingBy: 86_400_000)
        let time = Self.clock(milliseconds)
        if style == .time, whole == 0 { return time }
        let day = Self.day(whole + (workbook.countsFrom1904 ? 1462 : 0))
        return milliseconds == 0 ? day : "\(day) \(time)"
    }

    private static func clock(_ milliseconds: Int) -> String {
        let seconds = milliseconds / 1000
        let clock = "\(two(seconds / 3600 % 24)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
        guard milliseconds % 1000 != 0 else { return clock }
        let fraction = String(milliseconds % 1000)
        return clock + "." + String(repeating: "0", count: 3 - fraction.count) + fraction
    }

    /// The day of a serial number: 1 is 1900-01-01, and Excel believes in a 29th of February 1900, which is 60.
    private static func day(_ serial: Int) -> String {
        var days = serial - (serial > 59 ? 25_569 : 25_568)
        days += 719_468
        let era = days / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthPart = (5 * dayOfYear + 2) / 153
        let month = monthPart < 10 ? monthPart + 3 : monthPart - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return "\(year)-\(two(month))-\(two(dayOfYear - (153 * monthPart + 2) / 5 + 1))"
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

/// `AB12`, taken apart; either half may be missing.
struct CellPlace {
    var column: Int?
    var row: Int?

    init?(_ text: Substring) {
        let letters = text.prefix { $0.isLetter }
        let digits = text.dropFirst(letters.count)
        if !letters.isEmpty {
            column = letters.utf8.reduce(0) { $0 * 26 + Int($1 & 0x5F) - 64 }
        }
        if !digits.isEmpty {
            guard let number = Int(digits), number > 0 else { return nil }
            row = number
        }
    }
}
