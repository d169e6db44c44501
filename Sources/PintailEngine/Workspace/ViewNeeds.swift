package import DuckDB

extension Workspace {
    /// Makes ready what tables and queries need to be read: connections and stores that they name, or that views behind
    /// them name.
    ///
    /// A lazy extract is a view over its source: the process that made it had the source attached, any other has not.
    package func prepare(toRead texts: [String], on connection: borrowing Connection) throws {
        let all = try texts + views(behind: texts, connection)
        for name in project.connections.keys.sorted() where all.contains(where: { $0.mentions(name) }) {
            try attach(name, on: connection)
        }
        if try all.contains(where: { try reads(anAddressIn: $0, connection) }) { try prepareRemoteFiles(connection) }
        // Its name alone would do, and then rows behind an empty one would be left out without a word.
        if all.contains(where: { $0.mentions("read_xlsx") }) { try connection.load(.excel) }
    }

    /// Makes ready for the addresses that a query names itself.
    func prepare(toFetchFor sql: String, on connection: borrowing Connection) throws {
        if try reads(anAddressIn: sql, connection) { try prepareRemoteFiles(connection) }
    }

    /// Whether an address in a text is one that rows are read from, as far as can be told.
    private func reads(anAddressIn text: String, _ connection: borrowing Connection) throws(DuckDBError) -> Bool {
        guard SourceFile.mentionsAddress(text) else { return false }
        guard let sources = try SourceTexts(of: text, connection) else { return true }
        return sources.all.contains(where: SourceFile.mentionsAddress)
    }

    /// The definitions of the views that texts name, and of those behind them.
    private func views(behind texts: [String], _ connection: borrowing Connection) throws(DuckDBError) -> [String] {
        var rest = try connection.rows(
            """
            SELECT view_name, regexp_replace(sql, '^CREATE VIEW .*? AS (.*?);?\\s*$', '\\1', 's') FROM duckdb_views()
            WHERE NOT internal AND database_name = current_database()
            """
        ).map { (name: $0[0].text ?? "", sql: $0[1].text ?? "") }
        var found: [String] = []
        var open = texts
        while let text = open.popLast() {
            let read = rest.filter { text.mentions($0.name) }.map(\.sql)
            rest.removeAll { text.mentions($0.name) }
            found += read
            open += read
        }
        return found
    }
}

extension String {
    /// Whether a name stands in a text as a word, in any case; whether the table of that name is meant is not sure.
    func mentions(_ name: String) -> Bool {
        let (text, name) = (lowercased(), name.lowercased())
        return text.ranges(of: name).contains { range in
            let before = text[..<range.lowerBound].unicodeScalars.last
            let after = text[range.upperBound...].unicodeScalars.first
            return ![before, after].contains { $0?.isInName == true }
        }
    }
}

extension Unicode.Scalar {
    fileprivate var isInName: Bool { self == "_" || properties.isAlphabetic || properties.numericType != nil }
}

extension SourceFile {
    /// Whether a text holds an address that httpfs reads.
    static func mentionsAddress(_ text: String) -> Bool {
        let text = text.lowercased()
        return schemes.contains { text.contains($0 + "://") }
    }
}
