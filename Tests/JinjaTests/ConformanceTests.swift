import Foundation
import Jinja
import Testing

/// What Python's Jinja made of many templates, and dbt's of many others.
struct ConformanceTests {
    @Test func `templates become what dbt's Jinja makes of them`() throws {
        var options = Environment.Options()
        options.isSandboxed = true
        options.hasNativeFilters = true
        options.blockTags = [
            BlockTag("test", .parameters), BlockTag("materialization", .options), BlockTag("docs"),
        ]
        let cases = try RecordedCase.all(in: "dbt_flavour.json", options)
        #expect(cases.count == 786)
        #expect(cases.flatMap(\.mismatch).joined(separator: "\n") == "")
    }

    @Test func `templates become what Python's jinja2 makes of them`() throws {
        let cases = try RecordedCase.all(in: "stock.json", Environment.Options())
        #expect(cases.count > 5000)
        #expect(cases.flatMap(\.mismatch).joined(separator: "\n") == "")
    }
}
