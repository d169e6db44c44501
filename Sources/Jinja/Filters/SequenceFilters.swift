/// Filters over lists, dictionaries and everything else that can be gone through.
enum SequenceFilters {
    static let all: [String: FilterFunction] = [
        "default": fallback, "d": fallback,
        "length": { value, _, _ in .integer(try value.length()) },
        "count": { value, _, _ in .integer(try value.length()) },
        "list": { value, _, _ in .list(of: try value.elements()) },
        "first": { value, _, interpreter in
            var cursor = try value.cursor()
            return try cursor.next()
                ?? interpreter.undefined("", hint: "No first item, sequence was empty.")
        },
        "last": { value, _, interpreter in
            try reversed(value, orFail: "'\(value.typeName)' object is not reversible").first
                ?? interpreter.undefined("", hint: "No last item, sequence was empty.")
        },
        "random": { value, _, interpreter in
            try value.elements().randomElement()
                ?? interpreter.undefined("", hint: "No random item, sequence was empty.")
        },
        "reverse": reverse,
        "join": join,
        "sort": sort,
        "dictsort": dictsort,
        "unique": unique,
        "min": { value, arguments, interpreter in try extreme("min", value, arguments, interpreter) },
        "max": { value, arguments, interpreter in try extreme("max", value, arguments, interpreter) },
        "sum": sum,
        "batch": batch,
        "slice": slice,
        "items": items,
        "attr": { value, arguments, interpreter in
            let name = try (try arguments.bound("do_attr", "name")[0] ?? .none).text
            if case .dict = value {
                return Methods.has(name, value)
                    ? .object(BoundMethod(name, of: value)) : interpreter.undefined(name, owner: "dict object")
            }
            return try interpreter.attribute(name, of: value)
        },
        "groupby": groupby,
    ]

    private static func fallback(_ value: Value, _ arguments: Arguments, _: Interpreter) throws -> Value {
        let given = try arguments.bound("do_default", "default_value?", "boolean?")
        if value.isUndefined { return given[0] ?? "" }
        let replacesFalse = try given[1]?.isTrue ?? false
        return try replacesFalse && !value.isTrue ? given[0] ?? "" : value
    }

    /// The values from the last to the first, where there is a last one.
    private static func reversed(_ value: Value, orFail message: @autoclosure () -> String) throws -> [Value] {
        switch value {
        case .undefined, .string, .markup, .list, .tuple, .dict: return try value.elements().reversed()
        case .object(let object) where try object.length() != nil && !(object is SetObject):
            return try value.elements().reversed()
        default: throw TemplateError(.type, message())
        }
    }

    private static func reverse(_ value: Value, _: Arguments, _: Interpreter) throws -> Value {
        if let text = value.asString {
            let reversed = String(String.UnicodeScalarView(text.unicodeScalars.reversed()))
            if case .markup = value { return .markup(reversed) }
            return .string(reversed)
        }
        guard let values = try? value.elements() else {
            throw TemplateError(.filterArgument, "argument must be iterable")
        }
        return .object(Generator("list_reverseiterator", ValueCursor(values.reversed())))
    }

    private static func join(_ value: Value, _ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
        let given = try arguments.bound("do_join", "d?", "attribute?")
        let path = try AttributePath(given[1])
        let separator = given[0] ?? ""
        var values = try value.elements()
        if given[1] != nil { values = try values.map { try path.value(of: $0, interpreter) } }
        let isMarkup =
            interpreter.autoescapes
            || (values + [separator]).contains { if case .markup = $0 { interpreter.autoescapes } else { false } }
        if isMarkup {
            return .markup(try values.map { try HTML.escaped($0) }.joined(separator: HTML.escaped(separator)))
        }
        return .string(try values.map { try $0.text }.joined(separator: separator.text))
    }

    private static func sort(_ value: Value, _ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
        let given = try arguments.bound("do_sort", "reverse?", "case_sensitive?", "attribute?")
        let isCaseSensitive = try given[1]?.isTrue ?? false
        let paths = try attributePaths(given[2])
        let sorted = try Sorting.sorted(try value.elements(), isReversed: try given[0]?.isTrue ?? false) { item in
            if paths.count == 1 { return try paths[0].value(of: item, interpreter).folded(isCaseSensitive) }
            return .tuple(try paths.map { try $0.value(of: item, interpreter).folded(isCaseSensitive) })
        }
        return .list(of: sorted)
    }

