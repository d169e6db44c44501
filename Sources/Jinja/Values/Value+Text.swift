extension Value {
    /// The value as Python's `str` prints it.
    package var text: String {
        get throws {
            switch self {
            case .string(let text), .markup(let text): return text
            case .undefined(let undefined): return try undefined.text()
            case .object(let object): return try object.text()
            default:
                var printer = ValuePrinter()
                try printer.print(self)
                return printer.text
            }
        }
    }

    /// The value as Python's `repr` prints it: strings in quotes.
    package var repr: String {
        get throws {
            var printer = ValuePrinter()
            try printer.print(self)
            return printer.text
        }
    }
}

/// Writes values as Python's `repr` does.
struct ValuePrinter {
    private(set) var text = ""
    /// Containers that are being printed: one within itself is printed as dots.
    private var open: [ObjectIdentifier] = []

    mutating func print(_ value: Value) throws {
        switch value {
        case .undefined(let undefined): text += undefined.behaviour == .strict ? "Undefined" : "Undefined"
        case .none: text += "None"
        case .bool(let flag): text += flag ? "True" : "False"
        case .integer(let number): text += String(number)
        case .bigInteger(let number): text += number.description
        case .double(let number): text += FloatText.repr(number)
        case .string(let string): text += Self.quoted(string)
        case .markup(let string): text += "Markup(" + Self.quoted(string) + ")"
        case .tuple(let values):
            try print(values, "(", values.count == 1 ? ",)" : ")")
        case .list(let list):
            try nested(ObjectIdentifier(list), "[...]") { try $0.print(list.values, "[", "]") }
        case .dict(let dict):
            try nested(ObjectIdentifier(dict), "{...}") { try $0.print(dict) }
        case .object(let object):
            try nested(ObjectIdentifier(object), "...") { $0.text += try object.repr() }
        }
        if text.utf8.count > Self.longest { throw TemplateError(.limit, "a value is too long to be printed") }
    }

    /// No page is longer; a list that holds itself many times over would be.
    private static let longest = 1 << 30
    private static let deepest = 200

    private mutating func nested(
        _ container: ObjectIdentifier,
        _ shortcut: String,
        _ print: (inout ValuePrinter) throws -> Void
    ) throws {
        if open.contains(container) {
            text += shortcut
            return
        }
        guard open.count < Self.deepest else {
            throw TemplateError(.limit, "a value is nested too deeply to be printed")
        }
        open.append(container)
        try print(&self)
        open.removeLast()
    }

    private mutating func print(_ values: [Value], _ start: String, _ end: String) throws {
        text += start
        var separator = ""
        for value in values {
            text += separator
            try print(value)
            separator = ", "
        }
        text += end
    }

    private mutating func print(_ dict: DictObject) throws {
        text += "{"
        var separator = ""
        for (key, value) in dict.items {
            text += separator
            try print(key)
            text += ": "
            try print(value)
            separator = ", "
        }
        text += "}"
    }

    /// A string in the quotes that need the fewest escapes.
    static func quoted(_ string: String) -> String {
        let quote: Unicode.Scalar = string.utf8.contains(0x27) && !string.utf8.contains(0x22) ? "\"" : "'"
        var text = String(quote)
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\\": text += "\\\\"
            case quote: text += "\\" + String(quote)
            case _ where scalar.value >= 0x20 && scalar.value < 0x7F: text.unicodeScalars.append(scalar)
            case _ where CodePoint.isPrintable(scalar): text.unicodeScalars.append(scalar)
            default: text += CodePoint.escaped(scalar)
            }
        }
        text.unicodeScalars.append(quote)
        return text
    }
}
