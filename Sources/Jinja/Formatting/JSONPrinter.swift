/// Writes values as Python's `json.dumps` does.
package struct JSONPrinter {
    private var text = ""
    private let indent: Int?
    private let sortsKeys: Bool
    private var depth = 0

    /// The JSON of a value; `indent` blanks a level, or everything on one line.
    ///
    /// - Throws: ``TemplateError`` of kind type for what JSON has no form for.
    package static func text(of value: Value, indent: Int? = nil, sortsKeys: Bool = false) throws -> String {
        var printer = JSONPrinter(indent: indent, sortsKeys: sortsKeys)
        try printer.print(value)
        return printer.text
    }

    private init(indent: Int?, sortsKeys: Bool) {
        self.indent = indent
        self.sortsKeys = sortsKeys
    }

    /// Without the signs that end a script in HTML.
    static func htmlSafe(_ text: String) -> String {
        var safe = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": safe += "\\u003c"
            case ">": safe += "\\u003e"
            case "&": safe += "\\u0026"
            case "'": safe += "\\u0027"
            default: safe.unicodeScalars.append(scalar)
            }
        }
        return safe
    }

    private mutating func print(_ value: Value) throws {
        switch value {
        case .none: text += "null"
        case .bool(let flag): text += flag ? "true" : "false"
        case .integer, .bigInteger: text += try value.text
        case .double(let number): text += Self.number(number)
        case .string(let string), .markup(let string): text += Self.quoted(string)
        case .list(let list): try print(list.values)
        case .tuple(let values): try print(values)
        case .dict(let dict): try print(dict)
        case .object(let object as MarkedText): text += Self.quoted(object.string)
        case .object(let object as GroupTuple): try print(object.pair)
        default: throw TemplateError(.type, "Object of type \(value.typeName) is not JSON serializable")
        }
    }

    private static func number(_ number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
        return FloatText.repr(number)
    }

    /// Deeper is a list within itself.
    private static let deepest = 200

    private mutating func nested(
        _ open: String,
        _ close: String,
        _ count: Int,
        _ element: (inout JSONPrinter, Int) throws -> Void
    ) throws {
        guard depth < Self.deepest else { throw TemplateError(.value, "Circular reference detected") }
        text += open
        depth += 1
        for place in 0..<count {
            if place > 0 { text += indent == nil ? ", " : "," }
            breakLine()
            try element(&self, place)
        }
        depth -= 1
        if count > 0 { breakLine() }
        text += close
    }

    private mutating func breakLine() {
        if let indent { text += "\n" + String(repeating: " ", count: indent * depth) }
    }

    private mutating func print(_ values: [Value]) throws {
        try nested("[", "]", values.count) { try $0.print(values[$1]) }
    }

    private mutating func print(_ dict: DictObject) throws {
        var items = dict.items
        if sortsKeys { items = try items.sorted { try $0.key.compare(to: $1.key) < 0 } }
        let entries = try items.map { (key: try Self.key($0.key), value: $0.value) }
        try nested("{", "}", entries.count) { printer, place in
            printer.text += Self.quoted(entries[place].key) + ": "
            try printer.print(entries[place].value)
        }
    }

    private static func key(_ key: Value) throws -> String {
        switch key {
        case .string(let text), .markup(let text): return text
        case .none: return "null"
        case .bool(let flag): return flag ? "true" : "false"
        case .integer, .bigInteger: return try key.text
        case .double(let double): return number(double)
        default: throw TemplateError(.type, "keys must be str, int, float, bool or None, not \(key.typeName)")
        }
    }

    private static func quoted(_ string: String) -> String {
        var text = "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{8}": text += "\\b"
            case "\u{C}": text += "\\f"
            default:
                if scalar.value >= 0x20, scalar.value < 0x7F {
                    text.unicodeScalars.append(scalar)
                } else {
                    for unit in String(scalar).utf16 { text += "\\u" + CodePoint.hex(UInt32(unit), 4) }
                }
            }
        }
        return text + "\""
    }
}
