/// Text made safe for HTML.
enum HTML {
    /// The value's text, escaped unless it is markup.
    static func escaped(_ value: Value) throws -> String {
        if case .markup(let text) = value { return text }
        return escaped(try value.text)
    }

    static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 0x26 || $0 == 0x3C || $0 == 0x3E || $0 == 0x27 || $0 == 0x22 }) else {
            return text
        }
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "'": escaped += "&#39;"
            case "\"": escaped += "&#34;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// What markup formats: its arguments, escaped.
    static func escapingArguments(_ value: Value) throws -> Value {
        switch value {
        case .string: .markup(try escaped(value))
        case .tuple(let values): .tuple(try values.map(escapingArguments))
        case .list(let list): .list(of: try list.values.map(escapingArguments))
        default: value
        }
    }
}
