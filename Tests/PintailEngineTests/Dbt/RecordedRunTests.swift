import DuckDB
import Foundation
import Jinja
import PintailProject
import TestSupport
import Testing

@testable import PintailEngine

/// Whole projects, run step by step with changes between, against how dbt-core ended the same steps.
///
/// `Tests/Golden/Dbt/Runs/record.py` writes down what is expected.
@Suite struct RecordedRunTests {
    static let folder = Checkout.path + "/Tests/Golden/Dbt/Runs"
    static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
        .filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()

    @Test(arguments: names) func `a project ends every step as dbt ends it`(name: String) async throws {
        let text = try String(contentsOfFile: "\(Self.folder)/\(name).json", encoding: .utf8)
        let recorded = ConfigValue(try JSONReader.value(of: text))
        let project = try TemporaryDirectory()
        let settings = recorded["settings"].string ?? ""
        try project.write("name: p\nversion: '1.0'\nconfig-version: 2\nprofile: p\n" + settings, to: "dbt_project.yml")
        var profiles = JSONWriter()
        profiles.value(recorded["profiles"])
        try project.write(String(decoding: profiles.bytes, as: UTF8.self), to: "profiles.yml")
        try write(recorded["files"], to: project)
        let hidden = Set(recorded["hidden"].items.compactMap(\.string))
        for (number, step) in recorded["steps"].items.enumerated() {
            try write(step["files"], to: project)
            if let sql = step["sql"].string { try Self.execute(sql, in: project) }
            let arguments = step["arguments"].items.compactMap(\.string)
            let ended = try await run(
                PintailBinary.path,
                arguments + ["--profiles-dir", "."],
                environment: ["TZ": "UTC"],
                currentDirectory: project.path
            )
            let place: Comment = "step \(number): \(arguments.joined(separator: " "))\n\(ended.standardError)"
            #expect(ended.exitCode == Int32(step["expected"]["exitCode"].integer ?? -1), place)
            #expect(try Self.results(in: project) == step["expected"]["results"], place)
            #expect(try Self.tables(in: project, hiding: hidden) == step["expected"]["tables"], place)
        }
    }

    @Test func `the recorded projects are there`() { #expect(Self.names.count >= 10) }

    private func write(_ files: ConfigValue, to project: TemporaryDirectory) throws {
        for (name, text) in files.object ?? [:] { try project.write(text.string ?? "", to: name) }
    }

    private static func execute(_ sql: String, in project: TemporaryDirectory) throws {
        _ = try Database(path: project.path + "/p.duckdb").connect().execute(SQL(verbatim: sql))
    }

    /// `success 0`, `fail 3`, … by unique id.
    private static func results(in project: TemporaryDirectory) throws -> ConfigValue {
        let text = ConfigValue(try JSONReader.value(of: project.read("target/run_results.json")))
        var results: ConfigObject = [:]
        for result in text["results"].items {
            let status = result["status"].string ?? ""
            results[result["unique_id"].string ?? ""] = .string("\(status) \(result["failures"].integer ?? 0)")
        }
        return .object(results)
    }

    private static func tables(in project: TemporaryDirectory, hiding hidden: Set<String>) throws -> ConfigValue {
        let connection = try Database(path: project.path + "/p.duckdb").connect()
        var found: ConfigObject = [:]
        let names = try connection.rows(
            """
            SELECT schema_name, table_name, 'table' FROM duckdb_tables() WHERE database_name = 'p' UNION ALL
            SELECT schema_name, view_name, 'view' FROM duckdb_views() WHERE database_name = 'p' AND NOT internal
            """
        )
        for row in names {
            let (schema, name, kind) = (row[0].text ?? "", row[1].text ?? "", row[2].text ?? "")
            let relation: SQL = "\(identifier: schema).\(identifier: name)"
            var table: ConfigObject = ["kind": .string(kind)]
            if let columns = try? connection.rows(
                "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM \(relation))"
            ) {
                table["columns"] = .list(columns.map { .list($0.map { .string($0.text ?? "") }) })
                let shown = columns.map { column -> SQL in
                    let name = column[0].text ?? ""
                    return hidden.contains(name)
                        ? "CASE WHEN \(identifier: name) IS NULL THEN NULL ELSE '*' END"
                        : "\(identifier: name)::VARCHAR"
                }
                let rows = try connection.rows("SELECT \(list: shown) FROM \(relation)").map { $0.map(\.text) }
                let sorted = rows.sorted { one, other in
                    one.map { $0 ?? "None" }.lexicographicallyPrecedes(other.map { $0 ?? "None" })
                }
                table["rows"] = .list(sorted.map { .list($0.map { $0.map { .string($0) } ?? .null }) })
            }
            found["\(schema).\(name)"] = .object(table)
        }
        return .object(found)
    }
}
