package import Jinja

extension ConfigValue {
    /// The value as templates see it; lists and objects are made anew, so that changing them changes nothing here.
    package var templateValue: Jinja.Value {
        switch self {
        case .null: return .none
        case .bool(let flag): return .bool(flag)
        case .integer(let number): return .integer(number)
        case .double(let number): return .double(number)
        case .string(let text): return .string(text)
        case .list(let items): return .list(of: items.map(\.templateValue))
        case .object(let object): return .dict(object.templateDict)
        }
    }

    /// What a template's value is in a configuration; what has no equal there is its text.
    package init(_ value: Jinja.Value) {
        switch value {
        case .none, .undefined: self = .null
        case .bool(let flag): self = .bool(flag)
        case .integer(let number): self = .integer(number)
        case .double(let number): self = .double(number)
        case .string(let text), .markup(let text): self = .string(text)
        case .tuple(let values): self = .list(values.map { ConfigValue($0) })
        case .list(let list): self = .list(list.values.map { ConfigValue($0) })
        case .dict(let dict): self = .object(ConfigObject(dict))
        case .bigInteger, .object:
            self = (try? value.text).map { .string($0) } ?? .null
        }
    }
}

extension ConfigObject {
    /// The object as a new dictionary.
    package var templateDict: DictObject {
        let dict = DictObject()
        for (key, value) in self { dict[key] = value.templateValue }
        return dict
    }

    /// The entries of a dictionary; keys that are no strings become their texts.
    package init(_ dict: DictObject) {
        self.init()
        for (key, value) in dict.items {
            self[key.asString ?? (try? key.text) ?? ""] = ConfigValue(value)
        }
    }
}
