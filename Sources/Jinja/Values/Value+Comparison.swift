extension Value {
    /// Whether both are equal, as Python compares: 1 equals 1.0 and true.
    package func isEqual(to other: Value) -> Bool {
        switch (self, other) {
        case (.integer(let one), .integer(let other)): return one == other
        case (.string(let one), .string(let other)), (.markup(let one), .markup(let other)),
            (.string(let one), .markup(let other)), (.markup(let one), .string(let other)):
            return sameText(one, other)
        case (.none, .none): return true
        case (.undefined, .undefined): return true
        case (.tuple(let one), .tuple(let other)): return Self.areEqual(one, other)
        case (.list(let one), .list(let other)): return one === other || Self.areEqual(one.values, other.values)
        case (.dict(let one), .dict(let other)): return one === other || Self.areEqual(one, other)
        case (.object(let one), _): return one.isEqual(to: other)
        case (_, .object(let other)): return other.isEqual(to: self)
        default:
            guard let one = Number(self), let other = Number(other) else { return false }
            return Number.compare(one, other) == 0
        }
    }

    private static func areEqual(_ one: [Value], _ other: [Value]) -> Bool {
        one.count == other.count && zip(one, other).allSatisfy { $0.isEqual(to: $1) }
    }

    private static func areEqual(_ one: DictObject, _ other: DictObject) -> Bool {
        guard one.count == other.count else { return false }
        return one.items.allSatisfy { item in
            guard let key = try? DictObject.Key(of: item.key) else { return false }
            return other[key]?.isEqual(to: item.value) ?? false
        }
    }

    /// Feeds what ``isEqual(to:)`` compares.
    func hash(into hasher: inout Hasher) {
        switch self {
        case .undefined, .none: hasher.combine(0)
        case .bool(let flag): hasher.combine(flag ? 1 : 0)
        case .integer(let number): hasher.combine(number)
        case .bigInteger(let number): hasher.combine(number.double)
        case .double(let number):
            if let whole = Int(exactly: number) { hasher.combine(whole) } else { hasher.combine(number) }
        case .string(let text), .markup(let text): hasher.combine(text)
        case .tuple(let values): for value in values { value.hash(into: &hasher) }
        case .list(let list): hasher.combine(ObjectIdentifier(list))
        case .dict(let dict): hasher.combine(ObjectIdentifier(dict))
        case .object(let object): object.hash(into: &hasher)
        }
    }

    /// Fails for what cannot be a key.
    func requireHashable() throws {
        switch self {
        case .list, .dict: throw TemplateError(.type, "unhashable type: '\(typeName)'")
        case .tuple(let values): for value in values { try value.requireHashable() }
        case .undefined(let undefined) where undefined.behaviour == .strict: throw undefined.error
        default: break
        }
    }

    /// Negative, zero or positive; fails as Python does where there is no order.
    ///
    /// - Parameter symbol: the operator that the message names.
    package func compare(to other: Value, _ symbol: String = "<") throws -> Int {
        switch (self, other) {
        case (.integer(let one), .integer(let other)): return one < other ? -1 : one == other ? 0 : 1
        case (.undefined(let undefined), _), (_, .undefined(let undefined)): throw undefined.error
        case (.tuple(let one), .tuple(let other)): return try Self.compare(one, other, symbol)
        case (.list(let one), .list(let other)): return try Self.compare(one.values, other.values, symbol)
        case (.object(let object), _):
            if let order = try object.compare(to: other) { return order }
        case (_, .object(let object)):
            if let order = try object.compare(to: self) { return -order }
        default:
            if let one = asString, let other = other.asString {
                return precedes(one, other) ? -1 : sameText(one, other) ? 0 : 1
            }
            if let one = Number(self), let other = Number(other) { return Number.compare(one, other) ?? Self.unordered }
        }
        throw TemplateError(
            .type,
            "'\(symbol)' not supported between instances of '\(typeName)' and '\(other.typeName)'"
        )
    }

    /// What comparing with nan gives: neither less, equal nor greater.
    static let unordered = Int.min

    private static func compare(_ one: [Value], _ other: [Value], _ symbol: String) throws -> Int {
        for (one, other) in zip(one, other) where !one.isEqual(to: other) { return try one.compare(to: other, symbol) }
        return one.count < other.count ? -1 : one.count == other.count ? 0 : 1
    }

    /// Whether `value` is in this, as `in` asks.
    package func contains(_ value: Value) throws -> Bool {
        switch self {
        case .undefined(let undefined):
            try undefined.iterated()
            return false
        case .string(let text), .markup(let text):
            guard let part = value.asString else {
                throw TemplateError(.type, "'in <string>' requires string as left operand, not \(value.typeName)")
            }
            return TextSearch.first(of: part, in: text) != nil
        case .tuple(let values): return values.contains { $0.isEqual(to: value) }
        case .list(let list): return list.values.contains { $0.isEqual(to: value) }
        case .dict(let dict): return dict[try DictObject.Key(of: value)] != nil
        case .object(let object):
            if let answer = try object.contains(value) { return answer }
        default: break
        }
        var cursor = try cursor(orFail: "argument of type '\(typeName)' is not iterable")
        while let element = try cursor.next() { if element.isEqual(to: value) { return true } }
        return false
    }
}
