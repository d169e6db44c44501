import Jinja

/// How a result is shown: `print_table` and its siblings.
enum TablePrinting {
    static func text(of table: ResultTable, _ form: String, _ arguments: Arguments) throws -> String {
        switch form {
        case "print_json": try json(of: table)
        case "print_csv": try csv(of: table)
        case "print_structure": structure(of: table)
        default: try grid(of: table, arguments)
        }
    }

    /// Names and kinds of the columns.
    static func structure(of table: ResultTable) -> String {
        grid(["column", "data_type"], zip(table.names, table.kinds).map { [$0, $1.rawValue] }, [false, false])
    }

    static func json(of table: ResultTable) throws -> String {
        let rows = try table.rows.map { row -> Value in
            let dict = DictObject()
            for (name, value) in zip(table.names, row) {
                if case .object(let object) = value {
                    dict[name] = try (object as? DecimalNumber).map { .double($0.double) } ?? .string(plain(value))
                } else {
                    dict[name] = value
                }
            }
            return .dict(dict)
        }
        return try JSONPrinter.text(of: .list(of: rows))
    }

    static func csv(of table: ResultTable) throws -> String {
        var lines = [table.names.map(quoted).joined(separator: ",")]
        for row in table.rows {
            lines.append(try row.map { quoted(try plain($0)) }.joined(separator: ","))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func quoted(_ text: String) -> String {
        guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    private static func grid(of table: ResultTable, _ arguments: Arguments) throws -> String {
        let mostRows = arguments[0, "max_rows"]?.asInteger ?? 20
        let mostColumns = arguments[1, "max_columns"]?.asInteger ?? 6
        let widest = arguments.named("max_column_width")?.asInteger ?? 20
        let places = Array(table.names.indices.prefix(mostColumns))
        let isCut = table.names.count > mostColumns
        let shown = table.rows.prefix(mostRows)
        let digits = places.map { place in shown.map { decimals($0[place]) }.max() ?? 0 }
        var rows = try shown.map { row in
            try zip(places, digits).map { place, digits in
                let isNumber = table.kinds[place] == .number
                return cut(try isNumber ? number(row[place], digits) : cell(row[place]), widest)
            } + (isCut ? ["..."] : [])
        }
        if table.rows.count > mostRows { rows.append(places.map { _ in "..." } + (isCut ? ["..."] : [])) }
        let right = places.map { ![.text].contains(table.kinds[$0]) } + (isCut ? [false] : [])
        return grid(places.map { cut(table.names[$0], widest) } + (isCut ? ["..."] : []), rows, right)
    }

    /// How many digits a number has behind its point, without zeros at its end.
    private static func decimals(_ value: Value) -> Int {
        guard case .object(let object) = value, let number = object as? DecimalNumber, number.double.isFinite else {
            return 0
        }
        var (mantissa, scale) = (number.mantissa, number.scale)
        while scale > 0, mantissa % 10 == 0 { (mantissa, scale) = (mantissa / 10, scale - 1) }
        return max(0, scale)
    }

    /// A number with as many digits as its column needs, three at most, and commas between thousands.
    private static func number(_ value: Value, _ digits: Int) throws -> String {
        guard case .object(let object) = value, let number = object as? DecimalNumber, number.double.isFinite else {
            return try cell(value)
        }
        let most = min(digits, 3)
        let text = number.rounded(to: most)
        let isNegative = text.hasPrefix("-")
        let parts = text.drop { $0 == "-" }.split(separator: ".", maxSplits: 1)
        var whole = ""
        for (place, digit) in (parts.first ?? "0").reversed().enumerated() {
            if place > 0, place % 3 == 0 { whole.append(",") }
            whole.append(digit)
        }
        let fraction = parts.count > 1 ? "." + parts[1] : ""
        return (isNegative ? "-" : "") + String(whole.reversed()) + fraction + (digits > most ? "…" : "")
    }

    private static func cell(_ value: Value) throws -> String { value.isNone ? "" : try value.text }

    /// As JSON and CSV have it: points in time by ISO 8601.
    private static func plain(_ value: Value) throws -> String {
        try DateTimeValue.of(value)?.isoText("T") ?? cell(value)
    }

    private static func cut(_ text: String, _ width: Int) -> String {
        text.count > width ? text.prefix(width - 3) + "..." : text
    }

    static func grid(_ names: [String], _ rows: [[String]], _ right: [Bool]) -> String {
        let widths = names.indices.map { place in max(names[place].count, rows.map { $0[place].count }.max() ?? 0) }
        func line(_ cells: [String]) -> String {
            "| "
                + cells.indices.map { place in
                    let blanks = String(repeating: " ", count: widths[place] - cells[place].count)
                    return right[place] ? blanks + cells[place] : cells[place] + blanks
                }.joined(separator: " | ") + " |"
        }
        let rule = "| " + widths.map { String(repeating: "-", count: $0) }.joined(separator: " | ") + " |"
        return ([line(names), rule] + rows.map(line)).joined(separator: "\n") + "\n"
    }
}

extension TablePrinting {
    /// A grid of texts.
    static func structure(_ names: [String], _ rows: [[String]]) -> String {
        grid(names, rows, names.map { _ in false })
    }
}
