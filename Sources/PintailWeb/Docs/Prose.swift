import Drawing

/// Descriptions as pages show them: paragraphs, lists, `code`, **bold** and links of the Markdown they are written in.
enum Prose {
    static func paragraphs(_ text: String) -> Markup {
        var result: Markup = ""
        var lines: [Substring] = []
        func flush() {
            guard !lines.isEmpty else { return }
            let isList = lines.allSatisfy { $0.hasPrefix("- ") || $0.hasPrefix("* ") }
            let items: [Markup] = lines.map { "<li>\(inline(String($0.dropFirst(2))))</li>" }
            result += isList ? "<ul>\(items)</ul>" : "<p>\(inline(lines.joined(separator: " ")))</p>"
            lines = []
        }
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            let line = line.drop { $0 == " " }
            let isItem = line.hasPrefix("- ") || line.hasPrefix("* ")
            if line.isEmpty || isItem != (lines.last.map { $0.hasPrefix("- ") || $0.hasPrefix("* ") } ?? isItem) {
                flush()
            }
            if line.hasPrefix("#") {
                flush()
                result += "<h3>\(inline(String(line.drop { $0 == "#" || $0 == " " })))</h3>"
            } else if !line.isEmpty {
                lines.append(line)
            }
        }
        flush()
        return result
    }

    /// What stands in one line.
    static func inline(_ text: String) -> Markup {
        var result: Markup = ""
        var rest = text[...]
        while let mark = rest.firstIndex(where: { $0 == "`" || $0 == "*" || $0 == "[" }) {
            result += "\(String(rest[..<mark]))"
            rest = rest[mark...]
            if let (markup, length) = span(rest) {
                result += markup
                rest = rest.dropFirst(length)
            } else {
                result += "\(String(rest.prefix(1)))"
                rest = rest.dropFirst()
            }
        }
        return result + "\(String(rest))"
    }

    private static func span(_ text: Substring) -> (Markup, Int)? {
        func inside(_ mark: String) -> Substring? {
            guard text.hasPrefix(mark) else { return nil }
            let body = text.dropFirst(mark.count)
            return body.firstRange(of: mark).map { body[..<$0.lowerBound] }.flatMap { $0.isEmpty ? nil : $0 }
        }
        if let code = inside("`") { return ("<code>\(String(code))</code>", code.count + 2) }
        if let bold = inside("**") { return ("<strong>\(String(bold))</strong>", bold.count + 4) }
        guard text.first == "[", let middle = text.firstRange(of: "]("),
            let end = text[middle.upperBound...].firstIndex(of: ")")
        else { return nil }
        let (label, address) = (
            text[text.index(after: text.startIndex)..<middle.lowerBound], text[middle.upperBound..<end]
        )
        guard address.hasPrefix("https://") || address.hasPrefix("http://") else { return nil }
        return (
            "<a href=\"\(String(address))\" rel=\"noreferrer\">\(String(label))</a>",
            text.distance(from: text.startIndex, to: end) + 1
        )
    }

    static func firstSentence(_ text: String) -> Markup {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).drop { $0.isEmpty }
        let line = lines.prefix { !$0.isEmpty }.joined(separator: " ")
        let end = line.firstRange(of: ". ").map { line[..<$0.lowerBound] + "." } ?? line[...]
        return inline(String(end))
    }

    /// A name that may go on in the next line after an underscore.
    static func breakable(_ name: String) -> Markup {
        let parts: [Markup] = name.split(separator: "_", omittingEmptySubsequences: false).enumerated().map {
            $0 == 0 ? "\(String($1))" : "_<wbr>\(String($1))"
        }
        return "\(parts)"
    }

    /// A text as JSON has it, safe inside a page as well.
    static func json(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\0"..<" ", "<", "\u{2028}", "\u{2029}":
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

private func + (left: Markup, right: Markup) -> Markup {
    var sum = left
    sum += right
    return sum
}
