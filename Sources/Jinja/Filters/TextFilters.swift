/// Filters that make text of anything and change it.
enum TextFilters {
    static let all: [String: FilterFunction] = [
        "upper": { value, arguments, _ in try changed("upper", value, arguments, TextCase.upper) },
        "lower": { value, arguments, _ in try changed("lower", value, arguments, TextCase.lower) },
        "capitalize": { value, arguments, _ in try changed("capitalize", value, arguments, TextCase.capitalized) },
        "title": { value, arguments, _ in try changed("title", value, arguments, title) },
        "trim": { value, arguments, _ in
            let characters = try arguments.bound("do_trim", "chars?")[0].flatMap { $0.isNone ? nil : try $0.text }
            return try soft(value) { StringMethods.stripped($0, characters) }
        },
        "center": { value, arguments, _ in
            let width = try arguments.bound("do_center", "width?")[0]?.asInteger ?? 80
            return try soft(value) { try TextPadding.pad($0, to: width, with: " ", "center") }
        },
        "string": { value, _, _ in try soft(value) { $0 } },
        "replace": replace,
        "format": format,
        "indent": indent,
        "truncate": truncate,
        "wordwrap": wordwrap,
        "wordcount": { value, _, _ in .integer(wordCount(try value.text)) },
    ]

    /// Text stays markup if it was.
    static func soft(_ value: Value, _ change: (String) throws -> String) throws -> Value {
        if case .markup(let text) = value { return .markup(try change(text)) }
        return .string(try change(try value.text))
    }

    private static func changed(
        _ name: String,
        _ value: Value,
        _ arguments: Arguments,
        _ change: (String) -> String
    ) throws -> Value {
        _ = try arguments.bound("do_" + name)
        return try soft(value, change)
    }

    /// Words begin behind blanks, hyphens and opening brackets.
    private static func title(_ text: String) -> String {
        var result = ""
        var isInWord = false
        for scalar in text.unicodeScalars {
            let separates = "-({[<".unicodeScalars.contains(scalar) || CodePoint.isSpace(scalar)
            if separates {
                result.unicodeScalars.append(scalar)
            } else {
                result += isInWord ? scalar.properties.lowercaseMapping : scalar.properties.uppercaseMapping
            }
            isInWord = !separates
        }
        return result
    }

    private static func replace(_ value: Value, _ arguments: Arguments, _: Interpreter) throws -> Value {
        let given = try arguments.bound("do_replace", "old", "new", "count?")
        let (old, new) = (try (given[0] ?? .none).text, try (given[1] ?? .none).text)
        let most = try given[2].flatMap { $0.isNone ? nil : try required($0) } ?? -1
        return try soft(value) { StringMethods.replaced($0, old, new, most: most) }
    }

    private static func required(_ value: Value) throws -> Int {
        guard let number = value.asInteger else {
            throw TemplateError(.type, "'\(value.typeName)' object cannot be interpreted as an integer")
        }
        return number
    }

    private static func format(_ value: Value, _ arguments: Arguments, _: Interpreter) throws -> Value {
        guard arguments.positional.isEmpty || arguments.keyword.isEmpty else {
            throw TemplateError(
                .filterArgument,
                "can't handle positional and keyword arguments at the same time"
            )
        }
        let dict = DictObject()
        for (name, value) in arguments.keyword { dict[name] = value }
        let values: Value = arguments.keyword.isEmpty ? .tuple(arguments.positional) : .dict(dict)
        if case .markup(let text) = value {
            return .markup(try PercentFormat.format(text, with: HTML.escapingArguments(values)))
        }
        return .string(try PercentFormat.format(try value.text, with: values))
    }

    private static func indent(_ value: Value, _ arguments: Arguments, _: Interpreter) throws -> Value {
        let given = try arguments.bound("do_indent", "width?", "first?", "blank?")
        let width =
            try given[0]?.asString ?? String(repeating: " ", count: TextPadding.checked(given[0]?.asInteger ?? 4))
        guard value.asString != nil else { throw notText(value, appended: true) }
        let (first, blank) = (try given[1]?.isTrue ?? false, try given[2]?.isTrue ?? false)
        return try soft(value) { text in
            let lines = StringMethods.lines(text + "\n")
            let rest = lines.dropFirst().map { $0.isEmpty && !blank ? $0 : width + $0 }
            return (first ? width : "") + ([lines.first ?? ""] + rest).joined(separator: "\n")
        }
    }

    /// The error of taking something else for text.
    private static func notText(_ value: Value, appended: Bool) -> TemplateError {
        switch value {
        case .undefined(let undefined): return undefined.error
        case .list: break
        default:
            if appended {
                return TemplateError(.type, "unsupported operand type(s) for +=: '\(value.typeName)' and 'str'")
            }
        }
        return TemplateError(.attribute, "'\(value.typeName)' object has no attribute 'splitlines'")
    }

    private static func truncate(_ value: Value, _ arguments: Arguments, _: Interpreter) throws -> Value {
        let given = try arguments.bound("do_truncate", "length?", "killwords?", "end?", "leeway?")
        let length = try given[0].map(required) ?? 255
        let end = try given[2]?.text ?? "..."
        let leeway = try given[3].flatMap { $0.isNone ? nil : try required($0) } ?? 5
        let size = end.unicodeScalars.count
        guard length >= size else {
            throw TemplateError(.failedAssertion, "expected length >= \(size), got \(length)")
        }
        if try value.length() <= length + leeway { return value }
        guard let text = value.asString else {
            throw TemplateError(.attribute, "'\(value.typeName)' object has no attribute 'rsplit'")
        }
        let part = String(String.UnicodeScalarView(text.unicodeScalars.prefix(length - size)))
        if try given[1]?.isTrue ?? false { return .string(part + end) }
        return .string((try StringMethods.split(part, " ", most: 1, fromRight: true).first ?? "") + end)
    }

    private static func wordwrap(_ value: Value, _ arguments: Arguments, _: Interpreter) throws -> Value {
        let given = try arguments.bound(
            "do_wordwrap",
            "width?",
            "break_long_words?",
            "wrapstring?",
            "break_on_hyphens?"
        )
        let wrapping = TextWrapping(
            width: try given[0].map(required) ?? 79,
            breaksLongWords: try given[1]?.isTrue ?? true,
            breaksOnHyphens: try given[3]?.isTrue ?? true
        )
        let separator = try given[2].flatMap { $0.isNone ? nil : try $0.text } ?? "\n"
        guard let text = value.asString else {
            if case .undefined(let undefined) = value { throw undefined.error }
            throw notText(value, appended: false)
        }
        guard wrapping.width > 0 else {
            throw TemplateError(.value, "invalid width \(wrapping.width) (must be > 0)")
        }
        let lines = StringMethods.lines(text).map { wrapping.lines(of: $0).joined(separator: separator) }
        return .string(lines.joined(separator: separator))
    }

    private static func wordCount(_ text: String) -> Int {
        var count = 0
        var isInWord = false
        for scalar in text.unicodeScalars {
            let isWord = CodePoint.isWord(scalar)
            if isWord, !isInWord { count += 1 }
            isInWord = isWord
        }
        return count
    }
}
