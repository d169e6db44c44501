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

    /// How each column is converted, judged by the first rows or by all of them.
    func conversions(of everything: Bool, _ connection: borrowing Connection) throws -> [Conversion]
    /// Finds another way to read what made a statement fail; false when there is none.
    mutating func recover(from error: DuckDBError, _ connection: borrowing Connection) throws -> Bool
    /// What a failure means to the user.
    func explain(_ error: DuckDBError, _ connection: borrowing Connection) -> any Error
    /// Where the first value stands that the conversions do not take; `nil` when it cannot be found.
    func misfit(_ conversions: [Conversion], _ connection: borrowing Connection) throws -> Misfit?
}

extension RowSource {
    var goneAfterRun: String? { nil }
    func conversions(of everything: Bool, _ connection: borrowing Connection) throws -> [Conversion] {
        columns.map { _ in .keep }
    }
    mutating func recover(from error: DuckDBError, _ connection: borrowing Connection) throws -> Bool { false }
}

/// A value that does not fit its column's type, and its place.
struct Misfit: Hashable {
    /// `data/orders.csv:17`, or `row 17` where there are no lines.
    var place: String
    /// The column's place among the source's columns.
    var column: Int
    var value: String
}

extension RowSource {
    func misfit(_ conversions: [Conversion], _ connection: borrowing Connection) throws -> Misfit? {
        try firstMisfit(conversions, connection).map {
            Misfit(place: "\(name), row \(RowCount($0.row))", column: $0.column, value: $0.value)
        }
    }

    /// The first misfit by its row's number, as DuckDB counts.
    func firstMisfit(
        _ conversions: [Conversion],
        _ connection: borrowing Connection
    ) throws -> (row: Int, column: Int, value: String)? {
        guard let misfits = misfits(conversions, in: rows) else { return nil }
        let found = try connection.rows("\(misfits) LIMIT 1").first
        guard let found, let row = found[0].integer, let column = found[1].integer else { return nil }
        return (row, column, found[2].text ?? "")
    }

    /// A query for the rows that do not fit: number, the place of the first column that does not, its value as text.
    ///
    /// - Parameter kept: what else of each such row is given, as `pintail_kept`.
    func misfits(_ conversions: [Conversion], in rows: SQL, keeping kept: SQL = "NULL") -> SQL? {
        let tests = zip(columns, conversions).enumerated().compactMap { index, pair in
            pair.1.misfit("\(identifier: pair.0.name)").map { (index: index, test: $0) }
        }
        guard !tests.isEmpty else { return nil }
        let whens = tests.map { "WHEN \($0.test) THEN \(literal: $0.index)" as SQL }
        let values = tests.map {
            "WHEN \(literal: $0.index) THEN CAST(\(identifier: columns[$0.index].name) AS VARCHAR)" as SQL
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
