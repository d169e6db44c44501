/// A value of a dbt YAML file with its place.
struct PropertyNode: Sendable {
    enum Content: Sendable {
        case scalar(ConfigValue)
        case sequence([PropertyNode])
        case mapping([PropertyEntry])
    }

    var content: Content
    /// The first character, counted in scalars over the file, and how many are meant.
    var start: Int32
    var length: Int32 = 1

    /// The value without places.
    var value: ConfigValue {
        switch content {
        case .scalar(let value): value
        case .sequence(let items): .list(items.map(\.value))
        case .mapping(let entries): .object(ConfigObject(entries.map { ($0.key, $0.value.value) }))
        }
    }

    var entries: [PropertyEntry]? {
        if case .mapping(let entries) = content { entries } else { nil }
    }

    var items: [PropertyNode]? {
        if case .sequence(let items) = content { items } else { nil }
    }

    var string: String? {
        if case .scalar(.string(let text)) = content { text } else { nil }
    }

    var isNull: Bool {
        if case .scalar(.null) = content { true } else { false }
    }

    /// The first plain value below or at the node of which something is true.
    func innermost(where isMeant: (ConfigValue) -> Bool) -> PropertyNode? {
        let below: [PropertyNode]
        switch content {
        case .scalar(let value): return isMeant(value) ? self : nil
        case .sequence(let items): below = items
        case .mapping(let entries): below = entries.map(\.value)
        }
        for node in below {
            if let found = node.innermost(where: isMeant) { return found }
        }
        return nil
    }

    /// The value of a key, where the node is a mapping that has it.
    subscript(key: String) -> PropertyNode? {
        entries?.last { $0.key == key }?.value
    }
}

struct PropertyEntry: Sendable {
    var key: String
    var keyStart: Int32
    var value: PropertyNode
}

/// A dbt YAML file that was read.
struct PropertyDocument: Sendable {
    let file: SourceFile
    let root: PropertyNode

    /// Where a value stands.
    func location(of node: PropertyNode) -> SourceLocation {
        file.location(scalar: Int(node.start), length: Int(node.length))
    }

    /// Where an entry's key stands.
    func location(of entry: PropertyEntry) -> SourceLocation {
        file.location(scalar: Int(entry.keyStart), length: entry.key.unicodeScalars.count)
    }
}
