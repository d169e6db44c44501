/// What is different between a node and the same node of an earlier manifest.
struct NodeChange {
    let old: SelectableNode
    let new: SelectableNode

    /// What only selects nodes, and what names the relation and is judged with it.
    private static let silentConfigs: Set<String> = ["alias", "schema", "database", "tags", "group"]

    /// A node's text; a seed's is known by its checksum.
    var isBodyChanged: Bool {
        switch new.kind {
        case .seed, .unitTest: old.entry["checksum"] != new.entry["checksum"]
        case .exposure, .metric, .semanticModel, .savedQuery, .source: false
        default: old.entry["raw_code"] != new.entry["raw_code"]
        }
    }

    /// The configuration as it was written: a value rendered for another target is no change.
    var isConfigChanged: Bool {
        guard new.kind.isManifestNode || new.kind == .source else { return false }
        let before = spoken(old.entry["unrendered_config"])
        let now = spoken(new.entry["unrendered_config"])
        return before != now
    }

    /// The relation's name as it was written.
    var isRelationChanged: Bool {
        guard new.kind != .source else {
            return differs("database", "schema", "identifier")
        }
        guard new.kind.isManifestNode else { return false }
        let names = ["alias", "schema", "database"]
        return names.contains { written(old, $0) != written(new, $0) }
    }

    /// Descriptions that are written into the database.
    var isPersistedDescriptionChanged: Bool {
        let persisted = new.config["persist_docs"]
        let isRelation = persisted?["relation"] == .bool(true)
        let isColumns = persisted?["columns"] == .bool(true)
        return isRelation && old.entry["description"] != new.entry["description"]
            || isColumns && columnDescriptions(old) != columnDescriptions(new)
    }

    /// The promised columns and types, where either promise is kept.
    var isContractChanged: Bool {
        guard new.kind == .model else { return false }
        let before = old.entry["contract"]
        let now = new.entry["contract"]
        let isKept = before?["enforced"] == .bool(true) || now?["enforced"] == .bool(true)
        return isKept && before?["checksum"] != now?["checksum"]
    }

    /// Anything that makes it another node; macros are judged elsewhere.
    var isChanged: Bool {
        switch new.kind {
        case .unitTest: return isBodyChanged
        case .source:
            return isMoved || isRelationChanged || isConfigChanged
                || differs("quoting", "freshness", "external", "loaded_at_field", "loaded_at_query")
        case .exposure:
            return isMoved || differs("type", "owner", "maturity", "url", "description", "label", "depends_on")
        case .metric:
            return isMoved || differs("type", "type_params", "filter", "metadata", "description", "label")
        case .semanticModel:
            return isMoved
                || differs("model", "description", "defaults", "entities", "dimensions", "measures", "primary_entity")
        case .savedQuery: return isMoved || differs("query_params", "exports", "description", "label", "group")
        // A generic test's text follows from its macro and its arguments.
        case .test where new.genericTestName != nil: return isMoved || isConfigChanged
        default:
            return isMoved || isBodyChanged || isConfigChanged || isRelationChanged || isPersistedDescriptionChanged
                || isContractChanged
        }
    }

    private var isMoved: Bool { new.fqn != old.fqn }

    private func differs(_ keys: String...) -> Bool {
        keys.contains { old.entry[$0] != new.entry[$0] }
    }

    private func spoken(_ config: JSONTree?) -> [String: JSONTree] {
        var spoken: [String: JSONTree] = [:]
        for member in config?.members ?? [] where !Self.silentConfigs.contains(member.key) {
            spoken[member.key.replacing("_hook", with: "-hook")] = member.value
        }
        return spoken
    }

    private func written(_ node: SelectableNode, _ key: String) -> JSONTree {
        node.entry["unrendered_config"]?[key] ?? .null
    }

    private func columnDescriptions(_ node: SelectableNode) -> [String: JSONTree] {
        var descriptions: [String: JSONTree] = [:]
        for column in node.entry["columns"]?.members ?? [] {
            descriptions[column.key] = column.value["description"] ?? .null
        }
        return descriptions
    }
}
