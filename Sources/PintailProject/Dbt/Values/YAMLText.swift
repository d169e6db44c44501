package import Jinja

/// YAML in templates: `fromyaml` and `toyaml`.
package enum YAMLText {
    /// The value that a text writes.
    package static func value(of text: String) throws(Diagnostic) -> Value {
        try PropertyReader.read(SourceFile(path: "fromyaml", text: text)).root.value.templateValue
    }

    /// A value in block style, as PyYAML writes it.
    package static func text(of value: Value, sortsKeys: Bool = false) throws -> String {
        var writer = YAMLWriter(sortsKeys: sortsKeys)
        switch value {
        case .list(let list) where !list.values.isEmpty: try writer.write(list.values, indent: 0)
        case .tuple(let values) where !values.isEmpty: try writer.write(values, indent: 0)
        case .dict(let dict) where !dict.isEmpty: try writer.write(dict, indent: 0)
        default:
            try writer.write(scalar: value)
            // PyYAML ends a document that is a plain scalar.
            writer.text += value.asString.map { YAMLWriter.isPlain($0) } ?? true ? "\n...\n" : "\n"
        }
        return writer.text
    }
}

private struct YAMLWriter {
    let sortsKeys: Bool
    var text = ""

    init(sortsKeys: Bool) { self.sortsKeys = sortsKeys }

    mutating func write(_ values: [Value], indent: Int) throws {
        for (place, value) in values.enumerated() {
            if place > 0 || !text.hasSuffix("- ") { text += String(repeating: " ", count: indent) }
            text += "- "
            try write(value, indent: indent + 2, isInList: true)
        }
    }

    mutating func write(_ dict: DictObject, indent: Int) throws {
        var items = dict.items
        if sortsKeys { try items.sort { try $0.key.compare(to: $1.key) < 0 } }
        for (place, item) in items.enumerated() {
            if place > 0 || !text.hasSuffix("- ") { text += String(repeating: " ", count: indent) }
            try write(scalar: item.key)
            text += ":"
            try write(item.value, indent: indent, isInList: false)
        }
    }

    private mutating func write(_ value: Value, indent: Int, isInList: Bool) throws {
        switch value {
        case .dict(let dict) where !dict.isEmpty:
            if !isInList { text += "\n" }
            try write(dict, indent: isInList ? indent : indent + 2)
        case .list(let list) where !list.values.isEmpty:
            if !isInList { text += "\n" }
            try write(list.values, indent: indent)
        case .tuple(let values) where !values.isEmpty:
            if !isInList { text += "\n" }
            try write(values, indent: indent)
        default:
            if !isInList { text += " " }
            try write(scalar: value)
            text += "\n"
        }
    }

    mutating func write(scalar value: Value) throws {
        switch value {
        case .none, .undefined: text += "null"
        case .bool(let flag): text += flag ? "true" : "false"
        case .list, .tuple: text += "[]"
        case .dict: text += "{}"
        case .integer, .bigInteger, .double: text += try value.text
        default: text += Self.quoted(try value.text)
        }
    }

    static func quoted(_ string: String) -> String {
        if isPlain(string) { return string }
        let needsEscapes = string.unicodeScalars.contains { $0.value < 32 && $0 != "\n" || $0.value > 126 }
        guard needsEscapes else {
            let doubled = string.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
            return "'" + doubled.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n\n  ")
                + "'"
        }
        return "\"" + string.unicodeScalars.map(escaped).joined() + "\""
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"": return "\\\""
        case "\\": return "\\\\"
        case "\n": return "\\n"
        case "\t": return "\\t"
        case "\r": return "\\r"
        case " "..."~": return String(scalar)
        default:
            let digits = String(scalar.value, radix: 16, uppercase: true)
            let (letter, width) = scalar.value < 0x100 ? ("x", 2) : scalar.value < 0x10000 ? ("u", 4) : ("U", 8)
            return "\\" + letter + String(repeating: "0", count: width - digits.count) + digits
        }
    }

    /// Whether a string means itself without quotes.
    static func isPlain(_ string: String) -> Bool {
        guard let first = string.unicodeScalars.first, let last = string.unicodeScalars.last else { return false }
        if case .string = YAMLWords.value(of: string) {} else { return false }
        let looksLikeDate =
            string.utf8.count >= 8 && string.utf8.prefix(4).allSatisfy { (48...57).contains($0) }
            && string.utf8.dropFirst(4).first == UInt8(ascii: "-")
        if looksLikeDate || string == "=" || string == "<<" { return false }
        if string.unicodeScalars.contains(where: { $0.value < 32 || $0.value > 126 }) { return false }
        if first == " " || last == " " || last == ":" { return false }
        if "#,[]{}&*!|>'\"%@`".unicodeScalars.contains(first) { return false }
        if "-?:".unicodeScalars.contains(first), string.utf8.count == 1 || string.utf8.dropFirst().first == 32 {
            return false
        }
        return !string.contains(": ") && !string.contains(" #")
    }
}
