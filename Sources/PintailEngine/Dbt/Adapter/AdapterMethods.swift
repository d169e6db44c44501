import DuckDB
import Jinja
import PintailProject

/// The methods of `adapter`.
enum AdapterMethods {
    typealias Body = @Sendable (AdapterCall) throws -> Jinja.Value

    static let all: [String: Body] = statements.merging(relations) { $1 }.merging(columns) { $1 }
        .merging(names) { $1 }.merging(files) { $1 }.merging(choices) { $1 }

    // MARK: Statements

    private static let statements: [String: Body] = [
        "execute": { call in
            let warehouse = try call.warehouse()
            let isFetched = try call.arguments[2, "fetch"]?.isTrue ?? false
            let answer = try warehouse.run(
                call.text(0, "sql"),
                fetching: isFetched,
                begins: try call.arguments[1, "auto_begin"]?.isTrue ?? false
            )
            let response = AdapterResponse(
                message: "OK",
                rowsAffected: answer.rowsChanged.map { .integer($0) } ?? .none
            )
            return .tuple([.object(response), .object(answer.table)])
        },
        "add_query": { call in
            let warehouse = try call.warehouse()
            let bindings = try call.arguments.named("bindings")?.elements() ?? []
            let begins = try call.arguments[1, "auto_begin"]?.isTrue ?? true
            _ = try warehouse.run(Bindings.filled(call.text(0, "sql"), bindings), fetching: false, begins: begins)
            return ""
        },
        "commit": { call in
            try call.warehouse().commit()
            return ""
        },
        "commit_if_open": { call in
            try call.warehouse().commit()
            return ""
        },
        "begin": { call in
            try call.warehouse().begin()
            return ""
        },
        "validate_sql": { call in
            _ = try call.warehouse().columns(of: call.text(0, "sql"))
            return Jinja.Value.none
        },
    ]

    // MARK: Relations

    private static let relations: [String: Body] = [
        "dispatch": { call in
            let namespace = call.arguments[1, "macro_namespace"]?.asString ?? call.arguments.named("packages")?.asString
            return try AdapterObject(call.context).dispatched(call.text(0, "macro_name"), namespace)
        },
        "get_relation": { call in
            let (database, schema, identifier) = (
                try call.text(0, "database"), try call.text(1, "schema"), try call.text(2, "identifier")
            )
            guard let found = try call.warehouse().relation(database, schema, identifier) else {
                return Jinja.Value.none
            }
            return .object(RelationObject(found))
        },
        "load_relation": { call in
            let wanted = try call.relation(0, "relation")
            let found = try call.warehouse().relation(
                wanted.database ?? "",
                wanted.schema ?? "",
                wanted.identifier ?? ""
            )
            return found.map { .object(RelationObject($0)) } ?? .none
        },
        "list_relations": { call in
            let found = try call.warehouse().relations(in: call.text(1, "schema"), of: call.text(0, "database"))
            return .list(of: found.map { .object(RelationObject($0)) })
        },
        "list_schemas": { call in
            let database = try call.text(0, "database").lowercased()
            return .list(
                of: try call.warehouse().texts(
                    "SELECT schema_name FROM duckdb_schemas() WHERE lower(database_name) = \(literal: database)"
                ).map { .string($0) }
            )
        },
        "check_schema_exists": { call in
            let (database, schema) = (
                try call.text(0, "database").lowercased(), try call.text(1, "schema").lowercased()
            )
            return .bool(
                try !call.warehouse().texts(
                    "SELECT schema_name FROM duckdb_schemas() WHERE lower(database_name) = \(literal: database) AND lower(schema_name) = \(literal: schema)"
                ).isEmpty
            )
        },
        "create_schema": { call in
            let relation = try call.relation(0, "relation")
            _ = try call.macro("create_schema", .object(RelationObject(relation)))
            try call.warehouse().commit()
            return ""
        },
        "drop_schema": { call in
            let relation = try call.relation(0, "relation")
            _ = try call.macro("drop_schema", .object(RelationObject(relation)))
            try call.warehouse().commit()
            try call.warehouse().relations.forget(schema: relation.schema ?? "", of: relation.database ?? "")
            return ""
        },
        "drop_relation": { call in
            guard let relation = call.optionalRelation(0, "relation") else { return "" }
            try call.warehouse().dropped(relation)
            _ = try call.macro("drop_relation", .object(RelationObject(relation)))
            return ""
        },
        "rename_relation": { call in
            let (old, new) = (try call.relation(0, "from_relation"), try call.relation(1, "to_relation"))
            try call.warehouse().renamed(old, to: new)
            _ = try call.macro("rename_relation", .object(RelationObject(old)), .object(RelationObject(new)))
            return ""
        },
        "truncate_relation": { call in
            try call.macro("truncate_relation", .object(RelationObject(try call.relation(0, "relation"))))
        },
        "cache_added": { call in
            try call.warehouse().made(try call.relation(0, "relation"))
            return ""
        },
        "cache_dropped": { call in
            try call.warehouse().dropped(try call.relation(0, "relation"))
            return ""
        },
        "cache_renamed": { call in
            try call.warehouse().renamed(
                try call.relation(0, "from_relation"),
                to: try call.relation(1, "to_relation")
            )
            return ""
        },
        "index_names": { call in
            let relation = try call.relation(0, "relation")
            return .list(
                of: try call.warehouse().texts(
                    """
                    SELECT index_name FROM duckdb_indexes() WHERE lower(database_name) = \(literal: (relation.database ?? "").lowercased())
                    AND lower(schema_name) = \(literal: (relation.schema ?? "").lowercased()) AND lower(table_name) = \(literal: (relation.identifier ?? "").lowercased())
                    """
                ).map { .string($0) }
            )
        },
        "standardize_grants_dict": { _ in .dict(DictObject()) },
        "valid_snapshot_target": { _ in "" },
        "assert_valid_snapshot_target_given_strategy": { call in try SnapshotTarget.check(call) },
        "get_hard_deletes_behavior": { call in try SnapshotTarget.hardDeletes(call) },
    ]

