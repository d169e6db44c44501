/// `- load:` in a pipeline file.
enum LoadSpec {
    static let load = Field(
        "load",
        .name,
        isRequired: true,
        "The step's name, and the table it delivers unless `from` says otherwise.",
        example: "articles"
    )
    static let from = Field(
        "from",
        .text("a table or a query"),
        "The table or query that is delivered.",
        example: "SELECT DISTINCT publication FROM articles"
    )
    static let into = Field(
        "into",
        .text("a table or a path"),
        isRequired: true,
        "`connection.schema.table`; a path, a folder ending in `/`, an `s3://` address; `-` for what comes after in a pipe.",
        example: "warehouse.public.articles"
    )
    static let mode = Field(
        "mode",
        Shape<LoadMode>.word,
        default: .replace,
        shown: "replace",
        "What becomes of what is there already.",
        example: "upsert"
    )
    static let key = Field(
        "key",
        Shape.text("a column's name").oneOrMany(),
        default: [],
        shown: "none",
        "The columns that tell which row is which, for `mode: upsert` and `history`.",
        example: "url"
    )
    static let references = Field(
        "references",
        LoadReferenceSpec.shape,
        default: [],
        shown: "none",
        "Columns of a server's table that hold keys of other tables' rows, by what the rows call those.",
        example: "{publication_id: {from: publication, table: publications, match: name, missing: create}}"
    )
    static let generate = Field(
        "generate",
        Shape<KeyMaker>.word.mapping(),
        default: [:],
        shown: "the columns' defaults",
        "Columns of a server's table whose values are made for new rows; a `uuid` key that nothing fills is `uuid7`.",
        example: "{id: uuid7}"
    )
    static let csv = Field(
        "csv",
        CSVOutputSpec.component.shape,
        default: CSVOutput(),
        shown: "RFC 4180",
        "How delimited files are written.",
        example: "{delimiter: \";\"}"
    )
    static let parquet = Field(
        "parquet",
        ParquetOutputSpec.component.shape,
        default: ParquetOutput(),
        shown: "zstd",
        "How Parquet files are written.",
        example: "{compression: snappy}"
    )
    static let partitionBy = Field(
        "partition_by",
        Shape.text("a column's name").oneOrMany(),
        default: [],
        shown: "none",
        "Columns whose values become folders, as in `region=eu/`; for files only.",
        example: "[region]"
    )
    static let sortColumns = Field(
        "sort_columns",
        .sortColumns,
        default: false,
        shown: "false",
        "`true` or `alphabetical`: columns in alphabetical order, whatever the source's is.",
        example: "alphabetical"
    )
    static let format = Field(
        "format",
        Shape<FileFormat>.word,
        "The file format, when the path does not tell it.",
        example: "ndjson"
    )

    static let streams = Field(
        "streams",
        .integer(1...64),
        "How many connections fill a server's table, where it takes several; rows added to a table come over one.",
        example: "2"
    )

    static let component = Component<Load>(
        "a load step",
        "Delivers a table, or a query's rows, out of the database.",
        fields: [
            load, from, into, mode, key, references, generate,
        ] + MergeRulesSpec.fields + [
            csv, parquet, partitionBy, sortColumns, format, streams, StepFields.after,
        ],
        example: """
            - load: articles
              into: warehouse.public.articles
              mode: upsert
              key: url
              references:
                publication_id: {from: publication, table: publications, match: name, missing: create}
            - load: articles_by_region
              from: articles
              into: out/articles/
              format: parquet
              partition_by: [region]
            """
    ) { reader in
        let destination = destination(reader)
        if let destination { reportConflicts(destination, reader) }
        let step = Load(
            reader[load] ?? "",
            from: reader[from].map { LoadSource($0) },
            into: destination ?? .standardOutput,
            mode: reader[mode],
            key: reader[key],
            references: reader[references],
            rules: MergeRulesSpec.rules(reader),
            generate: reader[generate],
            csv: reader[csv],
            parquet: reader[parquet],
            partitionBy: reader[partitionBy],
            sortColumns: reader[sortColumns],
            format: reader[format],
            streams: reader[streams],
            after: reader[StepFields.after]
        )
        return destination == nil || step.name.isEmpty ? nil : step
    }

    private static func destination(_ reader: FieldReader) -> Destination? {
        guard let text = reader[into] else { return nil }
        if text == "-" || text == "stdout" { return .standardOutput }
        let isFileForced = reader.has(format) || reader.has(csv) || reader.has(parquet) || reader.has(partitionBy)
        let place = reader.node(of: into)?.location
        switch TableReference.resolve(text, isFileForced: isFileForced, at: place, reader.reading) {
        case .table(let connection, let schema, let name):
            return .table(connection: connection, schema: schema, name: name)
        case .path(let path): return .file(path)
        case nil: return nil
        }
    }

    private static func reportConflicts(_ destination: Destination, _ reader: FieldReader) {
        let mode = reader[mode]
        switch destination {
        case .table:
            MergeRulesSpec.reportConflicts(mode, reader)
            let fileKeys: [any FieldDeclaration] = [csv, parquet, partitionBy, sortColumns, format]
            for key in fileKeys where reader.has(key) {
                reader.report("'\(key.name)' is for files, and 'into' names a table", atKeyOf: key, hint: "remove it")
            }
            if mode.needsKey, !reader.has(key) {
                reader.report(
                    "'mode: \(mode)' needs a 'key'",
                    at: Self.mode,
                    hint: "name the columns that tell which row is which"
                )
            }
        case .file, .standardOutput:
            if reader.has(streams) {
                reader.report("'streams' is for tables, and 'into' names a file", atKeyOf: streams, hint: "remove it")
            }
            let tableKeys: [any FieldDeclaration] = [references, generate] + MergeRulesSpec.fields
            for key in tableKeys where reader.has(key) {
                reader.report("'\(key.name)' is for tables, and 'into' names a file", atKeyOf: key, hint: "remove it")
            }
            if mode.needsKey {
                reader.report(
                    "'mode: \(mode)' is for tables, and 'into' names a file",
                    at: Self.mode,
                    hint: "files can be written with fail, append or replace"
                )
            }
        }
        if !mode.needsKey, reader.has(key) {
            reader.report(
                "'key' is only used with 'mode: upsert'",
                atKeyOf: key,
                hint: "add mode: upsert, or remove it"
            )
        }
    }
}

extension Shape<Bool> {
    fileprivate static let sortColumns = Shape(
        wanted: "true, false or alphabetical",
        schema: ["enum": [true, false, "alphabetical"]]
    ) { node, reading in
        switch node.resolved.content {
        case .scalar(.boolean(let value)): return value
        case .scalar(.text("alphabetical")): return true
        default:
            reading.reportMismatch(node, wanted: "true, false or alphabetical")
            return nil
        }
    }
}
