/// A value of a JSON file; objects keep their order.
package enum JSONTree: Hashable, Sendable {
    /// A key with its value.
    package struct Member: Hashable, Sendable {
        var key: String
        var value: JSONTree
    }

    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case text(String)
    case list([JSONTree])
    case object([Member])

    /// The value of a key; `nil` where there is none.
    subscript(key: String) -> JSONTree? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    var items: [JSONTree] {
        if case .list(let items) = self { items } else { [] }
    }

    var members: [Member] {
        if case .object(let members) = self { members } else { [] }
    }

    /// The texts of a list.
    var texts: [String] { items.compactMap(\.text) }

    /// A text or a number as it is written; versions are either.
    var scalarText: String? {
        switch self {
        case .text(let text): text
        case .integer(let value): String(value)
        case .number(let value): String(value)
        case .null, .bool, .list, .object: nil
        }
    }
}
