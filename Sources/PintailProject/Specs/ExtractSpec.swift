/// `- extract:` in a pipeline file.
enum ExtractSpec {
    static let extract = Field(
        "extract",
        .name,
        isRequired: true,
        "The table the step makes, and the step's name.",
        example: "raw_articles"
    )
    static let from = Field(
        "from",
        Shape.text.oneOrMany(),
        isRequired: true,
        "A path, glob or address, or a list of them; `connection.schema.table`; a query, with `connection:`; `-` for what is piped in.",
        example: "data/articles*.csv.gz"
    )
    static let connection = Field(
        "connection",
        .text,
        "The connection that answers the query under `from:`.",
        example: "warehouse"
    )
    static let format = Field(
        "format",
        Shape<FileFormat>.word,
        "The file format, when the name does not tell it.",
        example: "csv"
    )
    static let csv = Field(
        "csv",
        CSVInputSpec.component.shape,
        default: CSVDialect(),
        shown: "detected",
        "What is known of a delimited file's dialect.",
        example: "{delimiter: \";\", encoding: latin-1}"
    )
    static let excel = Field(
        "excel",
        ExcelSpec.component.shape,
        default: ExcelLayout(),
        shown: "the first sheet",
        "Which part of a workbook is the table.",
        example: "{sheet: Sales}"
    )
    static let onBadRows = Field(
        "on_bad_rows",
        Shape<BadRows>.word,
        default: .fail,
        shown: "fail",
        "Whether a row that cannot be read, or lacks a type given in `types`, fails the step or goes to `quarantine.<table>`.",
        example: "quarantine"
    )
    static let rename = Field(
        "rename",
        Shape<Rename>.words(
            ["lower": .lower, "upper": .upper, "capitalize": .capitalize, "snake": .snake],
            ["lower", "upper", "capitalize", "snake"],
            orElse: ", or a mapping"
        ).or(mapping: Shape<String>.name.mapping().map { .names($0) }),
        "How the source's column names become the table's: by a rule, or one by one.",
        example: "{Old Name: new_name}"
    )
    static let types = Field(
        "types",
        Shape.text("a type's name").map { ColumnType($0) }.mapping(),
        default: [:],
        shown: "inferred",
        "The types of columns, by their name in the table: `int64`, `float64`, `string`, `datetime`, `bool`, or any of DuckDB's.",
        example: "{age: int64, created_at: datetime}"
    )
    static let dates = Field(
        "dates",
        Shape<DateHandling>.word,
        default: .keep,
        shown: "keep",
        "`auto` converts text columns whose values are all dates or timestamps.",
        example: "auto"
    )
    static let decimals = Field(
        "decimals",
        .integer(0...18),
        "Digits kept after the point in floating and decimal columns.",
        example: "3"
    )
    static let cursor = Field(
        "cursor",
        .text("a column's name"),
        "Take only rows whose value in this column is greater than any taken before.",
        example: "updated_at"
    )
    static let incremental = Field(
        "incremental",
        Shape<Incremental>.words(["new_files": .newFiles, "mirror": .mirror], ["new_files", "mirror"]),
        "Take only files that are new, or changed, by path, size and modification time; `mirror` lets go of the rows of files that are gone.",
        example: "new_files"
    )
    static let strategy = Field(
        "strategy",
        Shape<LoadStrategyChoice>.word,
        default: .auto,
        shown: "auto",
        "How the data enters the database; `auto` chooses by its size and the memory at hand.",
        example: "lazy"
    )

    static let component = Component<Extract>(
        "an extract step",
        "Brings rows in from outside and makes a table of them.",
        fields: [
            extract, from, connection, format, csv, excel, onBadRows, rename, types, dates, decimals, cursor,
            incremental,
            strategy, StepFields.after,
        ],
        example: """
            - extract: raw_articles
              from: data/articles*.csv.gz
              csv: {delimiter: ";", encoding: latin-1, "null": "NA"}
              rename: lower
              types: {age: int64, salary: float64, created_at: datetime}
              dates: auto
              decimals: 3
              on_bad_rows: quarantine
            """
    ) { reader in
        let source = ExtractSourceReading(reader: reader).source()
        reportConflicts(source, reader)
        let step = Extract(
            reader[extract] ?? "",
            from: source ?? .standardInput,
            format: reader[format],
            csv: reader[csv],
            excel: reader[excel],
            onBadRows: reader[onBadRows],
            rename: reader[rename],
            types: reader[types],
            dates: reader[dates],
            decimals: reader[decimals],
            incremental: reader[cursor].map { .cursor($0) } ?? reader[incremental],
            strategy: reader[strategy],
            after: reader[StepFields.after]
        )
        return source == nil || step.table.isEmpty ? nil : step
    }

