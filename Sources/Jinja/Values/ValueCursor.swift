/// Goes through the values of something once, from the first to the last.
package struct ValueCursor {
    private enum Source {
        case values([Value])
        case list(ListObject)
        case text(String)
        case dict(DictObject, count: Int)
        case range(RangeObject)
        case generator(() throws -> Value?)
    }

    private let source: Source
    private var place = 0
    private var characters: String.UnicodeScalarView.Iterator?

    /// Goes through an array.
    package init(_ values: [Value]) { source = .values(values) }

    /// Asks a function for each value until it gives nil.
    package init(_ next: @escaping () throws -> Value?) { source = .generator(next) }

    init(_ list: ListObject) { source = .list(list) }
    init(_ dict: DictObject) { source = .dict(dict, count: dict.count) }
    init(_ range: RangeObject) { source = .range(range) }
    init(_ text: String) {
        source = .text(text)
        characters = text.unicodeScalars.makeIterator()
    }

    /// The next value; nil after the last.
    package mutating func next() throws -> Value? {
        defer { place += 1 }
        switch source {
        case .values(let values): return place < values.count ? values[place] : nil
        case .list(let list): return place < list.values.count ? list.values[place] : nil
        case .text: return characters?.next().map { .string(String($0)) }
        case .range(let range): return range[place].map { .integer($0) }
        case .generator(let next): return try next()
        case .dict(let dict, let count):
            guard dict.count == count else {
                throw TemplateError(.state, "dictionary changed size during iteration")
            }
            guard let entry = dict.entry(from: place) else { return nil }
            place = entry.next - 1
            return entry.key
        }
    }

    /// No list is longer; a range may be.
    private static let most = 1 << 23

    /// Everything that is left.
    package mutating func rest() throws -> [Value] {
        if case .values(let values) = source, place == 0 {
            place = values.count
            return values
        }
        var values: [Value] = []
        while let value = try next() {
            values.append(value)
            if values.count > Self.most { throw TemplateError(.limit, "more than \(Self.most) values") }
        }
        return values
    }
}

extension Value {
    /// A cursor over the values; fails where Python cannot go through it.
    package func cursor() throws -> ValueCursor { try cursor(orFail: "'\(typeName)' object is not iterable") }

    func cursor(orFail message: @autoclosure () -> String) throws -> ValueCursor {
        switch self {
        case .string(let text), .markup(let text): return ValueCursor(text)
        case .tuple(let values): return ValueCursor(values)
        case .list(let list): return ValueCursor(list)
        case .dict(let dict): return ValueCursor(dict)
        case .undefined(let undefined):
            try undefined.iterated()
            return ValueCursor([])
        case .object(let object):
            if let range = object as? RangeObject { return ValueCursor(range) }
            if let cursor = try object.iterate() { return cursor }
        default: break
        }
        throw TemplateError(.type, message())
    }

    /// The values in an array.
    package func elements() throws -> [Value] {
        switch self {
        case .list(let list): return list.values
        case .tuple(let values): return values
        default:
            var cursor = try cursor()
            return try cursor.rest()
        }
    }

    /// How many values or characters it has.
    package func length() throws -> Int {
        switch self {
        case .string(let text), .markup(let text): return text.unicodeScalars.count
        case .tuple(let values): return values.count
        case .list(let list): return list.values.count
        case .dict(let dict): return dict.count
        case .undefined(let undefined):
            try undefined.iterated()
            return 0
        case .object(let object):
            if let length = try object.length() { return length }
        default: break
        }
        throw TemplateError(.type, "object of type '\(typeName)' has no len()")
    }
}
