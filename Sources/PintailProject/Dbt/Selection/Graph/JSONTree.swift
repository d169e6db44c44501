/// A value of a JSON file; objects keep their order.
package enum JSONTree: Hashable, Sendable {
    /// A key with its value.
    package struct Member: Hashable, Sendable {
        /// The key.
        package var key: String
        /// Its value.
        package var value: JSONTree
    }

    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case text(String)
    case list([JSONTree])
    case object([Member])

    /// The value of a key; `nil` where there is none.
    package subscript(key: String) -> JSONTree? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    /// The characters of a text; nil for everything else.
    package var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    /// The items of a list; none for everything else.
    package var items: [JSONTree] {
        if case .list(let items) = self { items } else { [] }
    }

    /// The members of an object; none for everything else.
    package var members: [Member] {
        if case .object(let members) = self { members } else { [] }
    }

    /// The texts of a list.
    package var texts: [String] { items.compactMap(\.text) }

    /// A text or a number as it is written; versions are either.
    var scalarText: String? {
        switch self {
        case .text(let text): text
        case .integer(let value): String(value)
        case .number(let value): String(value)
        case .null, .bool, .list, .object: nil
        }
    }

    /// A whole number; nil for everything else.
    package var integer: Int? {
        if case .integer(let value) = self { Int(exactly: value) } else { nil }
    }

    /// Reads JSON from UTF-8.
    ///
    /// - Parameter depthLimit: levels of nesting that are read; each takes about 300 bytes of stack, and far more in debug builds.
    package static func reading(_ bytes: [UInt8], depthLimit: Int) throws -> JSONTree {
        try JSONReader.read(bytes, depthLimit: depthLimit)
    }
}
