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
        let rows = table.rows.map { row -> Value in
            let dict = DictObject()
            for (name, value) in zip(table.names, row) {
                if case .object(let object) = value {
                    dict[name] =
                        (object as? DecimalNumber).map { .double($0.double) } ?? .string((try? object.text()) ?? "")
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
            lines.append(try row.map { $0.isNone ? "" : quoted(try $0.text) }.joined(separator: ","))
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
        var rows = try table.rows.prefix(mostRows).map { row in
            try places.map { row[$0].isNone ? "" : cut(try row[$0].text, widest) } + (isCut ? ["..."] : [])
        }
        if table.rows.count > mostRows { rows.append(places.map { _ in "..." } + (isCut ? ["..."] : [])) }
        let right = places.map { ![.text].contains(table.kinds[$0]) } + (isCut ? [false] : [])
        return grid(places.map { cut(table.names[$0], widest) } + (isCut ? ["..."] : []), rows, right)
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
