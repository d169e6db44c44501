/// Filters for HTML and addresses.
enum MarkupFilters {
    static let all: [String: FilterFunction] = [
        "escape": { value, _, _ in .markup(try HTML.escaped(value)) },
        "e": { value, _, _ in .markup(try HTML.escaped(value)) },
        "forceescape": { value, _, _ in .markup(HTML.escaped(try value.text)) },
        "safe": { value, _, _ in .markup(try value.text) },
        "striptags": { value, _, _ in .string(TagStripping.text(try value.text)) },
        "urlencode": { value, _, interpreter in .string(try urlencoded(value, interpreter)) },
        "urlize": Links.urlize,
        "xmlattr": xmlattr,
    ]

    private static func urlencoded(_ value: Value, _ interpreter: Interpreter) throws -> String {
        if let text = value.asString { return quoted(text, isQuery: false) }
        let pairs: [Value]
        if BuiltinTests.isMapping(value) {
            pairs = try SequenceFilters.pairs(value, interpreter)
        } else if let elements = try? value.elements() {
            pairs = elements
        } else {
            return quoted(try value.text, isQuery: false)
        }
        return try pairs.map { pair in
            let pair = try pair.unpacked(2)
            return quoted(try pair[0].text, isQuery: true) + "=" + quoted(try pair[1].text, isQuery: true)
        }.joined(separator: "&")
    }

    static func quoted(_ text: String, isQuery: Bool) -> String {
        var result: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: result.append(byte)
            case 0x2F where !isQuery: result.append(byte)
            case 0x20 where isQuery: result.append(0x2B)
            default: result += ("%" + CodePoint.hex(UInt32(byte), 2).uppercased()).utf8
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func xmlattr(_ value: Value, _ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
        let autospace = try arguments.bound("do_xmlattr", "autospace?")[0]?.isTrue ?? true
        var attributes: [String] = []
        for pair in try SequenceFilters.pairs(value, interpreter) {
            let pair = try pair.unpacked(2)
            if pair[1].isNone || pair[1].isUndefined { continue }
            let name = try pair[0].text
            if name.unicodeScalars.contains(where: { CodePoint.isSpace($0) || "/>=".unicodeScalars.contains($0) }) {
                throw TemplateError(.value, "Invalid character in attribute name: \(ValuePrinter.quoted(name))")
            }
            attributes.append("\(try HTML.escaped(pair[0]))=\"\(try HTML.escaped(pair[1]))\"")
        }
        let text = (autospace && !attributes.isEmpty ? " " : "") + attributes.joined(separator: " ")
        return interpreter.textValue(text)
    }
}

/// Text without its tags.
enum TagStripping {
    static func text(_ html: String) -> String {
        var rest = Array(html.unicodeScalars)[...]
        var plain = String.UnicodeScalarView()
        while let scalar = rest.first {
            if scalar == "<" {
                let isComment = rest.dropFirst().starts(with: "!--".unicodeScalars)
                if let end = end(of: rest, isComment: isComment) {
                    rest = rest[end...]
                    continue
                }
            }
            plain.append(scalar)
            rest.removeFirst()
        }
        return StringMethods.stripped(Entities.unescaped(words(String(plain))), nil)
    }

    private static func end(of rest: ArraySlice<Unicode.Scalar>, isComment: Bool) -> Int? {
        guard isComment else { return rest.firstIndex(of: ">").map { $0 + 1 } }
        var at = rest.startIndex + 4
        while at + 2 < rest.endIndex {
            if rest[at] == "-", rest[at + 1] == "-", rest[at + 2] == ">" { return at + 3 }
            at += 1
        }
        return nil
    }

    private static func words(_ text: String) -> String {
        let words = try? StringMethods.split(text, nil, most: -1, fromRight: false)
        return (words ?? []).joined(separator: " ")
    }
}

/// Characters that HTML spells by name or number.
enum Entities {
    private static let names: [String: String] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": "\u{A0}", "copy": "©", "reg": "®",
        "hellip": "…", "mdash": "—", "ndash": "–", "euro": "€", "laquo": "«", "raquo": "»", "middot": "·",
        "bull": "•", "times": "×", "deg": "°", "trade": "™", "lsquo": "‘", "rsquo": "’", "ldquo": "“", "rdquo": "”",
    ]

    static func unescaped(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
        var result = ""
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            guard scalar == "&", let end = rest.prefix(12).firstIndex(of: ";"),
                let character = character(String(rest[..<end]))
            else {
                result.unicodeScalars.append(scalar)
                continue
            }
            result += character
            rest = rest[rest.index(after: end)...]
        }
        return result
    }

    private static func character(_ name: String) -> String? {
        guard name.first == "#" else { return names[name] }
        let digits = name.dropFirst()
        let code = digits.first == "x" || digits.first == "X" ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        return code.flatMap { Unicode.Scalar($0) }.map { String($0) }
    }
}
