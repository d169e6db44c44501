/// A generic test as a property file declares it.
struct TestDeclaration {
    let name: String
    let namespace: String?
    /// What the user calls it; nil for a name made of what it does.
    let givenName: String?
    let description: PropertyNode?
    let arguments: ConfigObject
    let config: ConfigObject
    let location: SourceLocation

    /// In the order in which dbt writes them down.
    static let configKeys = [
        "severity", "tags", "enabled", "where", "limit", "warn_if", "error_if", "fail_calc", "store_failures",
        "store_failures_as", "meta", "database", "schema", "alias", "group",
    ]

    /// Reads `unique`, `{unique: {…}}` or `{test_name: unique, …}`.
    init(_ node: PropertyNode, in document: PropertyDocument) throws(Diagnostic) {
        var location = document.location(of: node)
        var fields: [PropertyEntry] = []
        var title = node.string
        if let entries = node.entries {
            if let named = entries.first(where: { $0.key == "test_name" }) {
                title = named.value.string
                fields = entries.filter { $0.key != "test_name" }
            } else if let first = entries.first {
                title = first.key
                location = document.location(of: first)
                fields = (first.value.entries ?? []) + entries.dropFirst()
            }
        }
        self.location = location
        guard let title else {
            throw Diagnostic(
                "a test needs a name",
                at: location,
                hint: "write 'unique', or 'accepted_values:' with arguments under it"
            )
        }
        let parts = title.split(separator: ".", maxSplits: 1).map(String.init)
        namespace = parts.count == 2 ? parts[0] : nil
        name = parts.last ?? title
        var config = ConfigObject()
        var arguments = ConfigObject()
        for field in fields where Self.configKeys.contains(field.key) { config[field.key] = field.value.value }
        for field in fields where !Self.configKeys.contains(field.key) {
            switch field.key {
            case "config": config = config.merging(field.value.value.object ?? [:])
            case "name", "description": break
            case "arguments" where field.value.entries != nil:
                arguments = arguments.merging(field.value.value.object ?? [:])
            default: arguments[field.key] = field.value.value
            }
        }
        givenName = fields.first { $0.key == "name" }?.value.string
        description = fields.first { $0.key == "description" }?.value
        self.config = config
        self.arguments = arguments
    }
}

/// What a generic test is about.
struct TestTarget {
    /// As it stands in the names of tests.
    let name: String
    /// `ref('orders')`.
    let reference: String
    var ref: RefCall?
    let source: [String]?
    /// The node's unique id; sources have none here.
    let attached: String?
    /// The key that it stands under, as in `models`.
    let section: String
    /// The name in the property file.
    let entry: String
    /// The group of the node, which its tests belong to as well.
    let group: String?
    /// Words that select the tests of a source.
    var tags: [String] = []
    let patch: PropertyPatch
}
