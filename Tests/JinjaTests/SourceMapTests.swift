import Testing

@testable import Jinja

/// Where in a template its output came from.
struct SourceMapTests {
    private struct Names: Globals {
        func value(named name: String) -> Value? {
            switch name {
            case "name": "amount"
            case "none": ""
            default: nil
            }
        }
    }

    /// A template, what its output holds, and where that came from as `line:column length`.
    private static let cases: [(template: String, found: String, place: String)] = [
        ("select id from t", "from", "1:11 4"),
        ("a\n  b {{ name }} c", "c", "2:16 1"),
        ("a\n  b {{ name }} c", "amount", "2:8 4"),
        ("{{ none }}x", "x", "1:11 1"),
        ("{% for n in [1, 2] %}<{{ n }}>{% endfor %}", "<2", "1:22 1"),
        ("{% if true %}\nyes{% endif %}", "yes", "2:1 3"),
        ("{% set x %}inner{% endset %}{{ x }}", "inner", "1:32 1"),
        ("{% macro m() %}made{% endmacro %}{{ m() }}!", "made", "1:37 3"),
        ("{# note #}\n{{- name -}}\n end", "end", "3:2 3"),
    ]

    @Test(arguments: cases)
    func `output is found in its template`(_ template: String, _ found: String, _ place: String) throws {
        let (text, map) = try Template(template, in: Environment()).renderTraced(in: Names())
        let position = text.firstRange(of: found)
        let range = try #require(position, "\(text)")
        let offset = text.utf8.distance(from: text.startIndex, to: range.lowerBound)
        let source = try #require(map.place(ofOutput: offset, length: found.utf8.count))
        #expect("\(source.line):\(source.column) \(source.length)" == place)
    }

    @Test func `what an expression printed is told from the template's own text`() throws {
        let (_, map) = try Template("ab{{ name }}", in: Environment()).renderTraced(in: Names())
        #expect(!map.isPrinted(at: 1))
        #expect(map.isPrinted(at: 3))
    }
}
