/// The older form of a pipeline: one file in, renamed and typed, into one Postgres table.
///
/// It is recognised by its keys and becomes an extract, a check when a sample is asked for, and a load.
struct MemoryAwareConfig: Sendable {
    var inputPath: String
    var rename: Rename?
    var dates: DateHandling
    var types: [String: ColumnType]
    var decimals: Int?
    var sample: Sample?
    var resources: Resources
    var table: String
    var mode: LoadMode

    /// The connection's name in queries: `pg_main.employees`.
    static let connectionName = "pg_main"

    /// Whether a file is of this form: it has none of a pipeline's keys and names its input in this form's way.
    static func isWritten(in root: ConfigNode) -> Bool {
        guard root["pipeline"] == nil, root["steps"] == nil else { return false }
        let sections = ["path", "schema_config", "validation_data", "os_configuration"]
        return sections.contains { root[$0]?.entries != nil } || root["database"]?["table_name"] != nil
    }

    /// Postgres as `DB_HOST` and its like tell it; `nil` when they do not.
    static func postgres(from variables: [String: String]) -> PostgresSettings? {
        guard variables["DB_HOST"] != nil || variables["DB_NAME"] != nil else { return nil }
        return PostgresSettings(
            host: variables["DB_HOST"],
            port: variables["DB_PORT"].flatMap { Int($0) },
            database: variables["DB_NAME"],
            user: variables["DB_USER"],
            password: variables["DB_PASSWORD"].map { Secret($0) }
        )
    }

    /// One error that names every variable that is needed and not set.
    static func missingVariables(_ variables: [String: String], at place: SourceLocation?) -> [Diagnostic] {
        let missing = ["DB_HOST", "DB_NAME", "DB_USER"].filter { variables[$0] == nil }
        if !missing.isEmpty {
            let names = missing.joined(separator: ", ")
            return [
                Diagnostic(
                    "the Postgres to load into is not known: \(names) \(missing.count == 1 ? "is" : "are") not set",
                    at: place,
                    hint: "set DB_HOST, DB_PORT, DB_NAME, DB_USER and DB_PASSWORD in the environment or in .env"
                )
            ]
        }
        if let port = variables["DB_PORT"], Int(port).map({ (1...65535).contains($0) }) != true {
            return [
                Diagnostic("the variable 'DB_PORT' is not a port", at: place, hint: "a port is a number up to 65535")
            ]
        }
        return []
    }

    /// The same as a project of one pipeline.
    func project(
        named name: String,
        in files: ProjectFiles,
        variables: [String: String],
        locations: FieldLocations
    ) -> Project {
        Project(
            name,
            directory: files.root,
            database: files.absolute(".pintail/\(name).duckdb"),
            connections: [Self.connectionName: .postgres(Self.postgres(from: variables) ?? PostgresSettings())],
            resources: resources,
            pipelines: [Pipeline(name, steps: steps(at: locations), locations: locations)],
            locations: locations
        )
    }

    /// The types by their names in the table: people give them by the old names as well as by the new ones.
    private var renamedTypes: [String: ColumnType] {
        Dictionary(types.map { (renamed($0.key), $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    private func renamed(_ column: String) -> String {
        switch rename {
        case .lower: column.lowercased()
        case .upper: column.uppercased()
        case .capitalize: column.prefix(1).uppercased() + column.dropFirst().lowercased()
        case .snake, .names, nil: column
        }
    }

    private func steps(at locations: FieldLocations) -> [Step] {
        let types = renamedTypes
        let extract = Extract(
            table,
            from: .files([inputPath]),
            rename: rename,
            types: types,
            dates: dates,
            decimals: decimals,
            locations: locations.named([
                "from": "path.input_path", "rename": "schema_config.column_naming", "types": "schema_config.data_type",
                "dates": "schema_config.date_format", "decimals": "schema_config.decimal_precision",
                "": "database.table_name",
            ])
        )
        let claims = types.keys.sorted().compactMap { column in
            types[column].map { ColumnChecks(column, [.type($0)]) }
        }
        let check = sample.map { sample in
            Check(
                table,
                columns: claims,
                sample: sample,
                locations: locations.named(["sample": "validation_data.sample_size", "": "validation_data"])
            )
        }
        let load = Load(
            table,
            into: .table(connection: Self.connectionName, schema: nil, name: table),
            mode: mode,
            locations: locations.named([
                "mode": "database.if_table_exists", "": "database.table_name", "into": "database.table_name",
            ])
        )
        return [.extract(extract)] + (check.map { [.check($0)] } ?? []) + [.load(load)]
    }
}

extension FieldLocations {
    /// The places of other paths under the names a step knows them by.
    fileprivate func named(_ paths: [String: String]) -> FieldLocations {
        FieldLocations(paths.compactMapValues { self[$0] })
    }
}
