import DuckDB
import PintailProject

/// What a load delivers, as DuckDB understands it: a query whose columns are known.
struct LoadRelation: Hashable, Sendable {
    /// The rows, ready to stand between parentheses.
    let query: SQL
    let columns: [ResultColumn]
    /// The table that all rows and nothing else come from, when it is stored in the project's database.
    private(set) var table: TableName?

    /// Binds a load's source without reading a row.
    init(_ load: Load, _ connection: borrowing Connection) throws {
        let source = Self.query(load.source)
        let columns: [ResultColumn]
        do {
            columns = try connection.describe(source)
        } catch {
            throw StepError("cannot read \(Self.name(of: load.source))", cause: error)
        }
        let lookedUp = load.references.map(\.column)
        let needed = load.partitionBy + load.key.filter { name in !lookedUp.contains { $0.equalsIgnoringCase(name) } }
        for name in needed where !columns.contains(where: { $0.name.equalsIgnoringCase(name) }) {
            throw StepError(
                "the rows have no column '\(name)'",
                hint: "they have \(columns.map(\.name).joined(separator: ", "))"
            )
        }
        if load.sortColumns {
            let sorted = columns.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
            self.init(query: "SELECT \(identifiers: sorted.map(\.name)) FROM (\n\(source)\n)", columns: sorted)
        } else {
            self.init(query: source, columns: columns)
        }
        table = try Self.storedTable(load.source, connection)
    }

    /// A query whose columns are known already.
    init(query: SQL, columns: [ResultColumn]) {
        self.query = query
        self.columns = columns
    }

    /// The same rows with the columns in another order.
    func inOrder(of names: [String]) -> LoadRelation {
        let ordered = names.compactMap { name in columns.first { $0.name.equalsIgnoringCase(name) } }
        return LoadRelation(query: "SELECT \(identifiers: ordered.map(\.name)) FROM (\n\(query)\n)", columns: ordered)
    }

    private static func storedTable(_ source: LoadSource, _ connection: borrowing Connection) throws -> TableName? {
        guard case .table(let name) = source else { return nil }
        let table = TableName(dotted: name)
        return try table.catalog == nil && StagedTable.kind(of: table, connection) == .table ? table : nil
    }

    /// How many rows a table has; `nil` for a view or query, whose rows are counted only by reading them.
    static func rowCount(_ source: LoadSource, _ connection: borrowing Connection) throws(DuckDBError) -> Int? {
        guard case .table(let name) = source else { return nil }
        let table = TableName(dotted: name)
        return try connection.value(
            """
            SELECT estimated_size FROM duckdb_tables() WHERE database_name = current_database()
            AND lower(schema_name) = lower(\(literal: table.schema ?? "main")) AND lower(table_name) = lower(\(literal: table.name))
            """
        ).integer
    }

    /// The rows as they stand behind FROM.
    var derivedTable: SQL { "(\n\(query)\n)" }

    /// The rows after the first ones.
    func skipping(_ count: Int) -> LoadRelation {
        guard count > 0 else { return self }
        return LoadRelation(query: "SELECT * FROM \(derivedTable) OFFSET \(literal: count)", columns: columns)
    }

    /// How messages call a source.
    private static func name(of source: LoadSource) -> String {
        switch source {
        case .table(let name): "the table '\(name)'"
        case .query: "the rows of the load's query"
        }
    }

    private static func query(_ source: LoadSource) -> SQL {
        switch source {
        case .table(let name): "FROM \(table: TableName(dotted: name))"
        case .query(let text): SQL(verbatim: text.withoutStatementEnd)
        }
    }
}

extension String {
    /// DuckDB tells names apart without regard to case.
    func equalsIgnoringCase(_ other: String) -> Bool { self == other || lowercased() == other.lowercased() }

    /// A query without the semicolon that ends it as a statement.
    var withoutStatementEnd: String {
        var text = Substring(self)
        while let last = text.last, last == ";" || last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
