import DuckDB

/// Turns DuckDB's chunks into delimited text, byte for byte as DuckDB's COPY writes it.
///
/// A few rows at a time: their fields are written column after column, by loops that know the column's type, and then
/// copied row by row. What to do with a column is decided once, in `init`.
struct DelimitedEncoder: ~Copyable {
    private let columns: [FieldText]
    private let dialect: DelimitedDialect
    private var fields: FieldTape

    /// What the fields of a block may take before it is made of fewer rows.
    static let blockBytes = 1 << 20
    /// So many fields and their ends stay in a core's own cache.
    private static let blockFields = 4096

    /// Takes columns of types that ``cast(_:for:)`` leaves.
    init(_ columns: [ResultColumn], _ dialect: DelimitedDialect) {
        self.columns = columns.map { column in
            guard let field = FieldText(column.type, dialect) else {
                preconditionFailure("the query casts \(column.type) to VARCHAR")
            }
            return field
        }
        self.dialect = dialect
        fields = FieldTape(null: dialect.null)
    }

    /// A relation's rows with what has no way into text of our own cast by DuckDB.
    static func cast(_ relation: LoadRelation, for dialect: DelimitedDialect) -> SQL {
        let columns = relation.columns.enumerated().map { index, column -> SQL in
            // By place, as a query's columns may share a name.
            let place = SQL(verbatim: "#\(index + 1)")
            return FieldText(column.type, dialect) == nil ? "CAST(\(place) AS VARCHAR)" : place
        }
        return "SELECT \(list: columns) FROM \(relation.derivedTable)"
    }

    /// Appends the rows of a chunk, and calls `body` whenever a part of them is whole.
    mutating func encode(
        _ chunk: borrowing Chunk,
        into text: inout TextTape,
        afterBlock body: (inout TextTape) throws -> Void
    ) throws {
        var start = 0
        while start < chunk.count {
            let rows = start..<min(chunk.count, start + blockRows(chunk, from: start))
            fields.removeAll()
            for index in columns.indices {
                let ending = index == columns.count - 1 ? dialect.newline : dialect.delimiter
                columns[index].write(rows, of: chunk.column(index), dialect, ending: ending, into: &fields)
            }
            fields.copy(rows: rows.count, columns: columns.count, into: &text)
            start = rows.upperBound
            try body(&text)
        }
    }

    /// How many rows are taken at once: fewer when there are many columns or long texts.
    private func blockRows(_ chunk: borrowing Chunk, from start: Int) -> Int {
        var rows = max(16, min(512, Self.blockFields / max(1, columns.count)))
        while rows > 1, textBytes(chunk, start..<min(chunk.count, start + rows)) > Self.blockBytes { rows /= 2 }
        return rows
    }

    private func textBytes(_ chunk: borrowing Chunk, _ rows: Range<Int>) -> Int {
        var bytes = 0
        for index in columns.indices {
            guard case .text = columns[index] else { continue }
            let column = chunk.column(index)
            let strings = column.strings
            for row in rows where column.isValid(row) { bytes += strings.length(row) }
        }
        return bytes
    }
}

extension LoadRelation {
    /// The columns' names; of those that share one, all but the first get a number as COPY gives it.
    func uniqueNames(_ connection: borrowing Connection) throws(DuckDBError) -> [String] {
        let names = columns.map(\.name)
        guard Set(names.map { $0.lowercased() }).count < names.count else { return names }
        return try connection.describe("FROM \(derivedTable)").map(\.name)
    }
}
