import DuckDB

/// Delimited files of one dialect and one header, read as one.
struct CSVPart: Hashable, Sendable {
    var files: [SourceFile]
    var dialect: Dialect
    /// The columns' names in their order in the files, all different.
    var columns: [String]
}

/// How `read_csv` is called beyond the dialect.
struct CSVReading: Hashable, Sendable {
    /// Texts that mean NULL.
    var null: [String] = [""]
    /// Whether an empty value is text where it stands between quotes.
    var keepsQuotedEmpty = false
    /// DuckDB's own choice when `nil`.
    var bufferSize: Int?
    var longestLine: Int?
    /// Whether files are read from their beginning to their end, not in pieces side by side.
    var isInOnePiece = false
    /// Whether each row carries its file's path, in `_source_file`.
    var namesFiles = false
    /// What becomes of rows that cannot be read; they stop the statement when `nil`.
    var rejects: Rejects?

    /// What DuckDB does with rows that it cannot read.
    enum Rejects: Hashable, Sendable {
        /// It passes over them.
        case ignored
        /// It writes them down in temporary tables whose names begin like this.
        case stored(String)
    }

    /// What each row's file is called in a table that knows.
    static let fileColumn = "_source_file"

    /// What gives every column of a part as text.
    func call(_ part: CSVPart) -> SQL {
        let others = null.filter { !$0.isEmpty }
        guard keepsQuotedEmpty, !others.isEmpty else { return read(part) }
        // DuckDB takes quoted texts for NULL either all or none: those that were named are, so we take them.
        let named: SQL = "(\(list: others.map { "\(literal: $0)" as SQL }))"
        let columns: [SQL] = part.columns.map { name in
            let value: SQL = "\(identifier: name)"
            return "CASE WHEN \(value) NOT IN \(named) THEN \(value) END AS \(value)"
        }
        return "(SELECT * REPLACE (\(list: columns)) FROM \(read(part)))"
    }

    private func read(_ part: CSVPart) -> SQL {
        let dialect = part.dialect
        let columns: [SQL] = part.columns.map { "\(literal: $0): 'VARCHAR'" }
        var options: [SQL] = [
            "auto_detect = false", "delim = \(literal: dialect.delimiterText)",
            "quote = \(literal: Self.text(dialect.quote))", "escape = \(literal: Self.text(dialect.escape))",
            "header = \(literal: dialect.hasHeader)", "skip = \(literal: dialect.skip)",
            "nullstr = \(literals: null)", "columns = {\(list: columns)}",
        ]
        if keepsQuotedEmpty { options.append("allow_quoted_nulls = false") }
        if let comment = dialect.comment { options.append("comment = \(literal: Self.text(comment))") }
        if let bufferSize { options.append("buffer_size = \(literal: bufferSize)") }
        if let longestLine { options.append("max_line_size = \(literal: longestLine)") }
        if isInOnePiece { options.append("parallel = false") }
        if namesFiles { options.append("filename = \(literal: Self.fileColumn)") }
        switch rejects {
        case .ignored: options.append("ignore_errors = true")
        case .stored(let name):
            options.append("store_rejects = true, rejects_limit = 0")
            options.append("rejects_scan = \(literal: name + "_scans"), rejects_table = \(literal: name + "_errors")")
        case nil: break
        }
        return "read_csv(\(literals: part.files.map(\.path)), \(list: options))"
    }

    /// What follows FROM to get the rows of all parts, columns matched by name.
    func from(_ parts: [CSVPart]) -> SQL {
        guard parts.count != 1 else { return call(parts[0]) }
        let calls = parts.map { "FROM \(call($0))" as SQL }
        return "(\(calls, separator: " UNION ALL BY NAME "))"
    }

    private static func text(_ byte: UInt8?) -> String {
        byte.map { String(decoding: CollectionOfOne($0), as: UTF8.self) } ?? ""
    }
}
