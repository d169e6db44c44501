import Jinja

/// Rows that a query answered, as templates see them: the table of Python's agate.
final class ResultTable: JinjaObject {
    /// What a column holds, by agate's names.
    enum Kind: String {
        case integer = "Integer"
        case number = "Number"
        case date = "Date"
        case dateTime = "DateTime"
        case boolean = "Boolean"
        case text = "Text"
    }

    /// The columns' names; no two are the same.
    let names: [String]
    /// What the columns hold.
    let kinds: [Kind]
    /// The rows, each with a value a column.
    let rows: [[Value]]

    /// A table of these rows.
    init(_ names: [String], _ kinds: [Kind], _ rows: [[Value]]) {
        self.names = Self.unique(names)
        self.kinds = kinds
        self.rows = rows
    }

    /// What a statement without rows leaves.
    static var empty: ResultTable { ResultTable([], [], []) }

    /// The second of two names gets a number, as agate gives it.
    private static func unique(_ names: [String]) -> [String] {
        var known: Set<String> = []
        return names.map { name in
            var candidate = name
            var number = 2
            while !known.insert(candidate).inserted {
                candidate = "\(name)_\(number)"
                number += 1
            }
            return candidate
        }
    }

    var typeName: String { "Table" }
    func repr() throws -> String { "<agate.table.Table object>" }
    func text() throws -> String { TablePrinting.structure(of: self) }
    func length() throws -> Int? { rows.count }
    func iterate() throws -> ValueCursor? { ValueCursor(rowObjects) }

    var rowObjects: [Value] { rows.map { .object(ResultRow($0, self)) } }

    /// A row by its place, or some of them by a slice.
    func item(for key: Value) throws -> Value? {
        if case .string(let name) = key { return try attribute(named: name) }
        return try MappedSequence.item(key, rowObjects)
    }

    func attribute(named name: String) throws -> Value? {
        switch name {
        case "column_names": return .tuple(names.map { .string($0) })
        case "column_types": return .tuple(kinds.map { .object(KindObject($0)) })
        case "columns": return .object(MappedSequence(names, names.indices.map { .object(TableColumn($0, self)) }))
        case "rows": return .object(MappedSequence(nil, rowObjects))
        case "row_names": return Value.none
        default: break
        }
        guard Self.methods.contains(name) else { return nil }
        return .function(name) { arguments, interpreter in try self.callMethod(name, arguments, in: interpreter) }
    }

    private static let methods: Set<String> = [
        "print_table", "print_json", "print_csv", "print_structure", "select", "exclude", "where", "limit", "distinct",
        "order_by", "find", "rename", "to_json",
    ]

    func callMethod(_ name: String, _ arguments: Arguments, in interpreter: Interpreter) throws -> Value {
        switch name {
        case "print_table", "print_json", "print_csv", "print_structure":
            (interpreter.embedder as? any RenderOutput)?.print(try TablePrinting.text(of: self, name, arguments))
            return .none
        case "to_json": return .string(try TablePrinting.json(of: self))
        case "select": return .object(try keeping(Self.names(arguments[0, "key"])))
        case "exclude":
            let dropped = Set(try Self.names(arguments[0, "key"]))
            return .object(try keeping(names.filter { !dropped.contains($0) }))
        case "where": return .object(try filtered(by: arguments[0, "test"] ?? .none, interpreter))
        case "find":
            let test = arguments[0, "test"] ?? .none
            return try rowObjects.first { try interpreter.call(test, Arguments([$0])).isTrue } ?? .none
        case "limit": return .object(limited(arguments))
        case "distinct": return .object(try distinct(Self.names(arguments[0, "key"])))
        case "order_by": return .object(try ordered(by: arguments[0, "key"] ?? .none, arguments))
        case "rename": return .object(try renamed(arguments))
        default: return try interpreter.call(interpreter.attribute(name, of: .object(self)), arguments)
        }
    }

    private static func names(_ value: Value?) throws -> [String] {
        guard let value, !value.isNone else { return [] }
        return try value.asString.map { [$0] } ?? value.elements().map { try $0.text }
    }

    private func keeping(_ wanted: [String]) throws -> ResultTable {
        let places = try wanted.map { name in
            guard let place = names.firstIndex(of: name) else { throw TemplateError(.key, "'\(name)'") }
            return place
        }
        return ResultTable(wanted, places.map { kinds[$0] }, rows.map { row in places.map { row[$0] } })
    }

    private func filtered(by test: Value, _ interpreter: Interpreter) throws -> ResultTable {
        let kept = try rows.filter { try interpreter.call(test, Arguments([.object(ResultRow($0, self))])).isTrue }
        return ResultTable(names, kinds, kept)
    }

    private func limited(_ arguments: Arguments) -> ResultTable {
        let first = arguments[0, "start_or_stop"]?.asInteger ?? 0
        let stop = arguments[1, "stop"]?.asInteger
        let range = stop.map { first..<max(first, $0) } ?? 0..<first
        return ResultTable(names, kinds, Array(rows[range.clamped(to: 0..<rows.count)]))
    }

    private func distinct(_ keys: [String]) throws -> ResultTable {
        let places = keys.isEmpty ? Array(names.indices) : keys.compactMap { names.firstIndex(of: $0) }
        var known: Set<DictObject.Key> = []
        let kept = try rows.filter { row in
            try known.insert(DictObject.Key(of: .tuple(places.map { row[$0] }))).inserted
        }
        return ResultTable(names, kinds, kept)
    }

    private func ordered(by key: Value, _ arguments: Arguments) throws -> ResultTable {
        let places = try Self.names(key).compactMap { names.firstIndex(of: $0) }
        let isReversed = try arguments[1, "reverse"]?.isTrue ?? false
        // NULLs stand last, as agate puts them.
        let sorted = try rows.sorted { one, other in
            for place in places {
                let order = try Self.order(one[place], other[place])
                if order != 0 { return (order < 0) != isReversed }
            }
            return false
        }
        return ResultTable(names, kinds, sorted)
    }

    static func order(_ one: Value, _ other: Value) throws -> Int {
        if one.isNone || other.isNone { return one.isNone ? (other.isNone ? 0 : 1) : -1 }
        if one.isEqual(to: other) { return 0 }
        return try one.compare(to: other)
    }

    private func renamed(_ arguments: Arguments) throws -> ResultTable {
        guard let given = arguments[0, "column_names"] else { return self }
        if case .dict(let changes) = given {
            return ResultTable(names.map { changes[$0]?.asString ?? $0 }, kinds, rows)
        }
        return ResultTable(try Self.names(given), kinds, rows)
    }
}

/// A column's kind, as `column_types` lists it.
final class KindObject: JinjaObject {
    let kind: ResultTable.Kind
    init(_ kind: ResultTable.Kind) { self.kind = kind }
    var typeName: String { kind.rawValue }
    func repr() throws -> String { "<agate.data_types.\(kind.rawValue) object>" }
    func isEqual(to other: Value) -> Bool {
        if case .object(let object) = other { (object as? KindObject)?.kind == kind } else { false }
    }
    func hash(into hasher: inout Hasher) { hasher.combine(kind) }
}
