import PintailProject

/// How a file is written: its format and what squeezes it, told by its name unless said.
struct OutputFormat: Hashable, Sendable {
    /// What squeezes a text file as it is written.
    enum Compression: String, Hashable, Sendable {
        case none, gzip, zstd
    }

    let format: FileFormat
    let compression: Compression

    /// Whether rows can be added at the end of what is there.
    var isText: Bool { format == .csv || format == .tsv || format == .json || format == .ndjson }

    /// Whether the format has the dialect of ``CSVOutput``.
    var isDelimited: Bool { format == .csv || format == .tsv }

    /// Reads the name's endings: `orders.csv.gz`, `orders.parquet`; a folder and a pipe have a format of their own.
    init(_ load: Load, path: String?) throws {
        let name = path.map { $0.split(separator: "/").last.map(String.init) ?? $0 } ?? ""
        var endings = name.lowercased().split(separator: ".").dropFirst()
        compression = endings.last.flatMap { Self.compressions[String($0)] } ?? .none
        if compression != .none { endings.removeLast() }
        let named = endings.last.flatMap { Self.formats[String($0)] }
        guard let format = load.format ?? named ?? Self.unnamed(path, load) else {
            throw StepError(
                "the name '\(name)' does not tell a file format",
                hint: "end it in .csv, .tsv, .json, .ndjson, .parquet or .xlsx, or say `format:`"
            )
        }
        self.format = format
        if compression != .none, !isText {
            throw StepError(
                "a \(format.rawValue) file is compressed within: '\(name)' must not end in .\(compression.ending)",
                hint: format == .parquet ? "choose a codec with `parquet: {compression: \(compression.rawValue)}`" : nil
            )
        }
    }

    /// What the format of a folder's files and of a pipe is when nobody says.
    private static func unnamed(_ path: String?, _ load: Load) -> FileFormat? {
        guard let path else { return .csv }
        return path.hasSuffix("/") || !load.partitionBy.isEmpty ? .parquet : nil
    }

    private static let formats: [String: FileFormat] = [
        "csv": .csv, "txt": .csv, "tsv": .tsv, "tab": .tsv, "json": .json, "ndjson": .ndjson, "jsonl": .ndjson,
        "parquet": .parquet, "pq": .parquet, "xlsx": .xlsx,
    ]

    private static let compressions: [String: Compression] = ["gz": .gzip, "gzip": .gzip, "zst": .zstd, "zstd": .zstd]
}

extension OutputFormat {
    /// What a file's name ends in, as `.csv.gz`.
    var ending: String { ".\(format.rawValue)" + (compression == .none ? "" : "." + compression.ending) }
}

extension OutputFormat.Compression {
    fileprivate var ending: String { self == .gzip ? "gz" : "zst" }
}
