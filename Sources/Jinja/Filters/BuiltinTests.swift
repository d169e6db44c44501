/// The tests that stand behind `is`.
enum BuiltinTests {
    static let all: [String: TestFunction] = {
        var all: [String: TestFunction] = [
            "defined": { value, _, _ in !value.isUndefined },
            "undefined": { value, _, _ in value.isUndefined },
            "none": { value, _, _ in value.isNone },
            "boolean": { value, _, _ in if case .bool = value { true } else { false } },
            "true": { value, _, _ in if case .bool(true) = value { true } else { false } },
            "false": { value, _, _ in if case .bool(false) = value { true } else { false } },
            "integer": { value, _, _ in
                switch value {
                case .integer, .bigInteger: true
                default: false
                }
            },
            "float": { value, _, _ in if case .double = value { true } else { false } },
            "number": { value, _, _ in Number(value) != nil },
            "string": { value, _, _ in value.asString != nil || value.markedText != nil },
            "mapping": { value, _, _ in isMapping(value) },
            "iterable": { value, _, _ in try isIterable(value) },
            "sequence": { value, _, _ in try isSequence(value) },
            "callable": { value, _, _ in
                if case .object(let object) = value { object.isCallable } else { value.isUndefined }
            },
            "escaped": { value, _, _ in if case .markup = value { true } else { false } },
            "lower": { value, _, _ in CharacterClaims.all["islower"]?(try value.text) ?? false },
            "upper": { value, _, _ in CharacterClaims.all["isupper"]?(try value.text) ?? false },
            "odd": { value, _, _ in try value.operate(.remainder, with: 2).isEqual(to: 1) },
            "even": { value, _, _ in try value.operate(.remainder, with: 2).isEqual(to: 0) },
            "divisibleby": { value, arguments, _ in
                let divisor = try arguments.bound("test_divisibleby", "num")[0] ?? .none
                return try value.operate(.remainder, with: divisor).isEqual(to: 0)
            },
            "sameas": { value, arguments, _ in
                isSame(value, try arguments.bound("test_sameas", "other")[0] ?? .none)
            },
            "in": { value, arguments, _ in try (arguments.bound("test_in", "seq")[0] ?? .none).contains(value) },
            "filter": { value, _, interpreter in
                try name(value).map { interpreter.environment.filters[$0] != nil } ?? false
            },
            "test": { value, _, interpreter in
                try name(value).map { interpreter.environment.tests[$0] != nil } ?? false
            },
        ]
        let relations: [(Syntax.Comparison.Operator, [String])] = [
            (.equal, ["==", "eq", "equalto"]), (.notEqual, ["!=", "ne"]), (.greater, [">", "gt", "greaterthan"]),
            (.greaterOrEqual, [">=", "ge"]), (.less, ["<", "lt", "lessthan"]), (.lessOrEqual, ["<=", "le"]),
        ]
        for (relation, names) in relations {
            for name in names {
                all[name] = { value, arguments, _ in
                    try relation.holds(value, try arguments.bound(name, "other")[0] ?? .none)
                }
            }
        }
        return all
    }()

    private static func name(_ value: Value) throws -> String? {
        try value.requireHashable()
        return value.asString
    }

    static func isMapping(_ value: Value) -> Bool {
        switch value {
        case .dict: true
        case .object(let object): object.isMapping
        default: false
        }
    }

    private static func isIterable(_ value: Value) throws -> Bool {
        switch value {
        case .string, .markup, .tuple, .list, .dict: true
        case .undefined(let undefined): undefined.behaviour != .strict
        case .object(let object): try object is RangeObject || object.iterate() != nil
        default: false
        }
    }

    private static func isSequence(_ value: Value) throws -> Bool {
        switch value {
        case .string, .markup, .tuple, .list, .dict: true
        case .undefined(let undefined): undefined.behaviour != .strict
        case .object(let object): try object.length() != nil && !(object is DictView) && !(object is SetObject)
        default: false
        }
    }

    private static func isSame(_ one: Value, _ other: Value) -> Bool {
        switch (one, other) {
        case (.list(let one), .list(let other)): one === other
        case (.dict(let one), .dict(let other)): one === other
        case (.object(let one), .object(let other)): one === other
        case (.bool(let one), .bool(let other)): one == other
        case (.bool, _), (_, .bool): false
        default: one.typeName == other.typeName && one.isEqual(to: other)
        }
    }
}
