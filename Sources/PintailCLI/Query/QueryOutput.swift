/// In which form a query's rows are printed.
enum QueryFormat: String, CaseIterable, Sendable {
    case table, csv, json, ndjson, parquet

    /// The form that a file's name asks for.
    init?(path: String) {
        guard let dot = path.lastIndex(of: ".") else { return nil }
        switch path[path.index(after: dot)...].lowercased() {
        case "csv", "tsv": self = .csv
        case "json": self = .json
        case "ndjson", "jsonl": self = .ndjson
        case "parquet", "pq": self = .parquet
        default: return nil
        }
    }
}

/// Where a query's rows go and in which form.
struct QueryOutput: Sendable {
    let format: QueryFormat
    /// Standard output when nil.
    let path: String?
    /// No more rows than this.
    let limit: Int?
}
