import DuckDB
import FoundationEssentials
import Jinja
import PintailProject
import TestSupport
import Testing

@testable import PintailEngine

/// Pintail's macros give the SQL that dbt's give, blanks aside: what dbt-core rendered is in `Golden/macros.json`.
@Suite struct MacroTests {
    @Test func `every macro gives dbt's SQL`() throws {
        let text = try String(contentsOfFile: folder + "/Golden/macros.json", encoding: .utf8)
        let cases = ConfigValue(try JSONReader.value(of: text)).items
        #expect(cases.count > 80)
        let temporary = try TemporaryDirectory()
        let database = try Database(path: temporary.path + "/p1.duckdb")
        for recorded in cases {
            let node = HandMadeNode(
                try Warehouse(database, relations: RelationCache()),
                database: "p1",
                folder: "."
            )
            let call = recorded["call"].string ?? ""
            do {
                let found = try node.render("{%- set c = \(call) -%}{{ context[c[0]](*c[1]) }}")
                #expect(Self.folded(found) == recorded["expected"].string, "\(call)")
            } catch let error as TemplateError {
                Issue.record("\(call): \(error.message)\n\(error.excerpt())")
            }
        }
    }

    @Test func `every file of the library can be read`() throws {
        #expect(!BuiltInMacros.files.isEmpty)
        for file in BuiltInMacros.files {
            #expect(throws: Never.self, "\(file.path)") {
                _ = try Template(file.text, name: file.path, in: DbtEnvironment.sql)
            }
        }
    }

    private var folder: String {
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    }

    static func folded(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
