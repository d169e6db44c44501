import DuckDB

/// A query in which parts were replaced, and what offsets in it were before.
struct QueryText {
    /// A part that another took the place of.
    private struct Edit {
        let start: Int
        let oldLength: Int
        let newLength: Int
    }

    private let bytes: [UInt8]
    private let edits: [Edit]

    init(_ sql: String) {
        bytes = Array(sql.utf8)
        edits = []
    }

    private init(_ bytes: [UInt8], _ edits: [Edit]) {
        self.bytes = bytes
        self.edits = edits
    }

    var sql: String { String(decoding: bytes, as: UTF8.self) }

    // MARK: Places

    /// The error with its offset in the query before any replacement.
    func inOriginal(_ error: DuckDBError) -> DuckDBError {
        guard let offset = error.offset, !edits.isEmpty else { return error }
        return DuckDBError(
            error.kind,
            error.message,
            sql: error.sql,
            offset: original(offset),
            candidates: error.candidates,
            name: error.name
        )
    }

    private func original(_ offset: Int) -> Int {
        var offset = offset
        for edit in edits.reversed() where offset > edit.start {
            offset = offset >= edit.start + edit.newLength ? offset + edit.oldLength - edit.newLength : edit.start
        }
        return offset
    }

    /// The name at a place, with what stands before its dots: `o.id`, `"shop"."raw"."orders"`.
    func reference(at offset: Int) -> (text: String, end: Int) {
        var place = offset
        while place < bytes.count {
            let start = place
            if bytes[place] == UInt8(ascii: "\"") {
                place += 1
                while place < bytes.count, bytes[place] != UInt8(ascii: "\"") { place += 1 }
                place = min(place + 1, bytes.count)
            } else {
                while place < bytes.count, Self.isName(bytes[place]) { place += 1 }
            }
            guard place > start, place + 1 < bytes.count, bytes[place] == UInt8(ascii: ".") else { break }
            place += 1
        }
        return (String(decoding: bytes[min(offset, place)..<place], as: UTF8.self), place)
    }

    private static func isName(_ byte: UInt8) -> Bool {
        (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) || (byte >= 0x30 && byte <= 0x39) || byte == 0x5F || byte >= 0x80
    }

    // MARK: Replacing

    /// The query with something of any type in the mistake's place, the likeliest first.
    func withoutMistake(_ mistake: DuckDBError) -> [QueryText] {
        guard let offset = mistake.offset, offset < bytes.count else { return [] }
        let (name, end) = reference(at: offset)
        guard !name.isEmpty else { return [] }
        let alias = name.split(separator: ".").last.map(String.init) ?? name
        if mistake.message.contains("must appear in the GROUP BY") {
            let whole = "any_value(\(name))"
            return [replacing(offset..<end, by: whole + " AS " + alias), replacing(offset..<end, by: whole)]
        }
        if mistake.kind == .catalog || mistake.message.hasPrefix("No function matches") {
            return call(from: end).map { [replacing(offset..<$0, by: "NULL")] } ?? []
        }
        let isColumn = ["Referenced column", "Referenced table", "Ambiguous reference"].contains {
            mistake.message.hasPrefix($0)
        }
        guard isColumn || mistake.message.contains("does not have a column named") else { return [] }
        return [replacing(offset..<end, by: "NULL AS " + alias), replacing(offset..<end, by: "NULL")]
    }

    private func replacing(_ range: Range<Int>, by text: String) -> QueryText {
        let new = Array(text.utf8)
        let edit = Edit(start: range.lowerBound, oldLength: range.count, newLength: new.count)
        return QueryText(Array(bytes[..<range.lowerBound]) + new + Array(bytes[range.upperBound...]), edits + [edit])
    }

    /// The end of the call whose parenthesis opens behind a name, with its window; nil where none does.
    private func call(from place: Int) -> Int? {
        guard let end = closing(from: skippingSpace(place)) else { return nil }
        let next = skippingSpace(end)
        let word = reference(at: next).text.lowercased()
        guard word == "over" || word == "filter" else { return end }
        return closing(from: skippingSpace(next + word.utf8.count)) ?? end
    }

    private func skippingSpace(_ place: Int) -> Int {
        var place = place
        while place < bytes.count, bytes[place] == 0x20 || (bytes[place] >= 9 && bytes[place] <= 13) { place += 1 }
        return place
    }

    /// Behind the parenthesis that closes the one at a place; quotes are passed over.
    private func closing(from start: Int) -> Int? {
        guard start < bytes.count, bytes[start] == UInt8(ascii: "(") else { return nil }
        var depth = 0
        var quote: UInt8?
        for place in start..<bytes.count {
            let byte = bytes[place]
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                quote = byte
            } else if byte == UInt8(ascii: "(") {
                depth += 1
            } else if byte == UInt8(ascii: ")") {
                depth -= 1
                if depth == 0 { return place + 1 }
            }
        }
        return nil
    }
}
