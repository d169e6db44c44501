/// Puts the SQL of ephemeral models in front of a query that reads them.
enum CommonTableExpressions {
    /// A query under a name.
    struct Expression: Sendable, Hashable {
        /// The unique id of the model it is.
        var id = ""
        let name: String
        let sql: String
    }

    /// The query with the others before its own common table expressions.
    static func adding(_ expressions: [Expression], to sql: String) -> String {
        guard !expressions.isEmpty else { return sql }
        let added = expressions.map { " \($0.name) as (\n\($0.sql)\n)" }.joined(separator: ", ")
        let bytes = Array(sql.utf8)
        let start = firstWord(of: bytes)
        guard let end = word("with", at: start, in: bytes) else {
            // Before comments, as dbt has it.
            let first = bytes.firstIndex { $0 > 0x20 } ?? bytes.count
            return String(decoding: bytes[..<first], as: UTF8.self) + "with" + added + " "
                + String(decoding: bytes[first...], as: UTF8.self)
        }
        let next = firstWord(of: bytes, from: end)
        let place = word("recursive", at: next, in: bytes) ?? end
        return String(decoding: bytes[..<place], as: UTF8.self) + added + ","
            + String(decoding: bytes[place...], as: UTF8.self)
    }

    /// Where the first thing stands that is neither blank nor comment.
    private static func firstWord(of bytes: [UInt8], from start: Int = 0) -> Int {
        var place = start
        while place < bytes.count {
            let next = place + 1 < bytes.count ? bytes[place + 1] : 0
            switch bytes[place] {
            case 0x20, 0x09, 0x0A, 0x0D, 0x0C: place += 1
            case UInt8(ascii: "-") where next == UInt8(ascii: "-"):
                while place < bytes.count, bytes[place] != 0x0A { place += 1 }
            case UInt8(ascii: "/") where next == UInt8(ascii: "*"):
                place += 2
                while place < bytes.count,
                    !(bytes[place - 1] == UInt8(ascii: "*") && bytes[place] == UInt8(ascii: "/"))
                { place += 1 }
                place += 1
            default: return place
            }
        }
        return min(place, bytes.count)
    }

    /// The end of a word that stands at a place, whatever its case; nil where another stands there.
    private static func word(_ word: String, at place: Int, in bytes: [UInt8]) -> Int? {
        let end = place + word.utf8.count
        guard end < bytes.count else { return nil }
        for (byte, wanted) in zip(bytes[place..<end], word.utf8) where byte | 0x20 != wanted { return nil }
        let next = bytes[end]
        let goesOn = (next | 0x20 >= 0x61 && next | 0x20 <= 0x7A) || (next >= 0x30 && next <= 0x39) || next == 0x5F
        return goesOn ? nil : end
    }
}
