/// A key that users may write: what it is called, what it may hold, what it means when left out, and why it is there.
///
/// One declaration is the origin of the key's parsing, its messages, its JSON Schema and its row in the reference.
struct Field<Value: Sendable>: FieldDeclaration {
    let name: String
    let summary: String
    let isRequired: Bool
    let isSecret: Bool
    let wanted: String
    let defaultText: String?
    let example: String?
    let parts: [any ComponentDeclaration]
    let valueSchema: JSON
    /// What a file that leaves the key out means.
    let missing: Value
    let read: @Sendable (ConfigNode, Reading) -> Value?

    /// A key with a default; `shown` is how the default reads in the reference.
    init(
        _ name: String,
        _ shape: Shape<Value>,
        default missing: Value,
        shown: String,
        _ summary: String,
        example: String? = nil
    ) {
        self.name = name
        self.summary = summary
        isRequired = false
        isSecret = false
        wanted = shape.wanted
        defaultText = shown
        self.example = example
        parts = shape.parts
        valueSchema = shape.schema
        self.missing = missing
        read = shape.read
    }

    /// A key without a default: `nil` when left out, which is a mistake when it is required.
    init<Present: Sendable>(
        _ name: String,
        _ shape: Shape<Present>,
        isRequired: Bool = false,
        isSecret: Bool = false,
        _ summary: String,
        example: String? = nil
    ) where Value == Present? {
        self.name = name
        self.summary = summary
        self.isRequired = isRequired
        self.isSecret = isSecret
        wanted = shape.wanted
        defaultText = nil
        self.example = example
        parts = shape.parts
        valueSchema = shape.schema
        missing = nil
        read = { node, reading in .some(shape.read(node, reading)) }
    }

    func check(_ node: ConfigNode, _ reading: Reading) { _ = read(node, reading) }
}

/// What the reference, the schema and the check for unknown keys need of a field.
protocol FieldDeclaration: Sendable {
    var name: String { get }
    var summary: String { get }
    var isRequired: Bool { get }
    var isSecret: Bool { get }
    var wanted: String { get }
    var defaultText: String? { get }
    var example: String? { get }
    var parts: [any ComponentDeclaration] { get }
    var valueSchema: JSON { get }
    /// Reads a node for the problems alone.
    func check(_ node: ConfigNode, _ reading: Reading)
}

extension FieldDeclaration {
    var schema: JSON { valueSchema.adding("description", .text(summary)) }
}
