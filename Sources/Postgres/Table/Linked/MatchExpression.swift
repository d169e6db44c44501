import DuckDB

/// What a reference compares: a column of the other table, or an expression over one that the server computes.
struct MatchExpression {
    /// The expression as the server gets it.
    let sql: SQL
    /// The other table's columns that it names.
    let columns: [TableDescription.Column]

    /// Takes a text as a column's name if it is one, else as an expression.
    init(_ text: String, over table: TableDescription) {
        if let column = table.column(like: text) {
            sql = "\(identifier: column.name)"
            columns = [column]
        } else {
            sql = SQL(verbatim: text)
            let names = Self.names(in: text)
            columns = table.columns.filter { names.contains($0.name) }
        }
    }

    /// Names that may be columns: what is called like a function, or is a type behind `::`, is none.
    ///
    /// https://www.postgresql.org/docs/current/sql-syntax-lexical.html
    static func names(in text: String) -> Set<String> {
        var names: Set<String> = []
        var rest = Array(text.utf8)[...]
        var isType = false
        while let byte = rest.first {
            switch byte {
            case UInt8(ascii: "'"): rest = skipQuoted(rest).rest
            case UInt8(ascii: "\""):
                let (name, after) = skipQuoted(rest)
                if !isType { names.insert(name) }
                rest = after
                isType = false
            case _ where isStart(byte):
                let word = rest.prefix { isStart($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "$") }
                rest = rest[word.endIndex...]
                let next = rest.first { $0 != UInt8(ascii: " ") }
                if !isType, next != UInt8(ascii: "(") {
                    names.insert(String(decoding: word, as: UTF8.self).lowercased())
                }
                isType = false
            default:
                isType = rest.starts(with: "::".utf8) || (isType && byte == UInt8(ascii: ":"))
                rest = rest.dropFirst()
            }
        }
        return names
    }

    private static func isStart(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || byte >= 0x80 || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    /// What stands between quotes, doubled ones inside taken as one.
    private static func skipQuoted(_ text: ArraySlice<UInt8>) -> (content: String, rest: ArraySlice<UInt8>) {
        guard let quote = text.first else { return ("", text) }
        var content: [UInt8] = []
        var rest = text.dropFirst()
        while let byte = rest.popFirst() {
            if byte == quote {
                guard rest.first == quote else { break }
                rest = rest.dropFirst()
            }
            content.append(byte)
        }
        return (String(decoding: content, as: UTF8.self), rest)
    }
}
