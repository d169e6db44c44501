/// A mapping with known keys: a project, a step, a dialect.
struct Component<Value: Sendable>: ComponentDeclaration {
    let name: String
    let summary: String
    let fields: [any FieldDeclaration]
    let example: String
    /// Said when a key is not known and none is near.
    let unknownKeyHint: String?
    private let make: @Sendable (FieldReader) -> Value?

    /// Declares a component; `make` puts the value together from its fields and reports what does not go together.
    init(
        _ name: String,
        _ summary: String,
        fields: [any FieldDeclaration],
        example: String,
        unknownKeyHint: String? = nil,
        make: @escaping @Sendable (FieldReader) -> Value?
    ) {
        self.name = name
        self.summary = summary
        self.fields = fields
        self.example = example
        self.unknownKeyHint = unknownKeyHint
        self.make = make
    }

    /// Reads a mapping: unknown keys are reported first, then whatever is wrong with the known ones.
    func read(_ node: ConfigNode, _ reading: Reading) -> Value? {
        let entries: [ConfigEntry]
        switch node.content {
        case .mapping(let written) where !(written.isEmpty && reading.isAtTop): entries = written
        case .null where !fields.contains(where: \.isRequired): entries = []
        case .null where reading.isAtTop, .mapping where reading.isAtTop:
            reading.report(
                "'\(node.location.file)' is empty",
                at: node.location,
                hint: "\(name) looks like this:\n\(example)"
            )
            return nil
        default:
            reading.reportMismatch(node, wanted: "a mapping")
            return nil
        }
        reportUnknownKeys(entries, reading)
        return make(FieldReader(component: name, node: node, entries: entries, reading: reading))
    }

    func check(_ node: ConfigNode, _ reading: Reading) { _ = read(node, reading) }

    var shape: Shape<Value> {
        Shape(wanted: "a mapping", schema: schema, parts: [self], read: read)
    }

    private func reportUnknownKeys(_ entries: [ConfigEntry], _ reading: Reading) {
        let known = fields.map(\.name)
        for entry in entries where !known.contains(entry.key) {
            reading.report(
                "'\(entry.key)' is not a key of \(name)",
                at: entry.keyLocation,
                hint: didYouMean(entry.key, among: known) ?? unknownKeyHint
                    ?? "its keys are " + known.joined(separator: ", ")
            )
        }
    }
}

/// What the reference and the schema need of a component.
protocol ComponentDeclaration: Sendable {
    /// With its article, as messages name it: "a load step".
    var name: String { get }
    var summary: String { get }
    var fields: [any FieldDeclaration] { get }
    var example: String { get }
    /// Reads a node for the problems alone.
    func check(_ node: ConfigNode, _ reading: Reading)
}

extension ComponentDeclaration {
    var schema: JSON {
        let properties = fields.map { JSON.Member(key: $0.name, value: $0.schema) }
        let required = fields.filter(\.isRequired).map { JSON.text($0.name) }
        return JSON.object([
            .init(key: "type", value: "object"),
            .init(key: "description", value: .text(summary)),
            .init(key: "properties", value: .object(properties)),
        ])
        .adding("required", required.isEmpty ? nil : .list(required))
        .adding("additionalProperties", false)
    }
}

/// Gives the values of a mapping's fields, each read by its own declaration.
struct FieldReader {
    let component: String
    let node: ConfigNode
    let reading: Reading
    private let entries: [String: ConfigEntry]

    init(component: String, node: ConfigNode, entries: [ConfigEntry], reading: Reading) {
        self.component = component
        self.node = node
        self.reading = reading
        self.entries = Dictionary(entries.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// A field's value; what is wrong with it is reported, and its default then taken.
    subscript<Value>(field: Field<Value>) -> Value {
        guard let entry = entries[field.name] else {
            if field.isRequired { reportMissing(field.name) }
            return field.missing
        }
        return reading.descend(
            to: field.name,
            keyLocation: entry.keyLocation,
            into: entry.value,
            isSecret: field.isSecret
        ) { field.read(entry.value, reading) } ?? field.missing
    }

    /// Whether the key is written at all.
    func has(_ field: some FieldDeclaration) -> Bool { entries[field.name] != nil }

    /// The node of a field, if it is written.
    func node(of field: some FieldDeclaration) -> ConfigNode? { entries[field.name]?.value }

    /// Reports something about a field, at its value.
    func report(_ message: String, at field: some FieldDeclaration, hint: String? = nil) {
        reading.report(message, at: entries[field.name]?.value.location ?? place, hint: hint)
    }

    /// Reports that a key should not be there, at the key.
    func report(_ message: String, atKeyOf field: some FieldDeclaration, hint: String? = nil) {
        reading.report(message, at: entries[field.name]?.keyLocation ?? place, hint: hint)
    }

    func reportMissing(_ name: String, hint: String? = nil) {
        reading.report("\(component) needs '\(name)'", at: place, hint: hint)
    }

    /// Where the component begins: its first key.
    var place: SourceLocation { node.entries?.first?.keyLocation ?? node.location }
}
