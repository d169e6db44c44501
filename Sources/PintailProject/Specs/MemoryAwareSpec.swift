// The sections of the older form.

extension MemoryAwareConfig {
    static let path = Field(
        "path",
        Path.component.shape,
        isRequired: true,
        "What is read.",
        example: "{input_path: datos.parquet}"
    )
    static let schema = Field(
        "schema_config",
        Schema.component.shape,
        default: Schema(),
        shown: "as it comes",
        "What becomes of the columns.",
        example: "{column_naming: lower, date_format: true}"
    )
    static let validation = Field(
        "validation_data",
        Validation.component.shape,
        default: nil,
        shown: "no check",
        "How much of the table is checked.",
        example: "{sample_size: 0.01}"
    )
    static let machine = Field(
        "os_configuration",
        Machine.component.shape,
        default: Resources(),
        shown: "measured",
        "What the process may use of the machine.",
        example: "{os_margin: 0.3}"
    )
    static let database = Field(
        "database",
        Target.component.shape,
        isRequired: true,
        "Where it is loaded.",
        example: "{table_name: employees, if_table_exists: replace}"
    )

    static let component = Component<MemoryAwareConfig>(
        "a memory-aware config",
        "The older form of a pipeline, run unchanged; Postgres comes from `DB_HOST`, `DB_PORT`, `DB_NAME`, `DB_USER` and `DB_PASSWORD`.",
        fields: [path, schema, validation, machine, database],
        example: """
            path: {input_path: datos.parquet}
            schema_config:
              column_naming: lower
              date_format: true
              data_type: {age: int64, salary: float64}
              decimal_precision: 3
            validation_data: {sample_size: 0.01}
            os_configuration: {os_margin: 0.3, n_rows_sample: 1000}
            database: {table_name: employees, if_table_exists: replace}
            """
    ) { reader in
        let (path, target, schema) = (reader[path], reader[database], reader[schema])
        let (sample, resources) = (reader[validation], reader[machine])
        guard let path, let target else { return nil }
        return MemoryAwareConfig(
            inputPath: path.input,
            rename: schema.rename,
            dates: schema.dates,
            types: schema.types,
            decimals: schema.decimals,
            sample: sample,
            resources: resources,
            table: target.table,
            mode: target.mode
        )
    }

    struct Path: Sendable {
        var input: String

        static let inputPath = Field(
            "input_path",
            .text("a path"),
            isRequired: true,
            "The file to read.",
            example: "datos.parquet"
        )
        static let component = Component<Path>(
            "the section path",
            "The input.",
            fields: [inputPath],
            example: "path: {input_path: datos.parquet}"
        ) { reader in reader[inputPath].map { Path(input: $0) } }
    }

    struct Schema: Sendable {
        var rename: Rename?
        var dates = DateHandling.keep
        var types: [String: ColumnType] = [:]
        var decimals: Int?

        static let columnNaming = Field(
            "column_naming",
            Shape<Rename>.words(
                ["lower": .lower, "upper": .upper, "capitalize": .capitalize],
                ["lower", "upper", "capitalize"]
            ),
            "How columns are named.",
            example: "lower"
        )
        static let dateFormat = Field(
            "date_format",
            .boolean,
            default: false,
            shown: "false",
            "Whether texts that are dates become dates.",
            example: "true"
        )
        static let dataType = Field(
            "data_type",
            Shape.text("a type's name").map { ColumnType($0) }.mapping(),
            default: [:],
            shown: "inferred",
            "The types of columns.",
            example: "{age: int64}"
        )
        static let decimalPrecision = Field(
            "decimal_precision",
            .integer(0...18),
            "Digits kept after the point.",
            example: "3"
        )
        static let component = Component<Schema>(
            "the section schema_config",
            "The columns.",
            fields: [columnNaming, dateFormat, dataType, decimalPrecision],
            example:
                "schema_config: {column_naming: lower, date_format: true, data_type: {age: int64}, decimal_precision: 3}"
        ) { reader in
            Schema(
                rename: reader[columnNaming],
                dates: reader[dateFormat] ? .auto : .keep,
                types: reader[dataType],
                decimals: reader[decimalPrecision]
            )
        }
    }

    enum Validation {
        static let sampleSize = Field("sample_size", .sample, "The share of rows that is checked.", example: "0.01")
        static let component = Component<Sample?>(
            "the section validation_data",
            "The check.",
            fields: [sampleSize],
            example: "validation_data: {sample_size: 0.01}"
        ) { reader in .some(reader[sampleSize]) }
    }

    enum Machine {
        static let margin = Field(
            "os_margin",
            .number(0..<1),
            default: 0.3,
            shown: "0.3",
            "The share of free memory left to others.",
            example: "0.3"
        )
        static let sampleRows = Field(
            "n_rows_sample",
            .integer(1 ... .max),
            default: 1000,
            shown: "1000",
            "Rows read to estimate the size.",
            example: "1000"
        )
        static let component = Component<Resources>(
            "the section os_configuration",
            "The machine.",
            fields: [margin, sampleRows],
            example: "os_configuration: {os_margin: 0.3, n_rows_sample: 1000}"
        ) { reader in Resources(memoryMargin: reader[margin], sampleRows: reader[sampleRows]) }
    }

    struct Target: Sendable {
        var table: String
        var mode: LoadMode

        static let tableName = Field(
            "table_name",
            .name,
            isRequired: true,
            "The table to load into.",
            example: "employees"
        )
        static let ifTableExists = Field(
            "if_table_exists",
            Shape<LoadMode>.words(
                ["fail": .fail, "append": .append, "replace": .replace],
                ["fail", "append", "replace"]
            ),
            default: .fail,
            shown: "fail",
            "What becomes of a table that is there.",
            example: "replace"
        )
        static let component = Component<Target>(
            "the section database",
            "The Postgres table.",
            fields: [tableName, ifTableExists],
            example: "database: {table_name: employees, if_table_exists: replace}"
        ) { reader in
            let mode = reader[ifTableExists]
            return reader[tableName].map { Target(table: $0, mode: mode) }
        }
    }
}
