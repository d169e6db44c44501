/// Jinja's own filters.
enum BuiltinFilters {
    static let all: [String: FilterFunction] = TextFilters.all.merging(SequenceFilters.all) { $1 }
        .merging(SelectionFilters.all) { $1 }.merging(NumberFilters.all) { $1 }.merging(MarkupFilters.all) { $1 }
        .merging(PrintingFilters.all) { $1 }
}

/// Filters that mark text with the kind of value it stands for; only a native rendering sees the mark.
enum NativeFilters {
    static let all: [String: FilterFunction] = [
        "as_text": { value, _, interpreter in try marked(value, .text, interpreter) },
        "as_native": { value, _, interpreter in try marked(value, .native, interpreter) },
        "as_bool": { value, _, interpreter in try marked(value, .bool, interpreter) },
        "as_number": { value, _, interpreter in try marked(value, .number, interpreter) },
        "is_list": { value, _, _ in if case .list = value { true } else { false } },
    ]

    private static func marked(_ value: Value, _ kind: MarkedText.Kind, _ interpreter: Interpreter) throws -> Value {
        interpreter.isNative ? .object(MarkedText(try value.text, kind)) : value
    }
}

/// An attribute as filters name it: `'a.b.0'`, a number, nothing.
struct AttributePath {
    private let parts: [Value]
    private let fallback: Value?

    init(_ path: Value?, fallback: Value? = nil) throws {
        self.fallback = fallback.flatMap { $0.isNone ? nil : $0 }
        switch path {
        case .some(.string(let text)), .some(.markup(let text)):
            parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map { part in
                let text = String(decoding: part, as: UTF8.self)
                return part.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
                    ? Int(text).map { .integer($0) } ?? .string(text) : .string(text)
            }
        case .some(let key) where key.asInteger != nil: parts = [key]
        default: parts = []
        }
    }

    func value(of item: Value, _ interpreter: Interpreter) throws -> Value {
        var item = item
        for part in parts {
            item = try interpreter.item(part, of: item)
            if let fallback, item.isUndefined { item = fallback }
        }
        return item
    }
}

extension Value {
    /// Without the differences of case where that is asked for.
    func folded(_ isCaseSensitive: Bool) -> Value {
        if !isCaseSensitive, let text = asString { return .string(TextCase.lower(text)) }
        return self
    }
}
