/// Brings rows in from outside and makes a table of them.
public struct Extract: Hashable, Sendable {
    /// The table the step makes, and the step's name.
    public var table: String
    /// Where the rows come from.
    public var source: ExtractSource
    /// The file format, when the name does not tell it.
    public var format: FileFormat?
    /// What is known of a delimited file's dialect; the rest is detected.
    public var csv: CSVDialect
    /// What is known of a workbook's layout.
    public var excel: ExcelLayout
    /// What becomes of a row that cannot be read or does not fit its types.
    public var onBadRows: BadRows
    /// How the source's column names become the table's.
    public var rename: Rename?
    /// The types to give columns, by their name in the table; a value that does not fit is a bad row.
    public var types: [String: ColumnType]
    /// Whether text that looks like dates becomes dates.
    public var dates: DateHandling
    /// Digits kept after the point in floating and decimal columns; `nil` keeps what came.
    public var decimals: Int?
    /// What is taken on the next run: everything, or only what is new.
    public var incremental: Incremental?
    /// How the data enters the database; chosen by measurement unless given.
    public var strategy: LoadStrategyChoice
    /// Steps to wait for beyond those it reads from.
    public var after: [String]
    /// Where each field was written.
    public var locations: FieldLocations
    /// Whether the rows go to one reader and are kept for no other.
    package var isPassedOn = false

    /// Describes an extract; only the table and its source must be given.
    public init(
        _ table: String,
        from source: ExtractSource,
        format: FileFormat? = nil,
        csv: CSVDialect = CSVDialect(),
        excel: ExcelLayout = ExcelLayout(),
        onBadRows: BadRows = .fail,
        rename: Rename? = nil,
        types: [String: ColumnType] = [:],
        dates: DateHandling = .keep,
        decimals: Int? = nil,
        incremental: Incremental? = nil,
        strategy: LoadStrategyChoice = .auto,
        after: [String] = [],
        locations: FieldLocations = FieldLocations()
    ) {
        self.table = table
        self.source = source
        self.format = format
        self.csv = csv
        self.excel = excel
        self.onBadRows = onBadRows
        self.rename = rename
        self.types = types
        self.dates = dates
        self.decimals = decimals
        self.incremental = incremental
        self.strategy = strategy
        self.after = after
        self.locations = locations
    }
}

/// Where an extract's rows come from; a string literal names a file, a glob or a URL.
public enum ExtractSource: Hashable, Sendable, ExpressibleByStringLiteral {
    /// Paths, globs and URLs (`https://`, `s3://`), read as one table.
    case files([String])
    /// What is piped into the process.
    case standardInput
    /// A table of a connection: `schema` is `nil` for the connection's default.
    case table(connection: String, schema: String?, name: String)
    /// A query that the connection's own server answers.
    case query(connection: String, sql: String)

    public init(stringLiteral path: String) { self = path == "-" ? .standardInput : .files([path]) }
}

/// The file formats Pintail reads and writes.
public enum FileFormat: String, Hashable, Sendable, CaseIterable {
    case csv, tsv, json, ndjson, parquet, xlsx
}

/// What is known of a delimited file; each part left out is detected.
public struct CSVDialect: Hashable, Sendable {
    /// What stands between values; one to four bytes.
    public var delimiter: String?
    /// What surrounds values that hold a delimiter; empty for nothing.
    public var quote: String?
    /// What stands in front of a quote inside a value.
    public var escape: String?
    /// Whether the first line names the columns.
    public var header: Bool?
    /// Texts that mean NULL, quoted or not; an empty value does as well.
    public var null: [String]?
    /// Whether an empty value between quotes is the empty text in a column of text, and not NULL.
    ///
    /// It is when `null` names texts of which none is empty; pandas and DuckDB take it for NULL, psql and Polars do not.
    public var keepsQuotedEmpty: Bool?
    /// What begins a line to pass over.
    public var comment: String?
    /// Lines to pass over before the header.
    public var skip: Int?
    /// A character set by any name iconv knows: `utf-8`, `utf-16`, `latin-1`, `windows-1252`.
    public var encoding: String?
    /// What stands between whole and fraction.
    public var decimalSeparator: String?
    /// What stands between groups of three digits of a number.
    public var thousands: String?
    /// strptime form, as `%d.%m.%Y`.
    public var dateFormat: String?
    /// strptime form, as `%d.%m.%Y %H:%M`.
    public var timestampFormat: String?
    /// Column names for a file without a header, or in place of its header.
    public var names: [String]?

    /// A dialect of which nothing is known yet.
    public init(
        delimiter: String? = nil,
        quote: String? = nil,
        escape: String? = nil,
        header: Bool? = nil,
        null: [String]? = nil,
        keepsQuotedEmpty: Bool? = nil,
        comment: String? = nil,
        skip: Int? = nil,
        encoding: String? = nil,
        decimalSeparator: String? = nil,
        thousands: String? = nil,
        dateFormat: String? = nil,
        timestampFormat: String? = nil,
        names: [String]? = nil
    ) {
        self.delimiter = delimiter
        self.quote = quote
        self.escape = escape
        self.header = header
        self.null = null
        self.keepsQuotedEmpty = keepsQuotedEmpty
        self.comment = comment
        self.skip = skip
        self.encoding = encoding
        self.decimalSeparator = decimalSeparator
        self.thousands = thousands
        self.dateFormat = dateFormat
        self.timestampFormat = timestampFormat
        self.names = names
    }
}

/// Which part of a workbook is the table.
public struct ExcelLayout: Hashable, Sendable {
    /// The sheet's name; the first one when `nil`.
    public var sheet: String?
    /// Cells as `A1:F200`; what is filled when `nil`.
    public var range: String?
    /// Whether the first row names the columns.
    public var header: Bool?

    /// The first sheet, all of it, unless told otherwise.
    public init(sheet: String? = nil, range: String? = nil, header: Bool? = nil) {
        self.sheet = sheet
        self.range = range
        self.header = header
    }
}

/// What becomes of a row that cannot be read.
public enum BadRows: String, Hashable, Sendable, CaseIterable {
    /// The step fails and names the row.
    case fail
    /// Good rows are kept; bad ones go to `quarantine.<table>` with file, line, reason and raw text.
    case quarantine
}

/// How the source's column names become the table's.
public enum Rename: Hashable, Sendable {
    case lower, upper, capitalize, snake
    /// New names by old ones; columns not named keep theirs.
    case names([String: String])
}

/// Whether text that looks like dates becomes dates.
public enum DateHandling: String, Hashable, Sendable, CaseIterable {
    /// Only what the reader itself sees as a date.
    case keep
    /// Every text column whose values are all dates or timestamps of one form is converted.
    case auto
}

/// What the next run takes.
public enum Incremental: Hashable, Sendable {
    /// Rows whose value in this column is greater than the greatest one taken so far.
    case cursor(String)
    /// Files not taken yet, or changed since, by path, size and modification time.
    case newFiles
    /// The same, and the rows of files that are gone go: the table holds what its files hold.
    case mirror
}

/// How extracted data enters the database.
public enum LoadStrategyChoice: String, Hashable, Sendable, CaseIterable {
    case auto, eager, lazy, streaming
}
