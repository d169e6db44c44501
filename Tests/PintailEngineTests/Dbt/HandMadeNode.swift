import DuckDB
import FoundationEssentials
import Jinja
import PintailProject

@testable import PintailEngine

/// A node of a project that has no files: its template, its configuration and what it refers to.
final class HandMadeNode: NodeReferences {
    let warehouse: Warehouse
    let database: String
    let folder: String
    var kind = "model"
    var name = "node"
    var config: ConfigObject = [:]
    var properties: ConfigObject = [:]
    var flags: ConfigObject = [:]
    var macros: [MacroEntry] = []
    var seed: ResultTable?
    var logged: [String] = []

    init(_ warehouse: Warehouse, database: String, folder: String) {
        self.warehouse = warehouse
        self.database = database
        self.folder = folder
    }

    /// Compiles and builds it.
    func build(_ sql: String) throws -> [Relation] {
        let context = try context()
        defer { context.close() }
        let text = try context.compile(Template(sql, name: "models/node.sql", in: DbtEnvironment.sql))
        context.node.compiledSQL = text
        context.node.model["compiled_code"] = .string(text)
        return try context.materialize()
    }

    /// Renders a template with the node's names.
    func render(_ sql: String) throws -> String {
        let context = try context()
        defer { context.close() }
        return try context.compile(Template(sql, name: "models/node.sql", in: DbtEnvironment.sql))
    }

    private func context() throws -> RunContext {
        let config = self.config.templateDict
        for (key, value) in ConfigObject(defaults) where config[key] == nil { config[key] = value.templateValue }
        let model = properties.templateDict
        for (key, value) in [
            "name": name, "alias": name, "database": database, "schema": "main", "resource_type": kind,
            "package_name": "shop", "unique_id": "\(kind).shop.\(name)", "language": "sql", "root_path": folder,
            "original_file_path": "seeds/node.csv",
        ] {
            model[key] = .string(value)
        }
        model["config"] = .dict(config)
        if case .list(let columns)? = model["columns"] {
            let named = DictObject()
            for case .dict(let column) in columns.values { named[try column["name"]?.text ?? ""] = .dict(column) }
            model["columns"] = .dict(named)
        } else {
            model["columns"] = .dict(DictObject())
        }
        if model["constraints"] == nil { model["constraints"] = [] }
        var scope = NodeScope(
            package: "shop",
            model: model,
            config: config,
            this: Relation(database: database, schema: "main", identifier: name)
        )
        scope.preHooks = try hooks(config["pre_hook"])
        scope.postHooks = try hooks(config["post_hook"])
        return RunContext(world, scope, warehouse, self)
    }

    private var defaults: [(String, ConfigValue)] {
        var defaults: [(String, ConfigValue)] = [("column_types", [:]), ("grants", [:])]
        if kind == "snapshot" { defaults.append(("materialized", "snapshot")) }
        if kind == "seed" { defaults.append(("materialized", "seed")) }
        if kind == "snapshot" {
            var names: ConfigObject = [:]
            for name in ["dbt_valid_to", "dbt_valid_from", "dbt_scd_id", "dbt_updated_at", "dbt_is_deleted"] {
                names[name] = config["snapshot_meta_column_names"]?[name].string.map { .string($0) } ?? .string(name)
            }
            defaults.append(("snapshot_table_column_names", .object(names)))
        }
        return defaults
    }

    private func hooks(_ value: Jinja.Value?) throws -> [Jinja.Value] {
        try (value?.elements() ?? []).map { .dict(of: ["sql": $0, "transaction": true]) }
    }

    private var world: RunWorld {
        var world = RunWorld(
            macros: MacroIndex(root: "shop", macros: macros),
            projectName: "shop",
            target: ["type": "duckdb", "name": "dev", "schema": "main", "database": .string(database), "threads": 1],
            flags: flags,
            invocationID: "00000000-0000-0000-0000-000000000000",
            startedAt: 1_700_000_000_000_000,
            environment: { _ in nil },
            log: { _, _ in }
        )
        world.externalRoot = folder
        world.directory = folder
        return world
    }

    func ref(_ name: String, package: String?, version: Jinja.Value?) throws -> Relation {
        Relation(database: database, schema: "main", identifier: name)
    }
    func source(_ source: String, _ table: String) throws -> Relation {
        Relation(database: database, schema: source, identifier: table)
    }
    func variable(_ name: String) -> Jinja.Value? { nil }
    func graph() -> Jinja.Value { .dict(DictObject()) }
    func seedTable() throws -> ResultTable { seed ?? ResultTable.empty }
}
