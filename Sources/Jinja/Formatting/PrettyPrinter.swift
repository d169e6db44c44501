/// Writes values as Python's `pprint` does: what does not fit a line is broken after each element.
struct PrettyPrinter {
    private var text = ""
    private static let width = 80

    static func text(of value: Value) throws -> String {
        var printer = PrettyPrinter()
        try printer.print(value, indent: 0, allowance: 0, level: 1)
        return printer.text
    }

    private mutating func print(_ value: Value, indent: Int, allowance: Int, level: Int) throws {
        let whole = try Self.repr(value)
        guard whole.unicodeScalars.count > Self.width - indent - allowance, level < 100 else {
            text += whole
            return
        }
        switch value {
        case .dict(let dict) where !dict.isEmpty: try print(dict, indent, allowance, level)
        case .list(let list) where !list.values.isEmpty:
            text += "["
            try print(list.values, indent + 1, allowance + 1, level)
            text += "]"
        case .tuple(let values) where !values.isEmpty:
            text += "("
            try print(values, indent + 1, allowance + (values.count == 1 ? 2 : 1), level)
            text += values.count == 1 ? ",)" : ")"
        case .string(let string): print(string, indent, allowance, level)
        default: text += whole
        }
    }

    private mutating func print(_ dict: DictObject, _ indent: Int, _ allowance: Int, _ level: Int) throws {
        text += "{"
        let items = Self.sorted(dict)
        for (place, item) in items.enumerated() {
            let isLast = place == items.count - 1
            let key = try Self.repr(item.key)
            text += key + ": "
            let inner = indent + 1 + key.unicodeScalars.count + 2
            try print(item.value, indent: inner, allowance: isLast ? allowance + 1 : 1, level: level + 1)
            if !isLast { text += ",\n" + String(repeating: " ", count: indent + 1) }
        }
        text += "}"
    }

    private mutating func print(_ values: [Value], _ indent: Int, _ allowance: Int, _ level: Int) throws {
        for (place, value) in values.enumerated() {
            let isLast = place == values.count - 1
            try print(value, indent: indent, allowance: isLast ? allowance : 1, level: level + 1)
            if !isLast { text += ",\n" + String(repeating: " ", count: indent) }
        }
    }

    /// A long string becomes several, a line each.
    private mutating func print(_ string: String, _ indent: Int, _ allowance: Int, _ level: Int) {
        let indent = level == 1 ? indent + 1 : indent
        let allowance = level == 1 ? allowance + 1 : allowance
        var chunks: [String] = []
        let lines = StringMethods.lines(string, keepingEnds: true)
        for (place, line) in lines.enumerated() {
            let widest = Self.width - indent - (place == lines.count - 1 ? allowance : 0)
            if ValuePrinter.quoted(line).unicodeScalars.count <= widest {
                chunks.append(ValuePrinter.quoted(line))
                continue
            }
            chunks += Self.broken(line, Self.width - indent, last: place == lines.count - 1 ? allowance : 0)
        }
        let whole = chunks.joined(separator: "\n" + String(repeating: " ", count: indent))
        text += level == 1 && chunks.count > 1 ? "(" + whole + ")" : whole
    }

    private static func broken(_ line: String, _ width: Int, last allowance: Int) -> [String] {
        var chunks: [String] = []
        var chunk = ""
        let parts = words(line)
        for (place, part) in parts.enumerated() {
            let room = place == parts.count - 1 ? width - allowance : width
            if ValuePrinter.quoted(chunk + part).unicodeScalars.count > room {
                if !chunk.isEmpty { chunks.append(ValuePrinter.quoted(chunk)) }
                chunk = part
            } else {
                chunk += part
            }
        }
        return chunk.isEmpty ? chunks : chunks + [ValuePrinter.quoted(chunk)]
    }

    /// Words with the blanks behind them.
    private static func words(_ line: String) -> [String] {
        var words: [String] = []
        var word = String.UnicodeScalarView()
        for scalar in line.unicodeScalars {
            if let last = word.last, CodePoint.isSpace(last), !CodePoint.isSpace(scalar) {
                words.append(String(word))
                word = String.UnicodeScalarView()
            }
            word.append(scalar)
        }
        return word.isEmpty ? words : words + [String(word)]
    }

    private static func sorted(_ dict: DictObject) -> [(key: Value, value: Value)] {
        (try? dict.items.sorted { try $0.key.compare(to: $1.key) < 0 })
            ?? dict.items.sorted { $0.key.typeName < $1.key.typeName }
    }

    /// On one line, dictionaries in the order of their keys.
    private static func repr(_ value: Value, depth: Int = 0) throws -> String {
        guard depth < 100 else { return "..." }
        switch value {
        case .dict(let dict):
            let items = try sorted(dict).map {
                try repr($0.key, depth: depth + 1) + ": " + repr($0.value, depth: depth + 1)
            }
            return "{" + items.joined(separator: ", ") + "}"
        case .list(let list):
            return "[" + (try list.values.map { try repr($0, depth: depth + 1) }).joined(separator: ", ") + "]"
        case .tuple(let values):
            let parts = try values.map { try repr($0, depth: depth + 1) }
            return "(" + parts.joined(separator: ", ") + (parts.count == 1 ? ",)" : ")")
        default: return try value.repr
        }
    }
}
