import DuckDB
import Jinja

/// Values in the place of question marks.
enum Bindings {
    /// The statement with literals where question marks stand outside of quotes.
    static func filled(_ sql: String, _ values: [Jinja.Value]) throws -> String {
        guard !values.isEmpty else { return sql }
        var filled: [UInt8] = []
        var next = 0
        var quote: UInt8?
        for byte in sql.utf8 {
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                quote = byte
            } else if byte == UInt8(ascii: "?"), next < values.count {
                filled += try literal(values[next]).utf8
                next += 1
                continue
            }
            filled.append(byte)
        }
        return String(decoding: filled, as: UTF8.self)
    }

    private static func literal(_ value: Jinja.Value) throws -> String {
        switch value {
        case .none, .undefined: return "NULL"
        case .bool(let flag): return flag ? "true" : "false"
        case .integer, .bigInteger, .double: return try value.text
        case .object(let object) where object is DecimalNumber: return try value.text
        default:
            let text: SQL = "\(literal: try value.text)"
            return text.text
        }
    }
}
