import DuckDB
import FoundationEssentials
import Jinja
import PintailProject

/// A node, how it is built step by step, and what dbt-core left each time.
struct RecordedCase: Sendable {
    struct Step: Sendable {
        let sql: String?
        let csv: String?
        let config: ConfigObject
        let isFullRefresh: Bool
        let expected: Outcome
    }

    /// A relation's columns and rows.
    struct Outcome: Sendable, Equatable, CustomStringConvertible {
        var succeeds = true
        var kind: String?
        var columns: [[String]] = []
        var rows: [[String?]] = []

        var description: String {
            let lines = rows.map { $0.map { $0 ?? "NULL" }.joined(separator: " | ") }
            let names = columns.map { $0.joined(separator: " ") }.joined(separator: ", ")
            return "\n\(succeeds ? "succeeds" : "fails"): \(kind ?? "nothing") (\(names))\n"
                + lines.joined(separator: "\n")
        }
    }

    let name: String
    let kind: String
    let config: ConfigObject
    let properties: ConfigObject
    let volatile: Set<String>
    let steps: [Step]

    static func all(beside file: String, _ path: String) throws -> [RecordedCase] {
        let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        let text = try String(contentsOfFile: folder + "/" + path, encoding: .utf8)
        let cases = ConfigValue(try JSONReader.value(of: text))
        return (cases.list ?? []).map { RecordedCase($0) }
    }

    private init(_ value: ConfigValue) {
        name = value["name"].string ?? ""
        kind = value["kind"].string ?? "model"
        config = value["config"].object ?? [:]
        properties = value["properties"].object ?? [:]
        volatile = Set(value["volatile"].items.compactMap(\.string))
        steps = value["steps"].items.map { step in
            let expected = step["expected"]
            return Step(
                sql: step["sql"].string,
                csv: step["csv"].string,
                config: step["config"].object ?? [:],
                isFullRefresh: step["fullRefresh"].bool ?? false,
                expected: Outcome(
                    succeeds: expected["succeeds"].bool ?? false,
                    kind: expected["kind"].string,
                    columns: expected["columns"].items.map { $0.items.compactMap(\.string) },
                    rows: Outcome.sorted((expected["rows"].list ?? []).map { ($0.list ?? []).map(\.string) })
                )
            )
        }
    }
}

extension RecordedCase.Outcome {
    static func sorted(_ rows: [[String?]]) -> [[String?]] {
        rows.sorted { $0.map { $0 ?? "~" }.joined(separator: "|") < $1.map { $0 ?? "~" }.joined(separator: "|") }
    }

    /// What is there now, in the words of the record.
    init(of name: String, in connection: consuming Connection, hiding hidden: Set<String>) throws {
        let found = try connection.texts(
            "SELECT table_type FROM information_schema.tables WHERE table_schema = 'main' AND table_name = \(literal: name)"
        ).first
        let isFunction =
            try found == nil
            && !connection.texts("SELECT function_name FROM duckdb_functions() WHERE function_name = \(literal: name)")
                .isEmpty
        kind = found ?? (isFunction ? "FUNCTION" : nil)
        guard kind != nil else { return }
        let source: SQL = isFunction ? "\(identifier: name)()" : "\(identifier: name)"
        let columns = try connection.describe("SELECT * FROM \(source)")
        self.columns = try connection.rows("SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM \(source))")
            .map {
                [$0[0].text ?? "", $0[1].text ?? ""]
            }
        let texts = columns.map { column -> SQL in
            hidden.contains(column.name)
                ? "CASE WHEN \(identifier: column.name) IS NULL THEN NULL ELSE '*' END"
                : "\(identifier: column.name)::VARCHAR"
        }
        rows = try connection.rows("SELECT \(list: texts) FROM \(source)").map { $0.map(\.text) }
        rows = Self.sorted(rows)
    }
}
