// How files are laid out, on the way in and on the way out.

enum CSVInputSpec {
    static let delimiter = Field(
        "delimiter",
        .characters(upTo: 4, "one to four characters"),
        "What stands between values.",
        example: "\";\""
    )
    static let quote = Field(
        "quote",
        .quote,
        "What surrounds values that hold a delimiter; empty for nothing.",
        example: "\"'\""
    )
    static let escape = Field("escape", .quote, "What stands in front of a quote inside a value.", example: "'\\'")
    static let header = Field("header", .boolean, "Whether the first line names the columns.", example: "false")
    static let null = Field(
        "null",
        Shape.anyText.oneOrMany(),
        "The texts that mean NULL, quoted or not, beside the empty one.",
        example: "[\"NA\", \"-\"]"
    )
    static let keepsQuotedEmpty = Field(
        "keep_quoted_empty",
        .boolean,
        """
        Whether `""` is the empty text in a column of text, and not NULL; true when `null` names texts and the empty one is \
        not among them.
        """,
        example: "true"
    )
    static let comment = Field("comment", .character, "What begins a line to pass over.", example: "\"#\"")
    static let skip = Field("skip", .integer(0 ... .max), "Lines to pass over before the header.", example: "2")
    static let encoding = Field("encoding", .text, "The character set, by any name iconv knows.", example: "latin-1")
    static let decimalSeparator = Field(
        "decimal_separator",
        .character,
        "What stands between whole and fraction.",
        example: "\",\""
    )
    static let thousands = Field(
        "thousands",
        .separator,
        "What stands between groups of three digits, as the points of `4.185,45`; only numbers written so lose it.",
        example: "\".\""
    )
    static let dateFormat = Field(
        "date_format",
        .text,
        "How dates are written, in strptime form.",
        example: "\"%d.%m.%Y\""
    )
    static let timestampFormat = Field(
        "timestamp_format",
        .text,
        "How timestamps are written, in strptime form.",
        example: "\"%d.%m.%Y %H:%M\""
    )
    static let names = Field(
        "names",
        Shape<String>.name.list(),
        "The columns' names, for a file without a header or in place of it.",
        example: "[id, title]"
    )

    static let component = Component<CSVDialect>(
        "a CSV dialect",
        "What is known of a delimited file; everything left out is detected.",
        fields: [
            delimiter, quote, escape, header, null, keepsQuotedEmpty, comment, skip, encoding, decimalSeparator,
            thousands, dateFormat, timestampFormat, names,
        ],
        example: "csv: {delimiter: \";\", encoding: latin-1, quote: '\"', \"null\": \"NA\", skip: 1}"
    ) { reader in
        let (decimal, group) = (reader[decimalSeparator], reader[thousands])
        if let group, group == decimal ?? "." {
            let way = reader.has(decimalSeparator) ? "they cannot be one" : "say 'decimal_separator' as well"
            reader.report("'\(group)' is what stands before a number's fraction", at: thousands, hint: way)
        }
        return CSVDialect(
            delimiter: reader[delimiter],
            quote: reader[quote],
            escape: reader[escape],
            header: reader[header],
            null: reader[null],
            keepsQuotedEmpty: reader[keepsQuotedEmpty],
            comment: reader[comment],
            skip: reader[skip],
            encoding: reader[encoding],
            decimalSeparator: decimal,
            thousands: group,
            dateFormat: reader[dateFormat],
            timestampFormat: reader[timestampFormat],
            names: reader[names]
        )
    }
}

extension Shape<String> {
    /// One character that no number has otherwise; a thin space takes more bytes than one.
    fileprivate static let separator = Shape.scalar(
        "one character that is no digit",
        schema: ["type": "string", "maxLength": 1]
    ) { scalar in
        guard case .text(let text) = scalar, text.count == 1, !text.contains(where: { $0.isLetter || $0.isNumber }),
            !"+-".contains(text)
        else { return nil }
        return text
    }

    /// One character, or none.
    fileprivate static let quote = Shape.scalar(
        "one character, or an empty text",
        schema: ["type": "string", "maxLength": 1]
    ) {
        scalar in
        if case .text(let text) = scalar, text.utf8.count <= 1 { text } else { nil }
    }
}

enum ExcelSpec {
    static let sheet = Field("sheet", .text, "The sheet's name; the first one when left out.", example: "Sales")
    static let range = Field(
        "range",
        .text("cells"),
        "The cells that are the table; all that are filled when left out.",
        example: "A1:F200"
    )
    static let header = Field("header", .boolean, "Whether the first row names the columns.", example: "true")

    static let component = Component<ExcelLayout>(
        "an Excel layout",
        "Which part of a workbook is the table.",
        fields: [sheet, range, header],
        example: "excel: {sheet: Sales, range: \"A1:F200\", header: true}"
    ) { reader in
        ExcelLayout(sheet: reader[sheet], range: reader[range], header: reader[header])
    }
}

enum CSVOutputSpec {
    static let delimiter = Field(
        "delimiter",
        .character,
        default: ",",
        shown: "`,`",
        "What stands between values.",
        example: "\";\""
    )
    static let quote = Field(
        "quote",
        .character,
        default: "\"",
        shown: "`\"`",
        "What surrounds values that need it.",
        example: "\"'\""
    )
    static let encoding = Field(
        "encoding",
        .text,
        default: "utf-8",
        shown: "utf-8",
        "The character set, by any name iconv knows.",
        example: "windows-1252"
    )
    static let header = Field(
        "header",
        .boolean,
        default: true,
        shown: "true",
        "Whether the first line names the columns.",
        example: "false"
    )
    static let newline = Field(
        "newline",
        Shape<CSVOutput.Newline>.word,
        default: .lf,
        shown: "lf",
        "How lines end.",
        example: "crlf"
    )
    static let null = Field(
        "null",
        .anyText,
        default: "",
        shown: "nothing",
        "The text written for NULL.",
        example: "\"NA\""
    )

    static let component = Component<CSVOutput>(
        "CSV output",
        "How delimited files are written.",
        fields: [delimiter, quote, encoding, header, newline, null],
        example: "csv: {delimiter: \";\", encoding: windows-1252, newline: crlf, \"null\": \"NA\"}"
    ) { reader in
        CSVOutput(
            delimiter: reader[delimiter],
            quote: reader[quote],
            encoding: reader[encoding],
            header: reader[header],
            newline: reader[newline],
            null: reader[null]
        )
    }
}

enum ParquetOutputSpec {
    static let compression = Field(
        "compression",
        Shape<ParquetOutput.Compression>.word,
        default: .zstd,
        shown: "zstd",
        "How pages are compressed.",
        example: "snappy"
    )
    static let rowGroupRows = Field(
        "row_group_rows",
        .integer(2048 ... .max),
        "Rows in a row group; DuckDB's 122,880 when left out.",
        example: "1000000"
    )

    static let component = Component<ParquetOutput>(
        "Parquet output",
        "How Parquet files are written.",
        fields: [compression, rowGroupRows],
        example: "parquet: {compression: zstd, row_group_rows: 500000}"
    ) { reader in
        ParquetOutput(compression: reader[compression], rowGroupRows: reader[rowGroupRows])
    }
}
