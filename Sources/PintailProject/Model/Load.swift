/// Delivers a table, or a query's rows, out of the database.
public struct Load: Hashable, Sendable {
    /// The step's name.
    public var name: String
    /// What is delivered; the table named like the step unless given.
    public var source: LoadSource
    /// Where it goes.
    public var destination: Destination
    /// What becomes of what is there already.
    public var mode: LoadMode
    /// The columns that tell which row is which, for ``LoadMode/upsert`` and ``LoadMode/history``.
    public var key: [String]
    /// Columns of a server's table that hold keys of other tables' rows.
    public var references: [LoadReference]
    /// How new rows meet those of a server's table.
    public var rules: MergeRules
    /// Columns of a server's table whose values new rows get from Pintail or from the server.
    public var generate: [String: KeyMaker]
    /// How delimited files are written.
    public var csv: CSVOutput
    /// How Parquet files are written.
    public var parquet: ParquetOutput
    /// Columns whose values become folders, as in `region=eu/`; for files only.
    public var partitionBy: [String]
    /// Columns in alphabetical order, for output that does not change with the source's order.
    public var sortColumns: Bool
    /// The file format, when the path does not tell it.
    public var format: FileFormat?
    /// How many connections fill a server's table, where it takes several; chosen by size unless given.
    public var streams: Int?
    /// Steps to wait for beyond those whose tables it reads.
    public var after: [String]
    /// Where each field was written.
    public var locations: FieldLocations

    /// Describes a load; reads the table `name` unless `source` is given.
    public init(
        _ name: String,
        from source: LoadSource? = nil,
        into destination: Destination,
        mode: LoadMode = .replace,
        key: [String] = [],
        references: [LoadReference] = [],
        rules: MergeRules = MergeRules(),
        generate: [String: KeyMaker] = [:],
        csv: CSVOutput = CSVOutput(),
        parquet: ParquetOutput = ParquetOutput(),
        partitionBy: [String] = [],
        sortColumns: Bool = false,
        format: FileFormat? = nil,
        streams: Int? = nil,
        after: [String] = [],
        locations: FieldLocations = FieldLocations()
    ) {
        self.name = name
        self.source = source ?? .table(name)
        self.destination = destination
        self.mode = mode
        self.key = key
        self.references = references
        self.rules = rules
        self.generate = generate
        self.csv = csv
        self.parquet = parquet
        self.partitionBy = partitionBy
        self.sortColumns = sortColumns
        self.format = format
        self.streams = streams
        self.after = after
        self.locations = locations
    }
}

/// What a load delivers; a string literal is a query when it starts like one, else a table's name.
public enum LoadSource: Hashable, Sendable, ExpressibleByStringLiteral {
    case table(String)
    case query(String)

    /// A query starts with one of these words.
    static let queryWords: Set<String> = ["select", "from", "with", "values", "table", "pivot", "unpivot", "describe"]

    /// Tells a query from a table's name by its first word and whether anything follows it.
    public init(_ text: String) {
        let words = text.split(maxSplits: 1, whereSeparator: \.isWhitespace)
        let isQuery = words.count > 1 && words.first.map { Self.queryWords.contains($0.lowercased()) } == true
        self = isQuery || text.hasPrefix("(") ? .query(text) : .table(text)
    }

    public init(stringLiteral text: String) { self.init(text) }
}

/// Where a load delivers to; a string literal is a path.
public enum Destination: Hashable, Sendable, ExpressibleByStringLiteral {
    /// A table of a connection; `schema` is `nil` for the server's default.
    case table(connection: String, schema: String?, name: String)
    /// A file, a folder (ending in `/`) or an `s3://` address.
    case file(String)
    /// What comes after the process in a pipe.
    case standardOutput

    public init(stringLiteral path: String) { self = path == "-" ? .standardOutput : .file(path) }
}

/// What becomes of what is at the destination already.
public enum LoadMode: String, Hashable, Sendable, CaseIterable {
    /// Refuses to start when the destination exists.
    case fail
    /// Adds to it.
    case append
    /// Takes its place, all at once.
    case replace
    /// Updates the rows whose key is there and inserts the others.
    case upsert
    /// Keeps every version of a row: one whose values changed ends, and a new one begins.
    case history

    /// Whether rows are told apart by a key.
    package var needsKey: Bool { self == .upsert || self == .history }
}

/// How delimited files are written.
public struct CSVOutput: Hashable, Sendable {
    /// How lines end.
    public enum Newline: String, Hashable, Sendable, CaseIterable {
        case lf, crlf, cr
    }

    /// What stands between values.
    public var delimiter: String
    /// What surrounds values that need it.
    public var quote: String
    /// A character set by any name iconv knows.
    public var encoding: String
    /// Whether the first line names the columns.
    public var header: Bool
    /// How lines end.
    public var newline: Newline
    /// The text written for NULL.
    public var null: String

    /// RFC 4180 with line feeds, in UTF-8, unless told otherwise.
    public init(
        delimiter: String = ",",
        quote: String = "\"",
        encoding: String = "utf-8",
        header: Bool = true,
        newline: Newline = .lf,
        null: String = ""
    ) {
        self.delimiter = delimiter
        self.quote = quote
        self.encoding = encoding
        self.header = header
        self.newline = newline
        self.null = null
    }
}

/// How Parquet files are written.
public struct ParquetOutput: Hashable, Sendable {
    /// The codecs DuckDB writes.
    public enum Compression: String, Hashable, Sendable, CaseIterable {
        case zstd, snappy, gzip, lz4, brotli, uncompressed
    }

    /// How pages are compressed.
    public var compression: Compression
    /// Rows in a row group; DuckDB's 122,880 when `nil`.
    public var rowGroupRows: Int?

    /// zstd, in row groups of DuckDB's own size, unless told otherwise.
    public init(compression: Compression = .zstd, rowGroupRows: Int? = nil) {
        self.compression = compression
        self.rowGroupRows = rowGroupRows
    }
}