    /// Several attributes, with commas between.
    private static func attributePaths(_ attribute: Value?) throws -> [AttributePath] {
        guard let text = attribute?.asString else { return [try AttributePath(attribute)] }
        return try text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map {
            try AttributePath(.string(String(decoding: $0, as: UTF8.self)))
        }
    }

    private static func dictsort(_ value: Value, _ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
        let given = try arguments.bound("do_dictsort", "case_sensitive?", "by?", "reverse?")
        let by = try given[1]?.text ?? "key"
        guard by == "key" || by == "value" else {
            throw TemplateError(.filterArgument, "You can only sort by either \"key\" or \"value\"")
        }
        let isCaseSensitive = try given[0]?.isTrue ?? false
        let items = try pairs(value, interpreter)
        let sorted = try Sorting.sorted(items, isReversed: try given[2]?.isTrue ?? false) { pair in
            guard case .tuple(let pair) = pair else { return pair }
            return pair[by == "key" ? 0 : 1].folded(isCaseSensitive)
        }
        return .list(of: sorted)
    }

    /// What `items()` of a mapping gives.
    static func pairs(_ value: Value, _ interpreter: Interpreter) throws -> [Value] {
        switch value {
        case .dict(let dict): return dict.items.map { .tuple([$0.key, $0.value]) }
        case .undefined(let undefined): throw undefined.error
        case .object(let object):
            if let method = try object.attribute(named: "items") {
                return try interpreter.call(method, Arguments()).elements()
            }
        default: break
        }
        throw TemplateError(.attribute, "'\(value.typeName)' object has no attribute 'items'")
    }

    private static func items(_ value: Value, _: Arguments, _ interpreter: Interpreter) throws -> Value {
        if value.isUndefined { return .object(Generator("do_items", ValueCursor([]))) }
        guard BuiltinTests.isMapping(value) else {
            throw TemplateError(.type, "Can only get item pairs from a mapping.")
        }
        return .object(Generator("do_items", ValueCursor(try pairs(value, interpreter))))
    }

    private static func unique(_ value: Value, _ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
        let given = try arguments.bound("do_unique", "case_sensitive?", "attribute?")
        let path = try AttributePath(given[1])
        let isCaseSensitive = try given[0]?.isTrue ?? false
        var seen: Set<DictObject.Key> = []
        var cursor = try value.cursor()
        return .object(
            Generator(
                "do_unique",
                ValueCursor {
                    while let item = try cursor.next() {
                        try interpreter.step()
                        let key = try path.value(of: item, interpreter).folded(isCaseSensitive)
                        if seen.insert(try DictObject.Key(of: key)).inserted { return item }
                    }
                    return nil
                }
            )
        )
    }

    private static func extreme(
        _ name: String,
        _ value: Value,
        _ arguments: Arguments,
        _ interpreter: Interpreter
    ) throws -> Value {
        let given = try arguments.bound("do_" + name, "case_sensitive?", "attribute?")
        let path = try AttributePath(given[1])
        let isCaseSensitive = try given[0]?.isTrue ?? false
        var best: (key: Value, item: Value)?
        var cursor = try value.cursor()
        while let item = try cursor.next() {
            try interpreter.step()
            let key = try path.value(of: item, interpreter).folded(isCaseSensitive)
            guard let known = best else {
                best = (key, item)
                continue
            }
            let order = name == "min" ? try key.compare(to: known.key) : try known.key.compare(to: key, ">")
            if order < 0, order != Value.unordered { best = (key, item) }
        }
        return best?.item ?? interpreter.undefined("", hint: "No aggregated item, sequence was empty.")
    }

    private static func sum(_ value: Value, _ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
        let given = try arguments.bound("do_sum", "attribute?", "start?")
        let path = try AttributePath(given[0])
        var sum = given[1] ?? 0
        if sum.asString != nil { throw TemplateError(.type, "sum() can't sum strings [use ''.join(seq) instead]") }
        var cursor = try value.cursor()
        while let item = try cursor.next() {
            try interpreter.step()
            sum = try sum.operate(.add, with: try path.value(of: item, interpreter))
        }
        return sum
    }

