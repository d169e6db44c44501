/// What a native rendering makes of the values that a template printed.
enum NativeValue {
    /// A single value is itself, several are their texts in a row.
    static func joined(_ values: [Value]) throws -> Value {
        guard let first = values.first else { return "" }
        guard values.count == 1 else { return .string(try values.map { try $0.text }.joined()) }
        guard case .object(let object) = first, let marked = object as? MarkedText else { return first }
        return try marked.converted()
    }
}

/// Text that a filter marked with the kind of value it stands for.
final class MarkedText: JinjaObject {
    enum Kind { case text, native, bool, number }

    let string: String
    let kind: Kind

    init(_ string: String, _ kind: Kind) {
        self.string = string
        self.kind = kind
    }

    var typeName: String { "str" }
    func text() throws -> String { string }
    func repr() throws -> String { ValuePrinter.quoted(string) }
    func isEqual(to other: Value) -> Bool { Value.string(string).isEqual(to: other) }
    func hash(into hasher: inout Hasher) { hasher.combine(string) }

    func converted() throws -> Value {
        if kind == .text { return .string(string) }
        let value = LiteralText.value(of: string) ?? .string(string)
        if kind == .bool, case .bool = value { return value }
        if kind == .bool { throw TemplateError(.value, "Could not convert value '\(string)' into type 'bool'") }
        guard kind == .number else { return value }
        switch value {
        case .integer, .bigInteger, .double: return value
        default: throw TemplateError(.value, "Could not convert value '\(string)' into type 'number'")
        }
    }
}

extension Value {
    /// The characters of marked text, which is a string to everyone but a native rendering.
    var markedText: String? {
        if case .object(let object) = self { (object as? MarkedText)?.string } else { nil }
    }
}

/// Reads the literals of Python: numbers, strings, lists, tuples, dictionaries, `True`, `False`, `None`.
package enum LiteralText {
    private static let opening = "{% do "

    /// The value that a text spells; nil where it is no literal.
    package static func value(of text: String) -> Value? {
        let source = Array(text.utf8)
        // Templates spell them the same way; nothing but literals has a static value.
        guard
            let syntax = try? Parser.parse(
                Array(Self.opening.utf8) + source + Array(" %}".utf8),
                Lexer.Whitespace(),
                Parser.Dialect()
            ), syntax.statements.count == 1, case .evaluate(let expression) = syntax.statements[0]
        else { return nil }
        for (node, extent) in zip(syntax.expressions, syntax.extents) {
            // Jinja also knows these words with small letters; Python does not.
            guard case .constant(let constant) = node else { continue }
            switch syntax.constants[Int(constant)] {
            case .bool, .none:
                let first = source[Int(extent.start) - Self.opening.utf8.count]
                if first >= UInt8(ascii: "a") { return nil }
            default: break
            }
        }
        return StaticValue.value(of: expression, in: syntax)
    }
}
