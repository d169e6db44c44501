import DuckDB
import PintailOrchestrator

/// Where an extract's rows come from, in the form that DuckDB reads them.
protocol RowSource {
    /// What the source is called in messages: a file's name, or how many files there are.
    var name: String { get }
    /// What follows FROM.
    var rows: SQL { get }
    /// The columns as the source calls them, with the types they are read in.
    var columns: [ResultColumn] { get }
    /// What the user should hear.
    var warnings: [String] { get }
    /// What is worth knowing: `format`, `files`, `dialect`.
    var facts: [String: JSONValue] { get }
    /// What tells how much there is; `nil` when nothing does.
    var estimatedSize: EstimatedSource.Size? { get }
    /// Why the rows cannot be read again later; `nil` when they can.
    var goneAfterRun: String? { get }
    /// Whether the source itself says of what type its columns are: no row has to be looked at for that.
    var hasTypes: Bool { get }
    /// Whether an empty text is no value in columns of other types than text.
    var emptyIsNoValue: Bool { get }
    /// How numbers are written whose digits stand in groups.
    var grouping: NumberGrouping? { get }

    /// How each column is converted, judged by the first rows or by all of them.
    mutating func conversions(of everything: Bool, _ connection: borrowing Connection) throws -> [Conversion]
    /// Finds another way to read what made a statement fail; false when there is none.
    mutating func recover(from error: DuckDBError, _ connection: borrowing Connection) throws -> Bool
    /// What a failure means to the user.
    func explain(_ error: DuckDBError, _ connection: borrowing Connection) -> any Error
    /// Where the row of a number stands, as DuckDB counts rows: `data/orders.csv:17`, or `orders.parquet, row 17`.
    func place(ofRow row: Int) throws -> String
}

extension RowSource {
    var goneAfterRun: String? { nil }
    var hasTypes: Bool { false }
    var emptyIsNoValue: Bool { false }
    var grouping: NumberGrouping? { nil }
    func conversions(of everything: Bool, _ connection: borrowing Connection) throws -> [Conversion] {
        columns.map { _ in .keep }
    }
    mutating func recover(from error: DuckDBError, _ connection: borrowing Connection) throws -> Bool { false }
    func place(ofRow row: Int) throws -> String { "\(name), row \(RowCount(row))" }
}

/// A value that does not fit its column's type, and its place.
struct Misfit: Hashable {
    /// `data/orders.csv:17`, or `orders.parquet, row 17` where there are no lines.
    var place: String
    /// The column's place among the source's columns.
    var column: Int
    var value: String
}

extension RowSource {
    /// Where the first value stands that the conversions do not take; `nil` when it cannot be found.
    func misfit(_ conversions: [Conversion], _ connection: borrowing Connection) throws -> Misfit? {
        guard let misfits = misfits(conversions, in: rows) else { return nil }
        let found = try connection.rows("\(misfits) LIMIT 1").first
        guard let found, let row = found[0].integer, let column = found[1].integer else { return nil }
        return Misfit(place: try place(ofRow: row), column: column, value: found[2].text ?? "")
    }

    /// Where the first value of a column stands that is shown as an excerpt, or where it has any; `nil` when nowhere.
    func place(of excerpt: String?, in column: ResultColumn, _ connection: borrowing Connection) throws -> String? {
        let value: SQL = "CAST(\(identifier: column.name) AS VARCHAR)"
        // What stopped a reader of grouped numbers is told as it was read.
        let readings: [SQL] = ["pintail_value"] + (grouping.map { ["(\($0.ungrouped("pintail_value")))"] } ?? [])
        let isMeant: SQL =
            excerpt.map { text in
                "(\(readings.map { Self.isShown($0, as: text) }, separator: " OR "))"
            } ?? "pintail_value <> ''"
        let row = try connection.rows(
            """
            SELECT pintail_row FROM (SELECT row_number() OVER () AS pintail_row, \(value) AS pintail_value FROM \(rows))
            WHERE \(isMeant) LIMIT 1
            """
        ).first?.first?.integer
        return try row.map { try place(ofRow: $0) }
    }

    private static func isShown(_ value: SQL, as excerpt: String) -> SQL {
        guard excerpt.hasSuffix("…") else { return "\(value) = \(literal: excerpt)" }
        return "starts_with(\(value), \(literal: String(excerpt.dropLast())))"
    }

    /// A query for the rows that do not fit: number, the place of the first column that does not, its value as text.
    ///
    /// - Parameter kept: what else of each such row is given, as `pintail_kept`.
    func misfits(_ conversions: [Conversion], in rows: SQL, keeping kept: SQL = "NULL") -> SQL? {
        // Columns that are called as these are called otherwise here, or theirs would be read for ours.
        let ours = ["pintail_row", "pintail_column", "pintail_value", "pintail_kept"]
        let taken = columns.map(\.name).filter { ours.contains($0.lowercased()) }
        let inside = { name in taken.contains(name) ? "\(name) of the source" : name }
        let renamed: [SQL] = taken.map { "\(identifier: $0) AS \(identifier: inside($0))" }
        let rows: SQL = taken.isEmpty ? rows : "(SELECT * RENAME (\(list: renamed)) FROM \(rows))"
        let tests = zip(columns, conversions).enumerated().compactMap { index, pair -> (index: Int, test: SQL)? in
            let value = pair.1.input(
                "\(identifier: inside(pair.0.name))",
                emptyIsNoValue: emptyIsNoValue,
                grouping: grouping
            )
            return pair.1.misfit(value).map { (index: index, test: $0) }
        }
        guard !tests.isEmpty else { return nil }
        let whens = tests.map { "WHEN \($0.test) THEN \(literal: $0.index)" as SQL }
        let values = tests.map {
            "WHEN \(literal: $0.index) THEN CAST(\(identifier: inside(columns[$0.index].name)) AS VARCHAR)" as SQL
        }
        return """
            SELECT pintail_row, pintail_column, CASE pintail_column \(values, separator: " ") END AS pintail_value,
                \(kept) AS pintail_kept FROM (
                SELECT *, row_number() OVER () AS pintail_row, CASE \(whens, separator: " ") END AS pintail_column
                FROM \(rows))
            WHERE pintail_column IS NOT NULL
            """
    }
}
