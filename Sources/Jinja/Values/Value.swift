/// Anything that a template can name: the values of Python that Jinja knows.
///
/// Lists and dictionaries are references, as Python's are: who changes one changes it for all. Values belong to the one
/// thread that renders and are therefore not `Sendable`.
package enum Value {
    case undefined(Undefined)
    case none
    case bool(Bool)
    case integer(Int)
    /// An integer that does not fit 64 bits.
    case bigInteger(BigInteger)
    case double(Double)
    case string(String)
    /// Text that is not escaped again.
    case markup(String)
    case tuple([Value])
    case list(ListObject)
    case dict(DictObject)
    case object(any JinjaObject)
}

extension Value {
    /// A new list of these values.
    package static func list(of values: [Value]) -> Value { .list(ListObject(values)) }

    /// A new dictionary with these entries, in their order.
    package static func dict(of entries: KeyValuePairs<String, Value>) -> Value {
        let dict = DictObject()
        for (key, value) in entries { dict[key] = value }
        return .dict(dict)
    }

    /// A function written in Swift.
    package static func function(
        _ name: String,
        _ body: @escaping (Arguments, Interpreter) throws -> Value
    ) -> Value {
        .object(NativeFunction(name, body))
    }

    /// The characters of a string; nil for everything else.
    package var asString: String? {
        switch self {
        case .string(let text), .markup(let text): text
        default: nil
        }
    }

    /// The integer, as Python's `int` counts it: true is 1; nil for everything else and for what does not fit.
    package var asInteger: Int? {
        switch self {
        case .integer(let number): number
        case .bool(let flag): flag ? 1 : 0
        default: nil
        }
    }

    /// Whether this is what an unknown name gives.
    package var isUndefined: Bool {
        switch self {
        case .undefined: true
        case .object(let object): object.isUndefined
        default: false
        }
    }

    /// Whether this is `none`.
    package var isNone: Bool {
        if case .none = self { true } else { false }
    }

    /// What Python calls the type: `str`, `int`, `NoneType`.
    package var typeName: String {
        switch self {
        case .undefined: "Undefined"
        case .none: "NoneType"
        case .bool: "bool"
        case .integer, .bigInteger: "int"
        case .double: "float"
        case .string: "str"
        case .markup: "Markup"
        case .tuple: "tuple"
        case .list: "list"
        case .dict: "dict"
        case .object(let object): object.typeName
        }
    }

    /// Whether an `if` takes this for true.
    package var isTrue: Bool {
        get throws {
            switch self {
            case .undefined(let undefined): try undefined.truth()
            case .none: false
            case .bool(let flag): flag
            case .integer(let number): number != 0
            case .bigInteger: true
            case .double(let number): number != 0
            case .string(let text), .markup(let text): !text.isEmpty
            case .tuple(let values): !values.isEmpty
            case .list(let list): !list.values.isEmpty
            case .dict(let dict): !dict.isEmpty
            case .object(let object): try object.truth()
            }
        }
    }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByFloatLiteral, ExpressibleByArrayLiteral
{
    package init(stringLiteral text: String) { self = .string(text) }
    package init(integerLiteral number: Int) { self = .integer(number) }
    package init(booleanLiteral flag: Bool) { self = .bool(flag) }
    package init(floatLiteral number: Double) { self = .double(number) }
    package init(arrayLiteral values: Value...) { self = .list(of: values) }
}

extension Value {
    /// The value with lists and dictionaries of its own, all the way down.
    package var copied: Value {
        switch self {
        case .list(let list): return .list(of: list.values.map(\.copied))
        case .tuple(let values): return .tuple(values.map(\.copied))
        case .dict(let dict):
            let copy = DictObject(copying: dict)
            for (key, value) in dict.items { if let key = try? DictObject.Key(of: key) { copy[key] = value.copied } }
            return .dict(copy)
        default: return self
        }
    }
}
