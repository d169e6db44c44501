import PintailProject

/// What a `copy` command line tells of the files it reads and writes.
struct CopyDialect {
    static let delimiter = Option.value(
        "delimiter",
        short: "d",
        "TEXT",
        .text,
        "What stands between SRC's values; detected unless given"
    )
    static let quote = Option.value("quote", "CHARACTER", .text, "What SRC's values are quoted by")
    static let encoding = Option.value(
        "encoding",
        "NAME",
        .text,
        "SRC's character set, as latin-1; detected unless given"
    )
    static let decimalSeparator = Option.value(
        "decimal-separator",
        "CHARACTER",
        .text,
        "What stands before the fraction of SRC's numbers; a point unless given"
    )
    static let thousands = Option.value(
        "thousands",
        "CHARACTER",
        .text,
        "What stands between groups of three digits of SRC's numbers"
    )
    static let null = Option.list("null", "TEXT", .text, "Texts in SRC that mean NULL")
    static let skip = Option.value("skip", "LINES", .count, "Lines of SRC to pass over before its header")
    static let noHeader = Option.flag("no-header", "SRC has no line of names")
    static let sheet = Option.value("sheet", "NAME", .text, "The sheet of a workbook; its first one unless given")
    static let outputDelimiter = Option.value(
        "output-delimiter",
        "TEXT",
        .text,
        "What stands between DST's values; a comma unless given"
    )
    static let outputEncoding = Option.value(
        "output-encoding",
        "NAME",
        .text,
        "DST's character set; UTF-8 unless given"
    )
    static let newline = Option.value("newline", "HOW", .choice(of: CSVOutput.Newline.self), "How DST's lines end")
    static let noOutputHeader = Option.flag("no-output-header", "Write no line of names")
    static let sortColumns = Option.flag("sort-columns", "Write columns in alphabetical order")
    static let partitionBy = Option.list(
        "partition-by",
        "COLUMN",
        .text,
        "Make a folder for each value of these columns"
    )
    static let compression = Option.value(
        "compression",
        "CODEC",
        .choice(of: ParquetOutput.Compression.self),
        "How Parquet is compressed; zstd unless given"
    )

    static let options = [
        delimiter, quote, encoding, decimalSeparator, thousands, null, skip, noHeader, sheet, outputDelimiter,
        outputEncoding, newline,
        noOutputHeader,
        sortColumns, partitionBy, compression,
    ]

    let input: CSVDialect
    let excel: ExcelLayout
    let output: CSVOutput
    let parquet: ParquetOutput
    let partitionBy: [String]
    let sortColumns: Bool

    init(_ arguments: ParsedArguments) {
        let header: Bool? = arguments.has(Self.noHeader) ? false : nil
        let null = arguments.all(Self.null)
        input = CSVDialect(
            delimiter: arguments[Self.delimiter].map(Self.unescaped),
            quote: arguments[Self.quote],
            header: header,
            null: null.isEmpty ? nil : null,
            skip: arguments.count(Self.skip),
            encoding: arguments[Self.encoding],
            decimalSeparator: arguments[Self.decimalSeparator],
            thousands: arguments[Self.thousands]
        )
        excel = ExcelLayout(sheet: arguments[Self.sheet], header: header)
        output = CSVOutput(
            delimiter: arguments[Self.outputDelimiter].map(Self.unescaped) ?? ",",
            encoding: arguments[Self.outputEncoding] ?? "utf-8",
            header: !arguments.has(Self.noOutputHeader),
            newline: arguments.choice(Self.newline) ?? .lf
        )
        parquet = ParquetOutput(compression: arguments.choice(Self.compression) ?? .zstd)
        partitionBy = arguments.all(Self.partitionBy)
        sortColumns = arguments.has(Self.sortColumns)
    }

    /// Shells make it hard to write a tab.
    private static func unescaped(_ text: String) -> String { text == "\\t" ? "\t" : text }
}
