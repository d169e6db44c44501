/// What stands in brackets behind the built-in types.
enum Items {
    /// The item; nil where there is none.
    static func item(_ key: Value, of owner: Value) throws -> Value? {
        switch owner {
        case .dict(let dict): return dict[try DictObject.Key(of: key)]
        case .list(let list):
            if let slice = slice(key) {
                return .list(of: try slice.places(in: list.values.count).map { list.values[$0] })
            }
            return place(key, list.values.count).map { list.values[$0] }
        case .tuple(let values):
            if let slice = slice(key) { return .tuple(try slice.places(in: values.count).map { values[$0] }) }
            return place(key, values.count).map { values[$0] }
        case .string(let text): return try part(of: text, key).map { .string($0) }
        case .markup(let text): return try part(of: text, key).map { .markup($0) }
        case .object(let object):
            if let range = object as? RangeObject, let slice = slice(key) { return try slice.range(of: range) }
            return try object.item(for: key)
        default: return nil
        }
    }

    private static func slice(_ key: Value) -> SliceObject? {
        if case .object(let object) = key { object as? SliceObject } else { nil }
    }

    private static func place(_ key: Value, _ count: Int) -> Int? {
        guard let place = key.asInteger else { return nil }
        let index = place < 0 ? place + count : place
        return index >= 0 && index < count ? index : nil
    }

    private static func part(of text: String, _ key: Value) throws -> String? {
        if text.utf8.count == text.unicodeScalars.count {
            let bytes = Array(text.utf8)
            if let slice = slice(key) {
                return String(decoding: try slice.places(in: bytes.count).map { bytes[$0] }, as: UTF8.self)
            }
            return place(key, bytes.count).map { String(decoding: [bytes[$0]], as: UTF8.self) }
        }
        let scalars = Array(text.unicodeScalars)
        guard let slice = slice(key) else { return place(key, scalars.count).map { String(scalars[$0]) } }
        var part = String.UnicodeScalarView()
        for place in try slice.places(in: scalars.count) { part.append(scalars[place]) }
        return String(part)
    }
}

/// What stands between brackets with colons in it.
final class SliceObject: JinjaObject {
    let start: Value
    let stop: Value
    let step: Value

    init(_ start: Value, _ stop: Value, _ step: Value) {
        self.start = start
        self.stop = stop
        self.step = step
    }

    var typeName: String { "slice" }
    func repr() throws -> String { "slice(\(try start.repr), \(try stop.repr), \(try step.repr))" }

    func bounds(in count: Int) throws -> (start: Int, stop: Int, step: Int) {
        let step = try index(self.step) ?? 1
        guard step != 0 else { throw TemplateError(.value, "slice step cannot be zero") }
        let lowest = step < 0 ? -1 : 0
        let highest = step < 0 ? count - 1 : count
        func clamped(_ index: Int?, _ fallback: Int) -> Int {
            guard let index else { return fallback }
            return index < 0 ? max(lowest, index &+ count) : min(highest, index)
        }
        let start = clamped(try index(start), step < 0 ? highest : 0)
        return (start, clamped(try index(stop), step < 0 ? -1 : highest), step)
    }

    func places(in count: Int) throws -> StrideTo<Int> {
        let (start, stop, step) = try bounds(in: count)
        // A step past either end is a step past either end.
        return stride(from: start, to: stop, by: max(-count - 1, min(count + 1, step)))
    }

    func range(of range: RangeObject) throws -> Value {
        let (start, stop, step) = try bounds(in: range.count)
        return .object(
            try RangeObject(range.start + start * range.step, range.start + stop * range.step, step * range.step)
        )
    }

    private func index(_ value: Value) throws -> Int? {
        switch value {
        case .none: return nil
        case .bigInteger(let number): return number.isNegative ? .min / 2 : .max
        case .undefined(let undefined): throw undefined.error
        default:
            guard let index = value.asInteger else {
                throw TemplateError(.type, "slice indices must be integers or None or have an __index__ method")
            }
            return index
        }
    }
}

extension Value {
    /// What stands in brackets behind a built-in value: an item, a slice; nil where there is none.
    package func item(for key: Value) throws -> Value? { try Items.item(key, of: self) }
}
