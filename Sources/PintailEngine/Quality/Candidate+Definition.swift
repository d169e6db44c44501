import DuckDB

extension Candidate {
    /// The same rows, read from what a view is made of in place of the view, which is about to be made again.
    func readingDefinition(of view: TableName, _ connection: borrowing Connection) throws -> Candidate {
        let statement = try connection.value(
            """
            SELECT sql FROM duckdb_views() WHERE NOT temporary AND database_name = \(literal: view.catalog ?? "")
            AND schema_name = \(literal: view.schema ?? "main") AND view_name = \(literal: view.name)
            """
        )
        guard let definition = statement.text.flatMap({ ViewDefinition(statement: $0) }) else {
            throw StepError("the view \(view.name) cannot be made again without the rows that were put aside")
        }
        let source: SQL = "(\(definition.query)\n) AS source(\(identifiers: columns.map(\.name)))"
        return Candidate(
            table: table,
            place: place,
            columns: columns,
            rows: "(FROM \(source))",
            numberedRows: "(SELECT *, \(Self.hash(of: columns)) AS \(Self.row) FROM \(source))"
        )
    }
}

/// The query inside a `CREATE VIEW` statement as DuckDB prints it.
struct ViewDefinition: Hashable {
    let query: SQL

    /// Takes `CREATE VIEW name [(columns)] AS query;` apart; `nil` when it is anything else.
    init?(statement: String) {
        guard statement.hasPrefix("CREATE VIEW ") else { return nil }
        let text = Array(statement.utf8)
        var index = "CREATE VIEW ".utf8.count
        var isQuoted = false
        // The name and the columns' names may hold anything inside quotes; outside them stands no space and AS.
        while index < text.count {
            if text[index] == UInt8(ascii: "\"") { isQuoted.toggle() }
            if !isQuoted, text[index...].starts(with: " AS ".utf8) { break }
            index += 1
        }
        guard index < text.count else { return nil }
        var query = Substring(decoding: text[(index + 4)...], as: UTF8.self)
        while query.last == ";" || query.last == "\n" { query.removeLast() }
        self.query = SQL(verbatim: String(query))
    }
}
