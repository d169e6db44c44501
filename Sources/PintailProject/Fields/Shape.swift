/// What a value may look like, said once: how it is read, how a message names it, how a schema states it.
struct Shape<Value: Sendable>: Sendable {
    /// As in "must be …": "a whole number from 1 to 65535".
    let wanted: String
    let schema: JSON
    /// The components inside, for the reference page.
    var parts: [any ComponentDeclaration] = []
    /// Reports what is wrong itself, and then gives nothing.
    let read: @Sendable (ConfigNode, Reading) -> Value?
}

extension Shape {
    /// A scalar that `parse` accepts; others are reported in the shape's own words.
    static func scalar(
        _ wanted: String,
        schema: JSON,
        hint: String? = nil,
        _ parse: @escaping @Sendable (Scalar) -> Value?
    ) -> Shape {
        Shape(wanted: wanted, schema: schema) { node, reading in
            if case .scalar(let scalar) = node.resolved.content, let value = parse(scalar) { return value }
            // A text may look like a number once its variables are filled in; then it is the text that is wanted.
            if case .scalar(let scalar) = node.content, let value = parse(scalar) { return value }
            reading.reportMismatch(node, wanted: wanted, hint: hint)
            return nil
        }
    }

    /// The same values turned into others; what cannot be turned is reported.
    func map<Other>(_ turn: @escaping @Sendable (Value) -> Other?) -> Shape<Other> {
        Shape<Other>(wanted: wanted, schema: schema, parts: parts) { node, reading in
            guard let value = read(node, reading) else { return nil }
            if let other = turn(value) { return other }
            reading.reportMismatch(node, wanted: wanted)
            return nil
        }
    }
}

extension ConfigNode {
    /// A text made of variables read as YAML reads it unquoted: `"${PORT}"` can be a number.
    var resolved: ConfigNode {
        guard !variables.isEmpty, let text else { return self }
        var node = self
        node.content = ScalarResolution.resolve(text)
        return node
    }
}

extension JSON {
    /// The schema of something that a text with `${NAME}` may stand for.
    var orVariable: JSON {
        ["anyOf": [self, ["type": "string", "pattern": "\\$\\{"]]]
    }
}

extension Shape<String> {
    static let text = text("a text")

    /// A text that is not empty.
    static func text(_ wanted: String) -> Shape {
        .scalar(wanted, schema: ["type": "string", "minLength": 1]) { scalar in
            guard case .text(let text) = scalar, !text.isEmpty else { return nil }
            return text
        }
    }

    /// A text that may be empty.
    static let anyText = Shape.scalar("a text", schema: ["type": "string"]) { scalar in
        if case .text(let text) = scalar { text } else { nil }
    }

    /// One character; a tab can be written as `\t` or by name.
    static let character = characters(upTo: 1, "one character")

    static func characters(upTo most: Int, _ wanted: String) -> Shape {
        .scalar(wanted, schema: ["type": "string"]) { scalar in
            guard case .text(let text) = scalar else { return nil }
            let named = ["\\t": "\t", "tab": "\t"][text] ?? text
            return (1...most).contains(named.utf8.count) ? named : nil
        }
    }

    /// A name that stands for itself in SQL: a table's, a step's.
    static let name = Shape.scalar(
        "a name",
        schema: ["type": "string", "minLength": 1],
        hint: "a name is a text without control characters, as raw_articles"
    ) { scalar in
        guard case .text(let text) = scalar, !text.isEmpty, text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            return nil
        }
        return text
    }

    /// A text, or a number written without quotes.
    static let parameter = Shape.scalar(
        "a text or a number",
        schema: ["type": ["string", "number", "boolean"]]
    ) { scalar in
        switch scalar {
        case .text(let text): text
        case .integer(let value): String(value)
        case .number(let value): String(value)
        case .boolean(let value): String(value)
        }
    }
}

extension Shape<Secret> {
    static let secret = Shape<String>.anyText.map { Secret($0) }
}

extension Shape<Bool> {
    static let boolean = Shape.scalar("true or false", schema: JSON(dictionaryLiteral: ("type", "boolean")).orVariable)
    {
        scalar in
        if case .boolean(let value) = scalar { value } else { nil }
    }
}

extension Shape<Int> {
    /// A whole number in a range.
    static func integer(_ range: ClosedRange<Int>) -> Shape {
        let bounds =
            range.upperBound == .max ? "from \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
        let schema: JSON = ["type": "integer", "minimum": .integer(range.lowerBound)]
        let bounded = range.upperBound == .max ? schema : schema.adding("maximum", .integer(range.upperBound))
        return .scalar("a whole number \(bounds)", schema: bounded.orVariable) { scalar in
            guard case .integer(let wide) = scalar, let value = Int(exactly: wide), range.contains(value) else {
                return nil
            }
            return value
        }
    }
}

extension Shape<Double> {
    /// A number from `lower` to below `upper`.
    static func number(_ range: Range<Double>) -> Shape {
        let schema: JSON = [
            "type": "number", "minimum": .number(range.lowerBound), "exclusiveMaximum": .number(range.upperBound),
        ]
        return .scalar(
            "a number from \(range.lowerBound.plain) to below \(range.upperBound.plain)",
            schema: schema.orVariable
        ) {
            scalar in
            let number: Double? =
                switch scalar {
                case .integer(let value): Double(value)
                case .number(let value): value
                default: nil
                }
            return number.flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension Double {
    /// Without the `.0` of a whole number.
    var plain: String { self == rounded() && magnitude < 1e15 ? String(Int64(self)) : String(self) }
}

extension Shape<Scalar> {
    /// Any scalar as it is.
    static let value = Shape.scalar("a text, a number or a boolean", schema: ["type": ["string", "number", "boolean"]])
    {
        $0
    }
}
