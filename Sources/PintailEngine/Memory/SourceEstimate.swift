package import DuckDB
package import PintailOrchestrator

/// What an extract reads, as far as its size is concerned.
package struct EstimatedSource: Hashable, Sendable {
    /// What tells how much there is.
    package enum Size: Hashable, Sendable {
        /// Files of one record a line: delimited text, or NDJSON without a header.
        case lines([EstimatedFile], hasHeader: Bool)
        /// Files of which only a sample tells how big a record is: JSON arrays.
        case records([EstimatedFile])
        /// Files whose footers count the rows.
        case parquet([String])
        /// Workbooks: XML inside zip, of which only the size is known.
        case workbooks([EstimatedFile])
        /// A number of rows that the other system knows; `nil` when it does not.
        case rows(RowCount?)
        /// Rows of so many bytes each, by the plan that another system made for reading them.
        case planned(RowCount, width: Bytes)
    }

    /// What is read, as it stands after FROM: `read_csv('data/*.csv')`.
    package let relation: SQL
    /// What tells how much there is.
    package let size: Size

    /// Names what is read and what tells how much there is.
    package init(_ relation: SQL, size: Size) {
        self.relation = relation
        self.size = size
    }
}

/// A file as far as its size is concerned.
package struct EstimatedFile: Hashable, Sendable {
    /// A path of this machine, or a URL.
    package let path: String
    /// Its size as stored, packed if it is.
    package let size: Bytes

    /// Names a file with its size as stored.
    package init(_ path: String, size: Bytes) {
        self.path = path
        self.size = size
    }
}

/// What a source takes in memory when it becomes a table, before it is read.
package struct SourceEstimate: Hashable, Sendable {
    /// How many rows there are; `nil` when nobody can tell.
    package let rows: RowCount?
    /// What the table takes in DuckDB's memory; `nil` when nobody can tell.
    package let needed: Bytes?
    /// What the numbers stand on: `1,000 rows sampled, 1.1 GB in 3 files`.
    package let basis: String
}

extension SourceEstimate {
    /// Reads a sample and the sizes, never the whole source.
    ///
    /// Blocks: it runs a query over `sampleRows` rows and reads at most 4 MB of the files.
    package static func measure(
        _ source: EstimatedSource,
        sampleRows: Int,
        on connection: borrowing Connection
    ) throws -> SourceEstimate {
        let sampleRows = max(1, sampleRows)
        switch source.size {
        case .lines(let files, let hasHeader):
            return try lines(source.relation, files, hasHeader: hasHeader, sampleRows, connection)
        case .records(let files): return try records(source.relation, files, sampleRows, connection)
        case .parquet(let files): return try parquet(source.relation, files, sampleRows, connection)
        case .workbooks(let files): return workbooks(files)
        case .rows(let rows): return try counted(source.relation, rows, sampleRows, connection)
        case .planned(let rows, let width):
            return planned(rows, width, try connection.describe("FROM \(source.relation)"))
        }
    }

    /// The rows of another system: its count, and what a sample of them takes.
    private static func counted(
        _ relation: SQL,
        _ rows: RowCount?,
        _ sampleRows: Int,
        _ connection: borrowing Connection
    ) throws -> SourceEstimate {
        guard let rows else {
            return SourceEstimate(rows: nil, needed: nil, basis: "the source does not tell its size")
        }
        let sample = try SampledRows.first(sampleRows, of: relation, connection)
        return SourceEstimate(
            rows: rows,
            needed: sample.bytes(of: Double(rows.count)),
            basis: "\(sample.rows) rows sampled, \(rows) counted by the source"
        )
    }

    /// Rows that nobody has looked at: columns of fixed width are known, and the texts share the rest of the plan's width.
    static func planned(_ rows: RowCount, _ width: Bytes, _ columns: [ResultColumn]) -> SourceEstimate {
        let fixed = columns.compactMap(\.type.storageWidth)
        let rest = Double(width.count) - Double(fixed.reduce(0, +))
        let texts = columns.count - fixed.count
        let leaves =
            fixed.map { StorageLayout.Leaf.fixed(perRow: 1, width: $0) }
            + (0..<texts).map { _ in .text(perRow: 1, length: max(1, rest / Double(texts))) }
            + columns.map { _ in .validity(perRow: 1) }
        return SourceEstimate(
            rows: rows,
            needed: StorageLayout.size(rows: Double(rows.count), leaves: leaves),
            basis: "\(rows) rows of \(width) each, by the server's own estimate"
        )
    }

    /// Cells in a workbook take about 8 times as much in DuckDB as they do zipped: coarse, and rather too much.
    private static func workbooks(_ files: [EstimatedFile]) -> SourceEstimate {
        let size = Bytes(files.reduce(0) { $0 + $1.size.count })
        return SourceEstimate(
            rows: nil,
            needed: Bytes(size.count * 8),
            basis: "8 times the \(size) of \(files.count == 1 ? "the workbook" : "\(files.count) workbooks")"
        )
    }
}
