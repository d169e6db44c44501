/// A value of a dbt project's configuration: what YAML, `config()` calls, vars and meta are made of.
package enum ConfigValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    case double(Double)
    case string(String)
    case list([ConfigValue])
    case object(ConfigObject)
}

extension ConfigValue {
    /// The characters of a string; nil for everything else.
    package var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The truth of a boolean; nil for everything else.
    package var bool: Bool? {
        if case .bool(let flag) = self { flag } else { nil }
    }

    /// A whole number; nil for everything else.
    package var integer: Int? {
        if case .integer(let number) = self { number } else { nil }
    }

    /// The entries of an object; nil for everything else.
    package var object: ConfigObject? {
        if case .object(let object) = self { object } else { nil }
    }

    /// The items of a list; nil for everything else.
    package var list: [ConfigValue]? {
        if case .list(let items) = self { items } else { nil }
    }

    /// The items of a list, or the value itself as the only one; none for null.
    package var items: [ConfigValue] {
        switch self {
        case .null: []
        case .list(let items): items
        default: [self]
        }
    }

    /// Whether nothing was given.
    package var isNull: Bool { self == .null }

    /// The value of an object's key; null where there is none.
    package subscript(key: String) -> ConfigValue { object?[key] ?? .null }

    /// Every string in it, keys left out, replaced by what `change` makes of it.
    package func mappingStrings<Failure: Error>(
        _ change: (String) throws(Failure) -> ConfigValue
    ) throws(Failure) -> ConfigValue {
        switch self {
        case .string(let text): return try change(text)
        case .list(let items):
            var changed: [ConfigValue] = []
            changed.reserveCapacity(items.count)
            for item in items { changed.append(try item.mappingStrings(change)) }
            return .list(changed)
        case .object(let object):
            var changed = ConfigObject()
            for (key, value) in object { changed[key] = try value.mappingStrings(change) }
            return .object(changed)
        case .null, .bool, .integer, .double: return self
        }
    }
}

extension ConfigValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    package init(stringLiteral text: String) { self = .string(text) }
    package init(integerLiteral number: Int) { self = .integer(number) }
    package init(booleanLiteral flag: Bool) { self = .bool(flag) }
    package init(arrayLiteral items: ConfigValue...) { self = .list(items) }
    package init(dictionaryLiteral entries: (String, ConfigValue)...) { self = .object(ConfigObject(entries)) }
    /// The value that a literal stands for.
    package init(nilLiteral: ()) { self = .null }
}
