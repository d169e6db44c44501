import DuckDB
import PintailProject

/// Finds out whether a query gives the same rows whenever its tables hold the same rows.
final class Determinism {
    private let connection: Connection
    /// Functions whose answer may differ from call to call, or that read what is no table of the project.
    private let unsteady: Set<String>
    /// The SQL of macros that stand in the database or come with DuckDB.
    private let macros: [String: [String]]

    init(_ database: Database) throws(DuckDBError) {
        connection = try database.connect()
        unsteady = Set(
            try connection.texts(
                """
                SELECT DISTINCT lower(function_name) FROM duckdb_functions()
                WHERE (function_type IN ('scalar', 'aggregate') AND stability <> 'CONSISTENT')
                OR (function_type = 'table' AND function_name NOT IN ('range', 'generate_series', 'unnest', 'repeat', 'json_each', 'json_tree'))
                """
            )
        ).union(Self.told)
        var macros: [String: [String]] = [:]
        let rows = try connection.rows(
            "SELECT lower(function_name), macro_definition FROM duckdb_functions() WHERE function_type IN ('macro', 'table_macro')"
        )
        for row in rows { macros[row[0].text ?? "", default: []].append(row[1].text ?? "") }
        self.macros = macros
    }

    /// What DuckDB calls steady, and depends on the time, the process or its settings.
    private static let told: Set<String> = ["age", "getvariable", "getenv", "current_setting", "query", "query_table"]
    /// What is written like a column, and is none.
    private static let words: Set<String> = [
        "current_date", "current_timestamp", "current_time", "localtime", "localtimestamp", "current_user", "user",
        "session_user", "current_catalog", "current_schema", "current_role",
    ]

    /// Why a query may give other rows of the same tables; nil where it cannot.
    func doubt(about sql: String) -> String? {
        var seen: Set<String> = []
        return doubt(about: sql, &seen)
    }

    private func doubt(about sql: String, _ seen: inout Set<String>) -> String? {
        let asked: SQL = "SELECT json_serialize_sql(\(literal: sql), skip_null := true, skip_empty := true)"
        guard let text = try? connection.value(asked).text,
            let tree = try? JSONTree.reading(Array(text.utf8), depthLimit: Self.depthLimit), tree["error"] == .bool(false)
        else { return "its SQL cannot be taken apart" }
        return doubt(in: tree, &seen)
    }

    private static let depthLimit = 600

    private func doubt(in tree: JSONTree, _ seen: inout Set<String>) -> String? {
        switch tree {
        case .list(let items):
            for item in items { if let doubt = doubt(in: item, &seen) { return doubt } }
        case .object(let members):
            if let doubt = doubt(of: tree, &seen) { return doubt }
            for member in members { if let doubt = doubt(in: member.value, &seen) { return doubt } }
        default: break
        }
        return nil
    }

    private func doubt(of node: JSONTree, _ seen: inout Set<String>) -> String? {
        if let name = node["function_name"]?.text?.lowercased() {
            if unsteady.contains(name) { return "it calls \(name)()" }
            if let definitions = macros[name], seen.insert(name).inserted {
                for definition in definitions where !definition.isEmpty {
                    if doubt(about: "SELECT \(definition)", &seen) != nil, doubt(about: definition, &seen) != nil {
                        return "it calls \(name)()"
                    }
                }
            }
        }
        if let sample = node["sample"], sample != .null, !sample.members.isEmpty { return "it takes a sample" }
        switch node["type"]?.text {
        case "COLUMN_REF":
            let names = node["column_names"]?.texts ?? []
            if names.count == 1, Self.words.contains(names[0].lowercased()) { return "it reads \(names[0])" }
        case "BASE_TABLE":
            let name = node["table_name"]?.text ?? ""
            if name.contains("."), node["schema_name"] == nil { return "it reads the file \(name)" }
        default: break
        }
        return nil
    }
}
