import DuckDB
import FoundationEssentials
import Jinja
import PintailProject
import TestSupport
import Testing

@testable import PintailEngine

/// What templates call gives what it gives under dbt: `Golden/context.json` holds what dbt-core printed.
@Suite struct ContextTests {
    @Test func `names and functions answer as dbt's do`() throws {
        let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        let text = try String(contentsOfFile: folder + "/Golden/context.json", encoding: .utf8)
        let cases = ConfigValue(try JSONReader.value(of: text)).items
        #expect(cases.count > 70)
        let temporary = try TemporaryDirectory()
        let database = try Database(path: temporary.path + "/p.duckdb")
        for recorded in cases {
            let node = HandMadeNode(try Warehouse(database, relations: RelationCache()), database: "p", folder: ".")
            node.name = "probe"
            node.flags = ["WHICH": "run-operation"]
            let expression = recorded["expression"].string ?? ""
            do {
                let found = try node.render("{{ \"\" ~ (\(expression)) }}")
                #expect(Self.trimmed(found) == Self.trimmed(recorded["expected"].string ?? ""), "\(expression)")
            } catch let error as TemplateError {
                Issue.record("\(expression): \(error.message)")
            }
        }
    }

    private static func trimmed(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n")
            .split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
