import Drawing

/// SQL with its comments, texts, numbers, keywords and templates marked for colour.
enum SQLColors {
    static func html(_ sql: String) -> Markup {
        var result: Markup = ""
        let bytes = Array(sql.utf8)
        var position = 0
        var plain = 0
        func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        while position < bytes.count {
            guard let (end, look) = token(bytes, position) else {
                position += 1
                continue
            }
            if let look {
                if plain < position { result += "\(text(plain..<position))" }
                result += "<span class=\"\(look)\">\(text(position..<end))</span>"
                plain = end
            }
            position = end
        }
        if plain < bytes.count { result += "\(text(plain..<bytes.count))" }
        return result
    }

    /// The end of the token that begins here, and its look; `nil` where none begins.
    private static func token(_ bytes: [UInt8], _ start: Int) -> (Int, String?)? {
        let byte = bytes[start]
        func opens(_ mark: String) -> Bool { bytes[start...].starts(with: mark.utf8) }
        func end(after mark: String) -> Int {
            let mark = Array(mark.utf8)
            var place = start + 2
            while place + mark.count <= bytes.count {
                if bytes[place..<place + mark.count].elementsEqual(mark) { return place + mark.count }
                place += 1
            }
            return bytes.count
        }
        if opens("--") { return (bytes[start...].firstIndex(of: 0x0A) ?? bytes.count, "c") }
        if opens("/*") { return (end(after: "*/"), "c") }
        if opens("{#") { return (end(after: "#}"), "c") }
        if opens("{{") { return (end(after: "}}"), "j") }
        if opens("{%") { return (end(after: "%}"), "j") }
        if byte == UInt8(ascii: "'") {
            let close = bytes[(start + 1)...].firstIndex(of: byte)
            return (close.map { $0 + 1 } ?? bytes.count, "s")
        }
        if byte == UInt8(ascii: "\"") {
            return (bytes[(start + 1)...].firstIndex(of: byte).map { $0 + 1 } ?? bytes.count, nil)
        }
        guard isWord(byte) else { return nil }
        let end = bytes[start...].firstIndex { !isWord($0) } ?? bytes.count
        if (0x30...0x39).contains(byte) { return (end, "n") }
        let word = String(decoding: bytes[start..<end], as: UTF8.self).lowercased()
        return (end, keywords.contains(word) ? "k" : nil)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x80...: true
        default: false
        }
    }

    private static let keywords: Set<String> = [
        "all", "and", "anti", "any", "as", "asc", "asof", "between", "by", "case", "cast", "create", "cross", "current",
        "delete", "desc", "distinct", "else", "end", "except", "exclude", "exists", "false", "filter", "first",
        "following",
        "from", "full", "group", "having", "ilike", "in", "inner", "insert", "intersect", "interval", "into", "is",
        "join",
        "last", "lateral", "left", "like", "limit", "materialized", "not", "null", "nulls", "offset", "on", "or",
        "order",
        "outer", "over", "partition", "pivot", "preceding", "qualify", "range", "recursive", "replace", "right", "rows",
        "select", "semi", "set", "table", "then", "true", "unbounded", "union", "unnest", "unpivot", "update", "using",
        "values", "view", "when", "where", "window", "with", "within",
    ]
}
