import Jinja

extension ProjectParser {
    /// Adds a metric.
    func declareMetric(_ patch: PropertyPatch) {
        guard var metric = resource(.metric, patch) else { return }
        let written = patch.node.value
        metric.properties = [
            "label": written["label"], "type": SemanticShapes.word(written["type"]),
            "type_params": .object(
                SemanticShapes.metricParameters(written["type_params"], ofType: written["type"].plainText.lowercased())
            ),
            "filter": SemanticShapes.filter(written["filter"]), "metadata": nil,
            "time_granularity": written["time_granularity"],
        ]
        insert(metric)
    }

    /// Adds a semantic model, and the metrics that its measures ask for.
    func declareSemanticModel(_ patch: PropertyPatch) {
        guard var model = resource(.semanticModel, patch) else { return }
        let written = patch.node.value
        if let node = patch.node["model"] { record(node, patch, &model) }
        let meta = model.config["meta"] ?? [:]
        func own(_ item: ConfigValue) -> ConfigValue {
            ["meta": .object((meta.object ?? [:]).merging(item["config"]["meta"].object ?? [:]))]
        }
        model.properties = [
            "model": written["model"], "node_relation": nil, "label": written["label"], "defaults": written["defaults"],
            "entities": .list(written["entities"].items.map { SemanticShapes.entity($0, own($0)) }),
            "measures": .list(written["measures"].items.map { SemanticShapes.ownMeasure($0, own($0)) }),
            "dimensions": .list(written["dimensions"].items.map { SemanticShapes.dimension($0, own($0)) }),
            "metadata": nil, "primary_entity": written["primary_entity"],
        ]
        if written["description"].isNull { model.properties["description"] = .null }
        insert(model)
        guard model.config["enabled"]?.bool ?? true else { return }
        for measure in written["measures"].items where measure["create_metric"] == true {
            addMetric(of: measure, model, patch)
        }
    }

    /// A metric that is nothing but a measure.
    private func addMetric(of measure: ConfigValue, _ model: Resource, _ patch: PropertyPatch) {
        guard var metric = resource(.metric, patch, ofMeasure: measure["name"].plainText) else { return }
        var config = metric.config
        for (key, value) in model.config where key == "meta" { ConfigRules.lay([key: value], over: &config) }
        metric.config = config
        metric.meta = config["meta"]?.object ?? [:]
        metric.unrenderedConfig = ["meta": model.config["meta"] ?? [:], "enabled": true]
        metric.description = measure["description"].string ?? ""
        metric.tags = []
        var parameters = SemanticShapes.metricParameters(["measure": measure["name"]])
        parameters["expr"] = measure["expr"].isNull ? measure["name"] : .string(measure["expr"].plainText)
        metric.properties = [
            "label": measure["label"].isNull ? measure["name"] : measure["label"], "type": "simple",
            "type_params": .object(parameters), "filter": nil, "metadata": nil, "time_granularity": nil,
        ]
        insert(metric)
    }

    /// Adds a saved query.
    func declareSavedQuery(_ patch: PropertyPatch) {
        guard var query = resource(.savedQuery, patch) else { return }
        let written = patch.node.value
        let exports = written["exports"].items.map { export -> ConfigValue in
            let config = export["config"]
            let schema = config["schema"].isNull ? config["schema_name"] : config["schema"]
            return [
                "name": export["name"],
                "config": [
                    "export_as": config["export_as"].isNull ? query.config["export_as"] ?? .null : config["export_as"],
                    "schema_name": schema.isNull
                        ? query.config["schema"]?.string.map { .string($0) } ?? .string(profile.schema) : schema,
                    "alias": config["alias"].isNull ? export["name"] : config["alias"],
                    "database": config["database"].isNull ? .string(profile.database) : config["database"],
                ],
                "unrendered_config": config.isNull ? [:] : config,
            ]
        }
        query.properties = [
            "query_params": SemanticShapes.query(written["query_params"]), "exports": .list(exports),
            "label": written["label"], "metadata": nil, "description": patch.node["description"]?.value ?? .null,
        ]
        if query.config["tags"]?.items.isEmpty ?? true { query.config["tags"] = nil }
        if !query.description.isEmpty { query.properties["description"] = .string(query.description) }
        insert(query)
    }
}

