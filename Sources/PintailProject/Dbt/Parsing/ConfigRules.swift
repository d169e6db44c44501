/// How configurations of several places become one.
enum ConfigRules {
    /// Lists that grow: every place adds to what the places before gave.
    private static let growing: Set<String> = ["tags", "packages", "pre-hook", "post-hook"]
    /// Objects whose keys are taken one by one.
    private static let merged: Set<String> = ["meta", "quoting", "column_types", "docs", "contract"]

    /// The configuration with another laid over it.
    static func lay(_ layer: ConfigObject, over config: inout ConfigObject) {
        for (written, value) in layer {
            let key = canonical(written)
            switch key {
            case _ where growing.contains(key):
                let more = key.hasSuffix("-hook") ? value.items.map(hook) : value.items
                config[key] = .list((config[key]?.items ?? []) + more)
            case _ where merged.contains(key):
                guard case .object(let object) = value else { continue }
                config[key] = .object((config[key]?.object ?? [:]).merging(object))
            case "grants": config[key] = .object(grants(config[key]?.object ?? [:], value.object ?? [:]))
            default: config[key] = value
            }
        }
    }

    static func canonical(_ key: String) -> String {
        switch key {
        case "pre_hook": "pre-hook"
        case "post_hook": "post-hook"
        default: key
        }
    }

    /// A hook as it is kept: a text is one that runs within the transaction.
    private static func hook(_ value: ConfigValue) -> ConfigValue {
        guard case .object(let object) = value else {
            return ["sql": value, "transaction": true, "index": nil]
        }
        return [
            "sql": object["sql"] ?? "", "transaction": object["transaction"] ?? true, "index": object["index"] ?? nil,
        ]
    }

    /// `+select` adds to those who may select, `select` names them anew.
    private static func grants(_ old: ConfigObject, _ new: ConfigObject) -> ConfigObject {
        var grants = old
        for (key, value) in new {
            if key.hasPrefix("+") {
                let name = String(key.dropFirst())
                grants[name] = .list((grants[name]?.items ?? []) + value.items)
            } else {
                grants[key] = .list(value.items)
            }
        }
        return grants
    }

    /// The configurations of the folders that lead to a node, outermost first.
    static func layers(_ section: ConfigObject, fqn: [String]) -> [ConfigObject] {
        var layers = [settings(section)]
        var folder = section
        for name in fqn {
            guard let next = folder[name]?.object else { break }
            layers.append(settings(next))
            folder = next
        }
        return layers.filter { !$0.isEmpty }
    }

    /// What a folder configures, without what it says about folders in it.
    private static func settings(_ folder: ConfigObject) -> ConfigObject {
        var settings = ConfigObject()
        for (key, value) in folder {
            if key.hasPrefix("+") {
                settings[String(key.dropFirst())] = value
            } else if value.object == nil {
                settings[key] = value
            }
        }
        return settings
    }
}

/// What applies where nothing is configured, in dbt's order.
enum ConfigDefaults {
    private static let common: ConfigObject = [
        "enabled": true, "alias": nil, "schema": nil, "database": nil, "tags": [], "meta": [:], "group": nil,
        "static_analysis": nil,
    ]

    private static let built: ConfigObject = common.merging([
        "materialized": "view", "incremental_strategy": nil, "batch_size": nil, "lookback": 1, "begin": nil,
        "persist_docs": [:], "post-hook": [], "pre-hook": [], "quoting": [:], "column_types": [:], "full_refresh": nil,
        "unique_key": nil, "on_schema_change": "ignore", "on_configuration_change": "apply", "grants": [:],
        "packages": [], "docs": ["show": true, "node_color": nil],
        "contract": ["enforced": false, "alias_types": true], "event_time": nil, "concurrent_batches": nil,
    ])

    static let model = built.merging(["access": "protected", "freshness": nil])
    static let seed = built.merging(["materialized": "seed", "delimiter": ",", "quote_columns": nil])
    static let snapshot = built.merging([
        "materialized": "snapshot", "strategy": nil, "target_schema": nil, "target_database": nil, "updated_at": nil,
        "check_cols": nil,
        "snapshot_meta_column_names": [
            "dbt_valid_to": nil, "dbt_valid_from": nil, "dbt_scd_id": nil, "dbt_updated_at": nil, "dbt_is_deleted": nil,
        ], "dbt_valid_to_current": nil,
    ])
    static let analysis = built
    static let operation = built
    static let test = common.merging([
        "schema": "dbt_test__audit", "materialized": "test", "severity": "ERROR", "store_failures": nil,
        "store_failures_as": nil, "where": nil, "limit": nil, "fail_calc": "count(*)", "warn_if": "!= 0",
        "error_if": "!= 0",
    ])

    /// What applies to exposures, metrics and the like.
    static func ofResource(_ kind: ResourceKind) -> ConfigObject {
        switch kind {
        case .group: ["meta": [:]]
        case .exposure: ["enabled": true, "tags": [], "meta": [:]]
        case .savedQuery:
            [
                "enabled": true, "group": nil, "meta": [:], "export_as": nil, "schema": nil,
                "cache": ["enabled": false], "tags": [],
            ]
        default: ["enabled": true, "group": nil, "meta": [:]]
        }
    }

    static func of(_ kind: ResourceKind) -> ConfigObject {
        switch kind {
        case .seed: seed
        case .snapshot: snapshot
        case .test: test
        case .analysis, .operation, .inline: built
        default: model
        }
    }

    /// The section of `dbt_project.yml` that configures a kind.
    static func sections(of kind: ResourceKind) -> [String] {
        switch kind {
        case .seed: ["seeds"]
        case .snapshot: ["snapshots"]
        case .test: ["tests", "data_tests"]
        case .exposure: ["exposures"]
        case .metric: ["metrics"]
        case .semanticModel: ["semantic-models"]
        case .savedQuery: ["saved-queries"]
        case .unitTest: ["unit_tests"]
        // dbt has no sections of their own for analyses and hooks.
        default: ["models"]
        }
    }
}