    // MARK: Columns

    private static let columns: [String: Body] = [
        "get_columns_in_relation": { call in
            try call.macro("get_columns_in_relation", .object(RelationObject(try call.relation(0, "relation"))))
        },
        "describe_relation_columns": { call in
            let columns = try RelationColumns.of(call.relation(0, "relation"), in: call.warehouse())
            return .list(of: columns.map { .object($0) })
        },
        "get_column_schema_from_query": { call in
            let columns = try call.warehouse().columns(ofLast: call.text(0, "sql"))
            return .list(of: columns.map { .object(RelationColumns.object($0)) })
        },
        "get_missing_columns": { call in
            let known = Set(try RelationColumns.of(call.relation(1, "to_relation"), in: call.warehouse()).map(\.name))
            let columns = try RelationColumns.of(call.relation(0, "from_relation"), in: call.warehouse())
            return .list(of: columns.filter { !known.contains($0.name) }.map { .object($0) })
        },
        "expand_target_column_types": { _ in "" },
        "expand_column_types": { _ in "" },
        "alter_column_type": { call in
            try call.macro(
                "alter_column_type",
                call.arguments[0, "relation"] ?? .none,
                call.arguments[1, "column_name"] ?? .none,
                call.arguments[2, "new_column_type"] ?? .none
            )
        },
        "convert_type": { call in .string(try SeedTypes.sqlType(call)) },
        "render_raw_columns_constraints": { call in try Constraints.columns(call) },
        "render_raw_model_constraints": { call in try Constraints.model(call) },
    ]

    // MARK: Names

    private static let names: [String: Body] = [
        "type": { _ in "duckdb" },
        "quote": { call in .string(Relation.quote(try call.text(0, "identifier"))) },
        "quote_as_configured": { call in .string(Relation.quote(try call.text(0, "identifier"))) },
        "quote_seed_column": { call in
            let name = try call.text(0, "column")
            guard let wanted = call.arguments[1, "quote_config"], !wanted.isNone else {
                return .string(Relation.quote(name))
            }
            return .string(try wanted.isTrue ? Relation.quote(name) : name)
        },
        "parse_index": { call in try IndexObject.parse(call.arguments[0, "raw_index"] ?? .none) },
        "escape_sql_string": { call in
            .string(
                try call.text(0, "value").split(separator: "'", omittingEmptySubsequences: false).joined(
                    separator: "''"
                )
            )
        },
        "get_incremental_strategy_macro": { call in try strategy(call) },
        "valid_incremental_strategies": { _ in ["append", "delete+insert", "merge", "microbatch"] },
        "builtin_incremental_strategies": { _ in ["append", "delete+insert", "merge", "insert_overwrite", "microbatch"]
        },
    ]

    /// The macro that makes a strategy's statement.
    private static func strategy(_ call: AdapterCall) throws -> Jinja.Value {
        let name = try call.text(1, "strategy")
        let known = ["append", "delete+insert", "merge", "microbatch", "default"]
        let macro =
            "get_incremental_\(name == "delete+insert" ? "delete_insert" : name.split(separator: "+").joined(separator: "_"))_sql"
        guard known.contains(name) || !["insert_overwrite"].contains(name), let found = call.context.macro(named: macro)
        else {
            if name == "insert_overwrite" {
                throw TemplateError(
                    .raised,
                    "DuckDB has no incremental strategy 'insert_overwrite'; choose append, delete+insert, merge or microbatch"
                )
            }
            throw TemplateError(
                .raised,
                "there is no macro '\(macro)' for the incremental strategy '\(name)'"
            )
        }
        return found
    }

    // MARK: Files

    private static let files: [String: Body] = [
        "external_root": { call in .string(call.context.world.externalRoot) },
        "external_read_location": { call in .string(try ExternalFiles.reading(call)) },
        "external_write_options": { call in .string(try ExternalFiles.writing(call)) },
        "external_draft": { call in .string(try ExternalFiles.draft(call)) },
        "publish_external": { call in
            try ExternalFiles.publish(call)
            return ""
        },
        "is_staged": { call in .bool(call.context.node.published != nil) },
        "published_relation": { call in
            let relation = try call.relation(0, "relation")
            return .object(RelationObject(call.context.node.published ?? relation))
        },
        "location_exists": { call in .bool(try ExternalFiles.exists(call)) },
        "get_seed_file_path": { call in .string(try SeedTypes.path(call)) },
        "store_relation": { call in
            throw TemplateError(
                .raised,
                "External models are written by DuckDB itself: the plugin '\(try call.text(0, "plugin"))' is not known"
            )
        },
    ]

    // MARK: Choices

    private static let choices: [String: Body] = [
        "is_motherduck": { _ in false },
        "is_ducklake": { _ in false },
        "disable_transactions": { _ in false },
        "catalog_supports_foreign_keys": { _ in true },
        "use_database": { _ in "" },
        "warn_once": { call in
            call.context.warn(try call.text(0, "msg"))
            return ""
        },
        "nice_connection_name": { _ in "master" },
    ]
}
