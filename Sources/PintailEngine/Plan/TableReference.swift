package import DuckDB
import FoundationEssentials
import PintailOrchestrator

/// A table that a query reads, and where the query names it.
package struct TableReference: Hashable, Sendable {
    /// As the query writes it.
    package let name: TableName
    /// In UTF-8 bytes from the query's start.
    package let offset: Int

    /// Names a table read by a query.
    package init(_ name: TableName, offset: Int) {
        self.name = name
        self.offset = offset
    }

    /// The tables a query reads, in the order it names them, taken from DuckDB's own syntax tree.
    ///
    /// Needs no table to exist. Names that common table expressions define are not among them.
    /// - Throws: `DuckDBError` with the offset of the mistake when `query` is not one query.
    package static func all(
        in query: String,
        _ connection: borrowing Connection
    ) throws(DuckDBError) -> [TableReference] {
        let answer = try connection.value("SELECT json_serialize_sql(\(literal: query))").text ?? "{}"
        guard let tree = try? JSONDecoder().decode(JSONValue.self, from: Data(answer.utf8)) else {
            throw DuckDBError(.parser, "the query is too deeply nested", sql: query)
        }
        if tree["error"] == .bool(true) { throw mistake(tree, query) }
        let statements = tree["statements"]?.elements ?? []
        guard statements.count == 1 else {
            throw DuckDBError(.parser, "one query is wanted here, not \(statements.count) statements", sql: query)
        }
        var walk = Walk()
        walk.visit(tree, scope: [])
        return walk.found
    }

    private static func mistake(_ tree: JSONValue, _ query: String) -> DuckDBError {
        let message = tree["error_message"]?.text ?? "not a query"
        // DuckDB's own words for a statement of another kind, which it does not serialise.
        if tree["error_type"]?.text == "not implemented" {
            return DuckDBError(.parser, "a query is wanted here: SELECT, FROM, WITH or VALUES", sql: query, offset: 0)
        }
        return DuckDBError(.parser, message, sql: query, offset: tree["position"]?.text.flatMap { Int($0) })
    }
}

/// Collects base tables while keeping track of which names are common table expressions.
private struct Walk {
    var found: [TableReference] = []

    mutating func visit(_ value: JSONValue, scope: Set<String>) {
        switch value {
        case .array(let elements):
            for element in elements { visit(element, scope: scope) }
        case .object(let members):
            visit(members, scope: scope)
        default: break
        }
    }

    private mutating func visit(_ members: [String: JSONValue], scope: Set<String>) {
        var scope = scope
        if members["type"]?.text == "RECURSIVE_CTE_NODE", let name = members["cte_name"]?.text {
            scope.insert(name.lowercased())
        }
        // An expression sees those before it; a table of its own name is the real one.
        for entry in members["cte_map"]?["map"]?.elements ?? [] {
            visit(entry["value"] ?? .null, scope: scope)
            if let name = entry["key"]?.text { scope.insert(name.lowercased()) }
        }
        if members["type"]?.text == "BASE_TABLE" { add(members, scope: scope) }
        for (key, member) in members.sorted(by: { $0.key < $1.key }) where key != "cte_map" {
            visit(member, scope: scope)
        }
    }

    private mutating func add(_ table: [String: JSONValue], scope: Set<String>) {
        func part(_ key: String) -> String? { table[key]?.text.flatMap { $0.isEmpty ? nil : $0 } }
        guard let name = part("table_name") else { return }
        let full = TableName(name, schema: part("schema_name"), catalog: part("catalog_name"))
        if full.schema == nil, scope.contains(name.lowercased()) { return }
        guard !found.contains(where: { $0.name == full }) else { return }
        var offset = 0
        if case .integer(let location)? = table["query_location"] { offset = Int(location) }
        found.append(TableReference(full, offset: offset))
    }
}

extension JSONValue {
    fileprivate subscript(key: String) -> JSONValue? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    fileprivate var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    fileprivate var elements: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }
}
