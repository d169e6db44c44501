import Jinja

/// A row of a result: its values by place and by name.
final class ResultRow: JinjaObject {
    let values: [Value]
    let table: ResultTable

    init(_ values: [Value], _ table: ResultTable) {
        self.values = values
        self.table = table
    }

    var typeName: String { "Row" }

    func repr() throws -> String {
        let shown = try values.prefix(5).map { try $0.repr }
        return "<agate.Row: (" + (shown + (values.count > 5 ? ["..."] : [])).joined(separator: ", ") + ")>"
    }

    func length() throws -> Int? { values.count }
    func iterate() throws -> ValueCursor? { ValueCursor(values) }
    func isEqual(to other: Value) -> Bool {
        guard case .object(let object) = other, let other = object as? ResultRow else {
            return Value.tuple(values).isEqual(to: other)
        }
        return Value.tuple(values).isEqual(to: .tuple(other.values))
    }
    func hash(into hasher: inout Hasher) { hasher.combine(values.count) }

    func item(for key: Value) throws -> Value? {
        if let name = key.asString {
            return table.names.firstIndex(of: name).map { values[$0] }
        }
        return try MappedSequence.item(key, values)
    }

    func attribute(named name: String) throws -> Value? {
        switch name {
        case "values": return .function(name) { _, _ in .tuple(self.values) }
        case "keys": return .function(name) { _, _ in .tuple(self.table.names.map { .string($0) }) }
        case "items":
            return .function(name) { _, _ in
                .tuple(zip(self.table.names, self.values).map { .tuple([.string($0), $1]) })
            }
        case "get":
            return .function(name) { arguments, _ in
                try self.item(for: arguments[0, "key"] ?? .none) ?? arguments[1, "default"] ?? .none
            }
        case "dict": return .function(name) { _, _ in .dict(self.dictionary) }
        default: return nil
        }
    }

    var dictionary: DictObject {
        let dict = DictObject()
        for (name, value) in zip(table.names, values) { dict[name] = value }
        return dict
    }
}

/// A column of a result.
final class TableColumn: JinjaObject {
    let place: Int
    let table: ResultTable

    init(_ place: Int, _ table: ResultTable) {
        self.place = place
        self.table = table
    }

    var values: [Value] { table.rows.map { $0[place] } }

    var typeName: String { "Column" }
    func length() throws -> Int? { table.rows.count }
    func iterate() throws -> ValueCursor? { ValueCursor(values) }
    func item(for key: Value) throws -> Value? { try MappedSequence.item(key, values) }

    func repr() throws -> String {
        let shown = try values.prefix(5).map { try $0.repr }
        return "<agate.Column: (" + (shown + (values.count > 5 ? ["..."] : [])).joined(separator: ", ") + ")>"
    }

    func attribute(named name: String) throws -> Value? {
        switch name {
        case "name": return .string(table.names[place])
        case "data_type": return .object(KindObject(table.kinds[place]))
        case "index": return .integer(place)
        case "values": return .function(name) { _, _ in .tuple(self.values) }
        case "values_without_nulls": return .function(name) { _, _ in .tuple(self.values.filter { !$0.isNone }) }
        case "values_distinct": return .function(name) { _, _ in .tuple(try self.distinct()) }
        case "values_sorted":
            return .function(name) { _, _ in
                .list(of: try self.values.sorted { try ResultTable.order($0, $1) < 0 })
            }
        default: return nil
        }
    }

    private func distinct() throws -> [Value] {
        var known: Set<DictObject.Key> = []
        return try values.filter { try known.insert(DictObject.Key(of: $0)).inserted }
    }
}

/// Values in order that may have names: the rows or the columns of a table.
final class MappedSequence: JinjaObject {
    let keys: [String]?
    let values: [Value]

    init(_ keys: [String]?, _ values: [Value]) {
        self.keys = keys
        self.values = values
    }

    var typeName: String { "MappedSequence" }
    func length() throws -> Int? { values.count }
    func iterate() throws -> ValueCursor? { ValueCursor(values) }

    func repr() throws -> String {
        let shown = try values.prefix(5).map { try $0.repr }
        return "<agate.MappedSequence: (" + (shown + (values.count > 5 ? ["..."] : [])).joined(separator: ", ") + ")>"
    }

    func item(for key: Value) throws -> Value? {
        if let name = key.asString { return keys?.firstIndex(of: name).map { values[$0] } }
        return try Self.item(key, values)
    }

    /// An item by place, or a slice.
    static func item(_ key: Value, _ values: [Value]) throws -> Value? {
        try Value.tuple(values).item(for: key)
    }

    func attribute(named name: String) throws -> Value? {
        switch name {
        case "keys":
            return .function(name) { _, _ in self.keys.map { .tuple($0.map { .string($0) }) } ?? .none }
        case "values": return .function(name) { _, _ in .tuple(self.values) }
        case "items":
            return .function(name) { _, _ in
                .tuple(zip(self.keys ?? [], self.values).map { .tuple([.string($0), $1]) })
            }
        case "get":
            return .function(name) { arguments, _ in
                try self.item(for: arguments[0, "key"] ?? .none) ?? arguments[1, "default"] ?? .none
            }
        default: return nil
        }
    }
}
