/// A value of a configuration file with its place: what YAML and TOML both become.
struct ConfigNode: Sendable {
    enum Content: Sendable {
        case null
        case scalar(Scalar)
        case sequence([ConfigNode])
        case mapping([ConfigEntry])
    }

    var content: Content
    /// A scalar's first character, a collection's first sign.
    var location: SourceLocation
    /// How a text lies in the file.
    var places: TextPlaces?
    /// Written without quotes; only then can a text be meant as something else.
    var isPlain = false
    /// The `${NAME}`s that were filled in; such a text is read as a number where one is wanted, and never shown.
    var variables: [String] = []

    var text: String? {
        if case .scalar(.text(let text)) = content { text } else { nil }
    }

    var entries: [ConfigEntry]? {
        if case .mapping(let entries) = content { entries } else { nil }
    }
}

/// A key with its value.
struct ConfigEntry: Sendable {
    var key: String
    var keyLocation: SourceLocation
    var value: ConfigNode
}

extension ConfigNode {
    /// The value of a key, when the node is a mapping that has it.
    subscript(key: String) -> ConfigNode? {
        entries?.first { $0.key == key }?.value
    }

    /// Every scalar and collection in it, itself included, up to a limit.
    func count(upTo limit: Int) -> Int {
        let children: [ConfigNode] =
            switch content {
            case .null, .scalar: []
            case .sequence(let items): items
            case .mapping(let entries): entries.map(\.value)
            }
        var total = 1
        for child in children where total < limit { total += child.count(upTo: limit - total) }
        return total
    }
}

/// What a configuration file may hold at most: far more than anyone writes, far less than what harms.
enum ConfigLimits {
    /// Levels of nesting.
    static let depth = 100
    /// Values after aliases have been filled in: an alias of aliases of aliases grows without bound.
    static let values = 200_000
    /// Bytes in a file.
    static let bytes = 4 << 20
}
