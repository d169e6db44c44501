// Lists, mappings and alternatives.

extension Shape {
    /// A list, each item of one shape.
    func list() -> Shape<[Value]> {
        Shape<[Value]>(
            wanted: "a list",
            schema: ["type": "array", "items": schema],
            parts: parts
        ) { node, reading in
            switch node.content {
            case .null: return []
            case .sequence(let items): return readItems(items, reading)
            case .scalar, .mapping:
                reading.reportMismatch(node, wanted: "a list")
                return nil
            }
        }
    }

    /// One value, or a list of them.
    func oneOrMany() -> Shape<[Value]> {
        Shape<[Value]>(
            wanted: "\(wanted), or a list",
            schema: ["anyOf": [schema, ["type": "array", "items": schema]]],
            parts: parts
        ) { node, reading in
            if case .sequence(let items) = node.content { return readItems(items, reading) }
            return read(node, reading).map { [$0] }
        }
    }

    private func readItems(_ items: [ConfigNode], _ reading: Reading) -> [Value] {
        items.enumerated().compactMap { index, item in
            reading.descend(to: String(index), into: item) { read(item, reading) }
        }
    }

    /// Any keys, each value of one shape, in the order written.
    func entries() -> Shape<[(key: String, value: Value)]> {
        Shape<[(key: String, value: Value)]>(
            wanted: "a mapping",
            schema: ["type": "object", "additionalProperties": schema],
            parts: parts
        ) { node, reading in
            if case .null = node.content { return [] }
            guard let entries = node.entries else {
                reading.reportMismatch(node, wanted: "a mapping")
                return nil
            }
            return entries.compactMap { entry in
                let value = reading.descend(to: entry.key, keyLocation: entry.keyLocation, into: entry.value) {
                    read(entry.value, reading)
                }
                return value.map { (entry.key, $0) }
            }
        }
    }

    /// Any keys, each value of one shape.
    func mapping() -> Shape<[String: Value]> {
        let entries = entries()
        return Shape<[String: Value]>(wanted: entries.wanted, schema: entries.schema, parts: parts) { node, reading in
            entries.read(node, reading).map { Dictionary($0.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 }) }
        }
    }

    /// Chooses by the look of the value: a mapping is read by `mapping`, everything else by this shape.
    func or(mapping: Shape<Value>) -> Shape<Value> {
        Shape(
            wanted: wanted.hasSuffix("mapping") ? wanted : "\(wanted), or a mapping",
            schema: ["anyOf": [schema, mapping.schema]],
            parts: parts + mapping.parts
        ) { node, reading in
            if node.entries != nil { return mapping.read(node, reading) }
            return read(node, reading)
        }
    }
}

extension Shape where Value: CaseIterable & RawRepresentable<String> {
    /// One of the words that are the enumeration's cases.
    static var word: Shape {
        words(
            Dictionary(uniqueKeysWithValues: Value.allCases.map { ($0.rawValue, $0) }),
            Value.allCases.map(\.rawValue)
        )
    }
}

extension Shape {
    /// One of a few words, each standing for a value.
    ///
    /// `orElse` is what messages add when a mapping may stand there too; `instead` says how to write a word that is none
    /// of these, if it can be written.
    static func words(
        _ values: [String: Value],
        _ order: [String],
        orElse: String = "",
        instead: @escaping @Sendable (String) -> String? = { _ in nil }
    ) -> Shape {
        let wanted = (order.count == 1 ? "'\(order[0])'" : "one of " + order.joined(separator: ", ")) + orElse
        let schema: JSON = ["enum": .list(order.map { .text($0) })]
        return Shape(wanted: wanted, schema: schema.orVariable) { node, reading in
            if let text = node.text, let value = values[text] { return value }
            let hint = node.text.flatMap { instead($0) ?? didYouMean($0, among: order) }
            reading.reportMismatch(node, wanted: wanted, hint: hint)
            return nil
        }
    }
}