    private static func reportConflicts(_ source: ExtractSource?, _ reader: FieldReader) {
        if reader.has(cursor), reader.has(incremental) {
            reader.report(
                "'cursor' and 'incremental' are two ways to take only what is new",
                atKeyOf: incremental,
                hint: "keep one"
            )
        }
        switch source {
        case .table, .query:
            let fileKeys: [any FieldDeclaration] = [csv, excel, format, onBadRows, incremental]
            for key in fileKeys where reader.has(key) {
                reader.report(
                    "'\(key.name)' is for files, and 'from' names a connection",
                    atKeyOf: key,
                    hint: "remove it"
                )
            }
        case .standardInput:
            if reader.has(incremental) {
                reader.report("what is piped in has no files to tell apart", atKeyOf: incremental, hint: "remove it")
            }
        case .files, nil: break
        }
    }
}

/// Decides what an extract's `from:` and `connection:` name together.
struct ExtractSourceReading {
    let reader: FieldReader

    /// `nil` when it cannot be told; that has been reported.
    func source() -> ExtractSource? {
        let connection = declaredConnection()
        guard let texts = reader[ExtractSpec.from], !texts.isEmpty else {
            if reader.node(of: ExtractSpec.from)?.text == nil, reader.has(ExtractSpec.from) {
                reader.report("'from' names nothing", at: ExtractSpec.from, hint: "give a path, as data/articles.csv")
            }
            return nil
        }
        if texts.count == 1 { return source(texts[0], connection: connection) }
        return files(texts)
    }

    private func source(_ text: String, connection: String?) -> ExtractSource? {
        if isQuery(text) {
            guard reader.has(ExtractSpec.connection) else {
                reader.report(
                    "a query under 'from' needs a 'connection' that answers it",
                    at: ExtractSpec.from,
                    hint: "add connection: <name>; tables of this project are queried by a transform step"
                )
                return nil
            }
            return connection.map { .query(connection: $0, sql: text) }
        }
        if reader.has(ExtractSpec.connection) { return connection.flatMap { table(text, of: $0) } }
        if text == "-" || text == "stdin" { return .standardInput }
        return files([text])
    }

    private func isQuery(_ text: String) -> Bool {
        if case .query = LoadSource(text) { true } else { false }
    }

    private func table(_ text: String, of connection: String) -> ExtractSource? {
        guard let parts = TableReference.parts(of: text), parts.count <= 2, let name = parts.last else {
            reader.report(
                "'from' must be a query or a table beside 'connection'",
                at: ExtractSpec.from,
                hint: "as in public.orders"
            )
            return nil
        }
        return .table(connection: connection, schema: parts.count == 2 ? parts[0] : nil, name: name)
    }

    private func declaredConnection() -> String? {
        guard let name = reader[ExtractSpec.connection] else { return nil }
        let connections = reader.reading.surroundings.connections
        let location = reader.node(of: ExtractSpec.connection)?.location
        switch connections[name] {
        case .postgres: return name
        case .s3:
            reader.report("'\(name)' is an object store and answers no queries", at: ExtractSpec.connection)
        case nil:
            TableReference.reportUndeclared(name, among: connections, at: location, reader.reading)
        }
        return nil
    }

    private func files(_ texts: [String]) -> ExtractSource? {
        let isFileForced =
            reader.has(ExtractSpec.format) || reader.has(ExtractSpec.csv) || reader.has(ExtractSpec.excel)
        var paths: [String] = []
        for (index, text) in texts.enumerated() {
            let location = place(ofItem: index)
            switch TableReference.resolve(text, isFileForced: isFileForced, at: location, reader.reading) {
            case .path(let path): paths.append(path)
            case .table(let connection, let schema, let name):
                if texts.count == 1 { return .table(connection: connection, schema: schema, name: name) }
                reader.reading.report(
                    "a list under 'from' holds files only",
                    at: location,
                    hint: "extract each table by a step of its own"
                )
            case nil: break
            }
        }
        return paths.count == texts.count ? .files(paths) : nil
    }

    private func place(ofItem index: Int) -> SourceLocation? {
        let node = reader.node(of: ExtractSpec.from)
        if case .sequence(let items) = node?.content, index < items.count { return items[index].location }
        return node?.location
    }
}
