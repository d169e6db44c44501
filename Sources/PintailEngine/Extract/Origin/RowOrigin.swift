import PintailProject

/// The files that a table's rows were read from, in the order in which the rows stand in the table.
///
/// Nothing is noted of single rows: where one stands is found by reading the files again, when somebody asks.
package struct RowOrigin: Hashable, Sendable {
    let extract: Extract
    /// The files whose rows were taken, as they were then.
    let files: [SourceFile]
    /// What the table's columns are called where no file says so.
    let columns: [String]
    /// How many rows were stored; `nil` for a view.
    var stored: Int?
    /// The numbers of rows that were read and put aside instead of being stored, counted from 1 among all rows read.
    var skipped: [Int] = []
}

/// Where a row stands in a file.
struct RowPlace: Hashable, Sendable {
    /// The row's number in its table, counted from 0.
    let row: Int
    /// The file, as messages call it.
    let file: String
    /// The line on which the record begins; `nil` where a file has none.
    var line: Int?
    /// The record's number in its file, counted from 1, header left out.
    let record: Int
}
