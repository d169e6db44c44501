import DuckDB

/// The rows that a check judges: those that the table will have when it is published.
struct Candidate: Sendable {
    /// Where they stand, which decides what can be done with those that break a claim.
    enum Place: Hashable, Sendable {
        /// In a table of this name, from which rows can be moved.
        case table(TableName)
        /// In a view of this name, that can be made again with fewer rows.
        case view(TableName)
        /// In a view that was published before: nothing can be taken out of it.
        case publishedView
    }

    /// The table's name in the end.
    let table: String
    let place: Place
    let columns: [ResultColumn]
    /// All rows with their own columns alone; stands after FROM.
    let rows: SQL
    /// All rows, and in ``rowColumn`` what tells them apart; stands after FROM.
    let numberedRows: SQL

    /// A number for each row: where it stands in its table, negative for rows published before; a hash in views.
    static let rowColumn = "pintail: row"
    static var row: SQL { "\(identifier: rowColumn)" }

    /// Whether ``rowColumn`` counts rows in their order.
    var hasRowNumbers: Bool { if case .table = place { true } else { false } }

    /// Finds the rows of a staged table, or of one that is published; `nil` when there is no such table.
    static func find(
        _ table: String,
        staged: StagedTable?,
        _ connection: borrowing Connection
    ) throws(DuckDBError) -> Candidate? {
        // The full name: a temporary view of the table's own name will stand in front of it.
        let catalog = try connection.value("SELECT current_database()").text
        let published = TableName(table, schema: "main", catalog: catalog)
        let publishedKind = try StagedTable.kind(of: TableName(table), connection)
        guard let staged else {
            guard let publishedKind else { return nil }
            return try whole(table, published, publishedKind == .table ? .table(published) : .publishedView, connection)
        }
        let staging = TableName(staged.staging.name, schema: "main", catalog: catalog)
        guard staged.publication == .append, publishedKind == .table, staged.kind == .table else {
            return try whole(table, staging, staged.kind == .table ? .table(staging) : .view(staging), connection)
        }
        return try union(published, staging, replacing: staged.replacedRows, for: table, connection)
    }

    /// All rows of one table or view.
    private static func whole(
        _ table: String,
        _ name: TableName,
        _ place: Place,
        _ connection: borrowing Connection
    ) throws(DuckDBError) -> Candidate {
        let columns = try connection.describe("FROM \(table: name)")
        let number: SQL = if case .table = place { "rowid" } else { hash(of: columns) }
        return Candidate(
            table: table,
            place: place,
            columns: columns,
            rows: "\(table: name)",
            numberedRows: "(SELECT *, \(number) AS \(Self.row) FROM \(table: name))"
        )
    }

    /// The rows of a table and those that are to be added to it.
    private static func union(
        _ published: TableName,
        _ staging: TableName,
        replacing replaced: SQL?,
        for table: String,
        _ connection: borrowing Connection
    ) throws(DuckDBError) -> Candidate {
        let kept: SQL = replaced.map { " WHERE NOT coalesce((\($0)), false)" } ?? ""
        let rows: SQL = "(FROM \(table: published)\(kept) UNION ALL BY NAME FROM \(table: staging))"
        return Candidate(
            table: table,
            place: .table(staging),
            columns: try connection.describe("FROM \(rows)"),
            rows: rows,
            numberedRows: """
                (SELECT *, -1 - rowid AS \(Self.row) FROM \(table: published)\(kept) \
                UNION ALL BY NAME SELECT *, rowid AS \(Self.row) FROM \(table: staging))
                """
        )
    }

    /// What stands for a row's number where rows have none.
    static func hash(of columns: [ResultColumn]) -> SQL { "hash(\(identifiers: columns.map(\.name)))" }

    /// The same rows with one more column, which counts them from 0 in the order in which they are read.
    func inOrder(as column: SQL) -> Candidate {
        Candidate(
            table: table,
            place: place,
            columns: columns,
            rows: rows,
            numberedRows: "(SELECT *, row_number() OVER () - 1 AS \(column) FROM \(numberedRows))"
        )
    }

    /// The column of this name, whatever its case.
    func column(_ name: String) -> ResultColumn? {
        columns.first { $0.name == name } ?? columns.first { $0.name.lowercased() == name.lowercased() }
    }
}
