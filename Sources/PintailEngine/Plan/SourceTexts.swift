import DuckDB
import FoundationEssentials
import PintailOrchestrator

/// The texts in a query that may say where its rows come from: names of tables, and what table functions are given.
///
/// A text among the values is none of them, however much it looks like an address.
struct SourceTexts {
    private(set) var all: Set<String> = []

    /// Takes them from DuckDB's own syntax tree; `nil` when the text is not a query.
    init?(of query: String, _ connection: borrowing Connection) throws(DuckDBError) {
        let answer = try connection.value("SELECT json_serialize_sql(\(literal: query))").text ?? "{}"
        guard case .object(let tree)? = try? JSONDecoder().decode(JSONValue.self, from: Data(answer.utf8)),
            tree["error"] == .bool(false)
        else { return nil }
        visit(.object(tree), isGiven: false)
    }

    private mutating func visit(_ value: JSONValue, isGiven: Bool) {
        switch value {
        case .array(let elements): for element in elements { visit(element, isGiven: isGiven) }
        case .object(let members):
            let isGiven = isGiven || members["type"] == .string("TABLE_FUNCTION")
            for (key, member) in members {
                if case .string(let text) = member, key == "table_name" || (isGiven && key == "value") {
                    all.insert(text)
                }
                visit(member, isGiven: isGiven)
            }
        default: break
        }
    }
}
