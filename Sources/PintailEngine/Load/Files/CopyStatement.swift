import DuckDB
import PintailProject

/// DuckDB's own statement for writing files, as a value.
struct CopyStatement: Hashable, Sendable {
    let query: SQL
    let options: [SQL]

    /// Says how a load's rows are written.
    ///
    /// - Parameter isContinuation: the rows come after others, so the header is not repeated.
    init(_ relation: LoadRelation, of load: Load, as output: OutputFormat, isContinuation: Bool = false) throws {
        query = relation.query
        // The file is a draft already: DuckDB need not write beside it and rename.
        options = try ["USE_TMP_FILE false"] + Self.options(load, output, isContinuation)
    }

    private init(query: SQL, options: [SQL]) {
        self.query = query
        self.options = options
    }

    /// The statement that writes one file, or into a pipe.
    func to(_ path: String) -> SQL { "COPY (\n\(query)\n) TO \(literal: path) (\(list: options))" }

    /// The statement with the same options that needs no rows, to hear what DuckDB has against them.
    var ofNothing: SQL { CopyStatement(query: "SELECT 1", options: options).to("/dev/null") }

    /// The same rows as a tree of folders, in files whose names are of this run alone.
    func partitioned(by columns: [String], filesNamed name: String, isShared: Bool) -> CopyStatement {
        let pattern: SQL = "FILENAME_PATTERN \(literal: name + "_{i}")"
        let tree = options.filter { $0 != "USE_TMP_FILE false" }
        // The names are new: nothing is overwritten in a folder that holds files already.
        let sharing: [SQL] = isShared ? ["OVERWRITE_OR_IGNORE true"] : []
        let options = tree + ["PARTITION_BY (\(identifiers: columns))", pattern] + sharing
        return CopyStatement(query: query, options: options)
    }

    private static func options(_ load: Load, _ output: OutputFormat, _ isContinuation: Bool) throws -> [SQL] {
        let compression: SQL = "COMPRESSION \(literal: output.compression.rawValue)"
        switch output.format {
        case .csv, .tsv:
            return try dialect(load.csv, output.format, isContinuation) + [compression]
        case .json: return ["FORMAT json", "ARRAY true", compression]
        case .ndjson: return ["FORMAT json", compression]
        case .xlsx: return ["FORMAT xlsx", "HEADER true"]
        case .parquet:
            let rows = load.parquet.rowGroupRows.map { "ROW_GROUP_SIZE \(literal: $0)" as SQL }
            return ["FORMAT parquet", "COMPRESSION \(literal: load.parquet.compression.rawValue)"]
                + [rows].compactMap(\.self)
        }
    }

    private static func dialect(_ csv: CSVOutput, _ format: FileFormat, _ isContinuation: Bool) throws -> [SQL] {
        let delimiter = csv.delimiter(for: format)
        // DuckDB would write the first byte of a longer one without a word, and a file that nobody can read without quotes.
        for (name, text) in [("delimiter", delimiter), ("quote", csv.quote)] where text.utf8.count != 1 || text == "\0"
        {
            throw StepError("the \(name) of a delimited file is one ASCII character, not '\(text)'")
        }
        if delimiter == csv.quote { throw StepError("the delimiter and the quote are both '\(delimiter)'") }
        return [
            "FORMAT csv", "HEADER \(literal: csv.header && !isContinuation)", "DELIMITER \(literal: delimiter)",
            "QUOTE \(literal: csv.quote)", "ESCAPE \(literal: csv.quote)", "NULL \(literal: csv.null)",
            "NEW_LINE \(literal: csv.newline.escaped)",
        ]
    }
}

extension CSVOutput {
    /// A TSV file has tabs unless another delimiter is asked for.
    func delimiter(for format: FileFormat) -> String { format == .tsv && delimiter == "," ? "\t" : delimiter }
}

extension CSVOutput.Newline {
    /// As DuckDB's option takes it: with backslashes.
    fileprivate var escaped: String {
        switch self {
        case .lf: "\\n"
        case .crlf: "\\r\\n"
        case .cr: "\\r"
        }
    }

    /// The bytes that end a line.
    var bytes: [UInt8] {
        switch self {
        case .lf: [10]
        case .crlf: [13, 10]
        case .cr: [13]
        }
    }
}
