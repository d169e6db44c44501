/// What `pintail.yml` says.
struct ProjectFile: Sendable {
    var name: String
    var database: String?
    var connections: [String: ConnectionSettings]
    var resources: Resources
    var locations = FieldLocations()
}

enum ProjectSpec {
    static let project = Field(
        "project",
        .name,
        isRequired: true,
        "The project's name, in runs and logs.",
        example: "newsroom"
    )
    static let database = Field(
        "database",
        .text("a path"),
        "The DuckDB file all tables live in, from the project's folder; `<project>.duckdb` when left out.",
        example: "newsroom.duckdb"
    )
    static let connections = Field(
        "connections",
        ConnectionSpec.all,
        default: [:],
        shown: "none",
        "Outside systems by the name that steps call them by.",
        example: "{warehouse: {postgres: {host: localhost}}}"
    )
    static let resources = Field(
        "resources",
        ResourcesSpec.component.shape,
        default: Resources(),
        shown: "measured",
        "What the process may use of the machine.",
        example: "{memory: 2GiB, threads: 4}"
    )

    static let component = Component<ProjectFile>(
        "a project file",
        "The file `pintail.yml` or `pintail.toml` in the project's folder. Pipelines stand in `pipelines/`, a file each.",
        fields: [project, database, connections, resources],
        example: """
            project: newsroom
            database: newsroom.duckdb
            connections:
              warehouse: {postgres: {host: "${DB_HOST}", database: "${DB_NAME}", user: "${DB_USER}", password: "${DB_PASSWORD}"}}
            resources: {memory: auto, memory_margin: 0.3, sample_rows: 1000, threads: auto}
            """
    ) { reader in
        let file = ProjectFile(
            name: reader[project] ?? "",
            database: reader[database],
            connections: reader[connections],
            resources: reader[resources]
        )
        return file
    }
}

enum ResourcesSpec {
    static let memory = Field(
        "memory",
        Shape<Int64?>.orAuto(.byteSize, schema: Shape<Int64>.byteSize.schema),
        default: nil,
        shown: "auto",
        "A budget for the whole process; `auto` measures what is free.",
        example: "2GiB"
    )
    static let memoryMargin = Field(
        "memory_margin",
        .number(0..<1),
        default: 0.3,
        shown: "0.3",
        "The share of free memory that is left to others when it is measured.",
        example: "0.5"
    )
    static let sampleRows = Field(
        "sample_rows",
        .integer(1 ... .max),
        default: 1000,
        shown: "1000",
        "Rows that are read to estimate a source's size.",
        example: "5000"
    )
    static let threads = Field(
        "threads",
        Shape<Int?>.orAuto(.integer(1...1024), schema: Shape<Int>.integer(1...1024).schema),
        default: nil,
        shown: "auto",
        "DuckDB's threads; `auto` is one for each core, and one or two in all where less than 300 MB may be used.",
        example: "4"
    )

    static let component = Component<Resources>(
        "resources",
        "What the process may use of the machine.",
        fields: [memory, memoryMargin, sampleRows, threads],
        example: "resources: {memory: 2GiB, memory_margin: 0.3, sample_rows: 1000, threads: auto}"
    ) { reader in
        Resources(
            memory: reader[memory],
            memoryMargin: reader[memoryMargin],
            sampleRows: reader[sampleRows],
            threads: reader[threads]
        )
    }
}

extension Shape {
    /// A value, or the word `auto` for none.
    fileprivate static func orAuto<Present: Sendable>(_ shape: Shape<Present>, schema: JSON) -> Shape
    where Value == Present? {
        Shape(wanted: shape.wanted + " or auto", schema: ["anyOf": [["const": "auto"], schema]]) { node, reading in
            if node.text == "auto" { return .some(nil) }
            return shape.read(node, reading).map { .some($0) }
        }
    }
}