extension ProjectParser {
    /// Says which metrics read which measures, and which saved queries and exposures read which metrics.
    func resolveSemantics() {
        var owners: [String: String] = [:]
        var models = manifest.semanticModels
        models.updateEach { model in
            for measure in model.properties["measures"]?.items ?? [] {
                owners[measure["name"].plainText] = model.uniqueID
            }
            guard let id = model.dependsOnNodes.first, let node = manifest.nodes[id] else { return }
            model.properties["node_relation"] = [
                "alias": .string(node.alias), "schema_name": .string(node.schema),
                "database": node.database.map { .string($0) } ?? .null,
                "relation_name": node.relationName.map { .string($0) } ?? .null,
            ]
        }
        manifest.semanticModels = models
        let ids = Dictionary(manifest.metrics.all.map { ($0.name, $0.uniqueID) }) { first, _ in first }
        var metrics = manifest.metrics
        metrics.updateEach { resolve(metric: &$0, owners, ids) }
        manifest.metrics = metrics
        for metric in manifest.metrics.all {
            var metric = metric
            metric.properties["type_params"] = .object(
                (metric.properties["type_params"]?.object ?? [:]).merging([
                    "input_measures": .list(inputMeasures(of: metric, ids, depth: 0))
                ])
            )
            manifest.metrics[metric.uniqueID] = metric
        }
        var (queries, exposures) = (manifest.savedQueries, manifest.exposures)
        queries.updateEach { query in
            query.dependsOnNodes = found(query.properties["query_params"]?["metrics"].items ?? [], ids, query)
        }
        exposures.updateEach { exposure in
            let names = exposure.metrics.compactMap(\.last).map { ConfigValue.string($0) }
            exposure.dependsOnNodes = Self.unique(exposure.dependsOnNodes + found(names, ids, exposure))
        }
        (manifest.savedQueries, manifest.exposures) = (queries, exposures)
    }

    private func resolve(metric: inout Resource, _ owners: [String: String], _ ids: [String: String]) {
        let parameters = metric.properties["type_params"] ?? .null
        let conversion = parameters["conversion_type_params"]
        let measures = [parameters["measure"], conversion["base_measure"], conversion["conversion_measure"]]
        var depends: [String] = []
        for measure in measures where !measure.isNull {
            let name = measure["name"].plainText
            guard let owner = owners[name] else {
                noteMissing("the measure '\(name)', which no semantic model has", name, Array(owners.keys), metric)
                continue
            }
            depends.append(owner)
        }
        let cumulative = parameters["cumulative_type_params"]["metric"]
        let inputs = [parameters["numerator"], parameters["denominator"]] + parameters["metrics"].items + [cumulative]
        depends += found(inputs.filter { !$0.isNull }.map { $0["name"] }, ids, metric)
        metric.dependsOnNodes = Self.unique(depends)
    }

    private func found(_ names: [ConfigValue], _ ids: [String: String], _ reader: Resource) -> [String] {
        names.compactMap { name in
            if let id = ids[name.plainText] { return id }
            noteMissing("the metric '\(name.plainText)', which does not exist", name.plainText, Array(ids.keys), reader)
            return nil
        }
    }

    private func noteMissing(_ what: String, _ name: String, _ names: [String], _ reader: Resource) {
        let kind = reader.kind.words
        problems.append(
            Diagnostic(
                "the \(kind) '\(reader.name)' names \(what)",
                at: reader.location,
                hint: didYouMean(name, among: names)
            )
        )
    }

    /// The measures that a metric comes from, through other metrics.
    private func inputMeasures(of metric: Resource, _ ids: [String: String], depth: Int) -> [ConfigValue] {
        // Metrics that need themselves are told as a cycle.
        guard depth < 50 else { return [] }
        let parameters = metric.properties["type_params"] ?? .null
        let conversion = parameters["conversion_type_params"]
        let own = [parameters["measure"], conversion["base_measure"], conversion["conversion_measure"]]
        var measures = own.filter { !$0.isNull }
        let inputs = [parameters["numerator"], parameters["denominator"]] + parameters["metrics"].items
        for input in inputs where !input.isNull {
            guard let id = ids[input["name"].plainText], let other = manifest.metrics[id] else { continue }
            measures += inputMeasures(of: other, ids, depth: depth + 1)
        }
        return Self.unique(measures)
    }
}