    private static func count(_ value: Value?) throws -> Int {
        guard let number = value?.asInteger else {
            throw TemplateError(
                .type,
                "'\(value?.typeName ?? "NoneType")' object cannot be interpreted as an integer"
            )
        }
        return number
    }

    private static func batch(_ value: Value, _ arguments: Arguments, _: Interpreter) throws -> Value {
        let given = try arguments.bound("do_batch", "linecount", "fill_with?")
        let size = try count(given[0])
        let fill = given[1].flatMap { $0.isNone ? nil : $0 }
        guard size < 1 << 24 else { throw TemplateError(.limit, "a batch of \(size) is too long") }
        var batches: [Value] = []
        var batch: [Value] = []
        for item in try value.elements() {
            if batch.count == size {
                batches.append(.list(of: batch))
                batch = []
            }
            batch.append(item)
        }
        if !batch.isEmpty {
            if let fill { while batch.count < size { batch.append(fill) } }
            batches.append(.list(of: batch))
        }
        return .object(Generator("do_batch", ValueCursor(batches)))
    }

    private static func slice(_ value: Value, _ arguments: Arguments, _: Interpreter) throws -> Value {
        let given = try arguments.bound("do_slice", "slices", "fill_with?")
        let slices = try count(given[0])
        let fill = given[1].flatMap { $0.isNone ? nil : $0 }
        let items = try value.elements()
        guard slices != 0 else { throw TemplateError(.zeroDivision, "integer division or modulo by zero") }
        guard slices < 1 << 24 else { throw TemplateError(.limit, "\(slices) slices are too many") }
        var parts: [Value] = []
        var start = 0
        let (length, longer) = slices > 0 ? items.count.quotientAndRemainder(dividingBy: slices) : (0, 0)
        for place in 0..<max(0, slices) {
            let end = start + length + (place < longer ? 1 : 0)
            var part = Array(items[start..<end])
            if let fill, place >= longer { part.append(fill) }
            parts.append(.list(of: part))
            start = end
        }
        return .object(Generator("do_slice", ValueCursor(parts)))
    }

    private static func groupby(_ value: Value, _ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
        let given = try arguments.bound("do_groupby", "attribute", "default?", "case_sensitive?")
        let path = try AttributePath(given[0], fallback: given[1])
        let isCaseSensitive = try given[2]?.isTrue ?? false
        let key = { (item: Value) in try path.value(of: item, interpreter).folded(isCaseSensitive) }
        var groups: [(key: Value, items: [Value])] = []
        for item in try Sorting.sorted(try value.elements(), isReversed: false, by: key) {
            let key = try key(item)
            if let last = groups.last, last.key.isEqual(to: key) {
                groups[groups.count - 1].items.append(item)
            } else {
                groups.append((key, [item]))
            }
        }
        return .list(
            of: try groups.map { group in
                .object(GroupTuple(try path.value(of: group.items[0], interpreter), group.items))
            }
        )
    }
}

/// One group of `groupby`: a pair whose parts have names.
final class GroupTuple: JinjaObject {
    let pair: [Value]

    init(_ grouper: Value, _ list: [Value]) { pair = [grouper, .list(of: list)] }

    var typeName: String { "_GroupTuple" }
    func iterate() throws -> ValueCursor? { ValueCursor(pair) }
    func length() throws -> Int? { 2 }
    func repr() throws -> String { try Value.tuple(pair).repr }
    func item(for key: Value) throws -> Value? { try Items.item(key, of: .tuple(pair)) }
    func isEqual(to other: Value) -> Bool {
        if case .object(let object) = other, let other = object as? GroupTuple {
            return Value.tuple(pair).isEqual(to: .tuple(other.pair))
        }
        return Value.tuple(pair).isEqual(to: other)
    }
    func compare(to other: Value) throws -> Int? {
        guard case .object(let object) = other, let other = object as? GroupTuple else { return nil }
        return try Value.tuple(pair).compare(to: .tuple(other.pair))
    }
    func attribute(named name: String) throws -> Value? {
        switch name {
        case "grouper": pair[0]
        case "list": pair[1]
        default: nil
        }
    }
}
