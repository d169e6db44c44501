import DuckDB
import PintailOrchestrator

extension SourceEstimate {
    /// Parquet files: rows as the footers count them, texts as the footers or places all over the files say.
    static func parquet(
        _ relation: SQL,
        _ files: [String],
        _ sampleRows: Int,
        _ connection: borrowing Connection
    ) throws -> SourceEstimate {
        let footers = try connection.rows(
            "SELECT file_name, num_rows FROM parquet_file_metadata(\(literals: files)) WHERE num_rows > 0"
        ).map { ParquetFile(path: $0[0].text ?? "", rows: $0[1].integer ?? 0) }
        let rows = footers.reduce(0) { $0 + $1.rows }
        guard rows > 0 else { return SourceEstimate(rows: 0, needed: 0, basis: "no rows, the footers say") }
        let places = ParquetPlace.spread(over: footers, sampleRows: sampleRows)
        let columns = try ParquetColumns(
            connection.describe(
                "FROM read_parquet(\(literals: Set(places.map(\.path)).sorted()), union_by_name = true)"
            ),
            textWidths: plainTextWidths(ParquetFile.evenChoice(footers), connection)
        )
        var basis = "\(RowCount(rows)) rows counted by \(files.count == 1 ? "the footer" : "\(files.count) footers")"
        var leaves = columns.known
        if columns.unknown.isEmpty {
            basis += ", and all their widths"
        } else {
            let rows: SQL = "(\(places.map(\.query), separator: " UNION ALL BY NAME "))"
            let sample = try SampledRows.measure("(SELECT \(identifiers: columns.unknown) FROM \(rows))", connection)
            leaves += sample.leaves
            basis += ", \(sample.rows) sampled in \(places.count == 1 ? "1 place" : "\(places.count) places")"
        }
        return SourceEstimate(
            rows: RowCount(rows),
            needed: StorageLayout.size(rows: Double(rows), leaves: leaves),
            basis: basis
        )
    }

    /// What a text takes in columns that are stored plainly: the footer tells exactly, in storage's own form of length and bytes.
    ///
    /// Of columns with a dictionary the footer tells only what it and the indexes into it take.
    private static func plainTextWidths(
        _ files: [ParquetFile],
        _ connection: borrowing Connection
    ) throws -> [String: Double] {
        let rows = try connection.rows(
            """
            SELECT path_in_schema, sum(total_uncompressed_size)::DOUBLE / greatest(sum(num_values), 1)
            FROM parquet_metadata(\(literals: files.map(\.path))) WHERE type = 'BYTE_ARRAY'
            GROUP BY path_in_schema HAVING bool_and(NOT contains(encodings, 'DICTIONARY'))
            """
        )
        return Dictionary(rows.compactMap { row in row[0].text.map { ($0, row[1].number ?? 0) } }) { $1 }
    }
}

/// A Parquet file and the rows its footer counts.
private struct ParquetFile {
    let path: String
    let rows: Int

    /// More footers than this are not taken apart: an even choice of them tells enough.
    static func evenChoice(_ files: [ParquetFile], _ count: Int = 64) -> [ParquetFile] {
        guard files.count > count else { return files }
        return (0..<count).map { files[$0 * files.count / count] }
    }
}

/// Some rows in the midst of a Parquet file.
private struct ParquetPlace {
    let path: String
    let rows: Range<Int>

    /// Each place costs the decoding of a part of a row group.
    private static let count = 8

    /// Places as far from one another as possible.
    static func spread(over files: [ParquetFile], sampleRows: Int) -> [ParquetPlace] {
        let all = files.reduce(0) { $0 + $1.rows }
        guard all > sampleRows else { return files.map { ParquetPlace(path: $0.path, rows: 0..<$0.rows) } }
        let length = max(1, sampleRows / count)
        var before = 0
        var places: [ParquetPlace] = []
        for file in files {
            // A place begins in the file if it begins after `before` rows and before the file's end.
            while places.count < count, places.count * all / count < before + file.rows {
                let start = places.count * all / count - before
                places.append(ParquetPlace(path: file.path, rows: start..<min(file.rows, start + length)))
            }
            before += file.rows
        }
        return places
    }

    var query: SQL {
        """
        (SELECT * EXCLUDE (file_row_number) FROM read_parquet(\(literal: path), file_row_number = true)
        WHERE file_row_number >= \(literal: rows.lowerBound) AND file_row_number < \(literal: rows.upperBound))
        """
    }
}

/// The columns of Parquet files: how they lie in storage, as far as that needs no look at their values.
private struct ParquetColumns {
    /// Those of types of one width, and of plain text, whose width the footers tell.
    private(set) var known: [StorageLayout.Leaf] = []
    /// The names of the others: their values have to be decoded, which takes longer than all the rest.
    private(set) var unknown: [String] = []

    init(_ columns: [ResultColumn], textWidths: [String: Double]) {
        for column in columns {
            if let width = column.type.storageWidth {
                known += [.validity(perRow: 1), .fixed(perRow: 1, width: width)]
            } else if column.type.isPlainText, let width = textWidths[column.name] {
                known += [.validity(perRow: 1), .text(perRow: 1, length: max(0, width - 4))]
            } else {
                unknown.append(column.name)
            }
        }
    }
}

extension LogicalType {
    /// Whether its values lie in storage as they lie in a Parquet file.
    fileprivate var isPlainText: Bool {
        switch self {
        case .varchar, .json, .blob: true
        default: false
        }
    }
}
