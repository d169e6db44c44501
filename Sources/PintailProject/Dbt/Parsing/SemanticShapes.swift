/// What metrics, semantic models and saved queries say, in the form that manifests keep: short forms written out, and
/// everything that may be said in its place.
enum SemanticShapes {
    /// A filter, or several, as one object; null where there is none.
    static func filter(_ written: ConfigValue) -> ConfigValue {
        guard !written.isNull else { return .null }
        return ["where_filters": .list(written.items.map { ["where_sql_template": $0] })]
    }

    /// `7 days` as its number and its unit.
    static func window(_ written: ConfigValue) -> ConfigValue {
        guard let text = written.string else { return written }
        let words = text.split(separator: " ").map(String.init)
        guard words.count == 2, let count = Int(words[0]) else { return written }
        var unit = words[1].lowercased()
        if unit.hasSuffix("s") { unit.removeLast() }
        return ["count": .integer(count), "granularity": .string(unit)]
    }

    /// A measure as a metric names it.
    static func measure(_ written: ConfigValue) -> ConfigValue {
        guard !written.isNull else { return .null }
        let isName = written.string != nil
        return [
            "name": isName ? written : written["name"], "filter": filter(written["filter"]), "alias": written["alias"],
            "join_to_timespine": written["join_to_timespine"].isNull ? false : written["join_to_timespine"],
            "fill_nulls_with": written["fill_nulls_with"],
        ]
    }

    /// A metric as another names it.
    static func input(_ written: ConfigValue) -> ConfigValue {
        guard !written.isNull else { return .null }
        return [
            "name": written.string == nil ? written["name"] : written, "filter": filter(written["filter"]),
            "alias": written["alias"], "offset_window": window(written["offset_window"]),
            "offset_to_grain": written["offset_to_grain"],
        ]
    }

    static func metricParameters(_ written: ConfigValue, ofType type: String = "simple") -> ConfigObject {
        let whole: ConfigValue = ["window": written["window"], "grain_to_date": written["grain_to_date"]]
        let given = written["cumulative_type_params"]
        return [
            "measure": measure(written["measure"]), "input_measures": [],
            "numerator": input(written["numerator"]), "denominator": input(written["denominator"]),
            "expr": written["expr"], "window": window(written["window"]), "grain_to_date": written["grain_to_date"],
            "metrics": .list(written["metrics"].items.map(input)),
            "conversion_type_params": conversion(written["conversion_type_params"]),
            "cumulative_type_params": cumulative(given.isNull && type == "cumulative" ? whole : given),
            "metric_aggregation_params": nil,
        ]
    }

    private static func conversion(_ written: ConfigValue) -> ConfigValue {
        guard !written.isNull else { return .null }
        return [
            "base_measure": measure(written["base_measure"]),
            "conversion_measure": measure(written["conversion_measure"]), "entity": written["entity"],
            "calculation": written["calculation"].isNull ? "conversion_rate" : written["calculation"],
            "window": window(written["window"]), "constant_properties": written["constant_properties"],
        ]
    }

    private static func cumulative(_ written: ConfigValue) -> ConfigValue {
        guard !written.isNull else { return .null }
        return [
            "window": window(written["window"]), "grain_to_date": written["grain_to_date"],
            "period_agg": written["period_agg"].isNull ? "first" : written["period_agg"],
            "metric": input(written["metric"]),
        ]
    }

    static func entity(_ written: ConfigValue, _ config: ConfigValue) -> ConfigValue {
        [
            "name": written["name"], "type": word(written["type"]), "description": written["description"],
            "label": written["label"], "role": written["role"], "expr": expression(written["expr"]), "config": config,
        ]
    }

    static func dimension(_ written: ConfigValue, _ config: ConfigValue) -> ConfigValue {
        let given = written["type_params"]
        let parameters: ConfigValue =
            given.isNull
            ? .null
            : ["time_granularity": given["time_granularity"], "validity_params": validity(given["validity_params"])]
        return [
            "name": written["name"], "type": word(written["type"]), "description": written["description"],
            "label": written["label"], "is_partition": written["is_partition"].isNull ? false : written["is_partition"],
            "type_params": parameters, "expr": expression(written["expr"]), "metadata": nil, "config": config,
        ]
    }

    private static func validity(_ written: ConfigValue) -> ConfigValue {
        guard !written.isNull else { return .null }
        return .object((["is_start": false, "is_end": false] as ConfigObject).merging(written.object ?? [:]))
    }

    static func ownMeasure(_ written: ConfigValue, _ config: ConfigValue) -> ConfigValue {
        [
            "name": written["name"], "agg": word(written["agg"]), "description": written["description"],
            "label": written["label"], "create_metric": false, "expr": expression(written["expr"]),
            "agg_params": aggregation(written["agg_params"]),
            "non_additive_dimension": additivity(written["non_additive_dimension"]),
            "agg_time_dimension": written["agg_time_dimension"], "config": config,
        ]
    }

    private static func aggregation(_ written: ConfigValue) -> ConfigValue {
        guard !written.isNull else { return .null }
        let whole: ConfigObject = [
            "percentile": nil, "use_discrete_percentile": false, "use_approximate_percentile": false,
        ]
        return .object(whole.merging(written.object ?? [:]))
    }

    private static func additivity(_ written: ConfigValue) -> ConfigValue {
        guard !written.isNull else { return .null }
        let whole: ConfigObject = ["name": nil, "window_choice": "min", "window_groupings": []]
        return .object(whole.merging(written.object ?? [:]))
    }

    /// A word of a list of known ones, which may be written in capitals.
    static func word(_ written: ConfigValue) -> ConfigValue {
        written.string.map { .string($0.lowercased()) } ?? written
    }

    /// Numbers and truths are SQL here.
    private static func expression(_ written: ConfigValue) -> ConfigValue {
        switch written {
        case .null, .string: written
        default: .string(written.plainText)
        }
    }

    static func query(_ written: ConfigValue) -> ConfigValue {
        [
            "metrics": .list(written["metrics"].items), "group_by": .list(written["group_by"].items),
            "where": filter(written["where"]), "order_by": .list(written["order_by"].items), "limit": written["limit"],
        ]
    }
}
