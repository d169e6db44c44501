import Foundation
import Testing

@testable import PintailWeb

@Suite struct DocsSiteTests {
    private static let manifest = """
        {"metadata": {"project_name": "shop", "generated_at": "2026-01-02T03:04:05.678Z"},
         "nodes": {
          "model.shop.orders": {"unique_id": "model.shop.orders", "name": "orders", "resource_type": "model", "package_name": "shop",
            "original_file_path": "models/orders.sql", "description": "All **orders**.\\nOne a line.\\n\\n- `id`\\n- [why](https://example.com)",
            "relation_name": "\\"db\\".\\"main\\".\\"orders\\"", "tags": ["daily"], "raw_code": "select 'a' from {{ source('raw', 'o') }} -- <b>",
            "compiled_code": "select 'a' from o", "config": {"materialized": "table"}, "version": 2,
            "columns": {"ID": {"name": "ID", "description": "<i>key</i>", "data_type": null}, "gone": {"name": "gone", "description": "", "data_type": "int"}},
            "depends_on": {"nodes": ["source.shop.raw.o"]}},
          "model.shop.daily": {"unique_id": "model.shop.daily", "name": "daily", "resource_type": "model", "package_name": "shop",
            "raw_code": "", "depends_on": {"nodes": ["model.shop.orders"]}, "config": {"materialized": "view"}},
          "test.shop.not_null": {"unique_id": "test.shop.not_null", "name": "not_null_orders_id", "resource_type": "test", "package_name": "shop",
            "column_name": "id", "attached_node": "model.shop.orders", "compiled_code": "select 1", "test_metadata": {"name": "not_null"}},
          "test.shop.own": {"unique_id": "test.shop.own", "name": "own_claim", "resource_type": "test", "package_name": "shop",
            "depends_on": {"nodes": ["model.shop.daily"]}}},
         "sources": {"source.shop.raw.o": {"unique_id": "source.shop.raw.o", "name": "o", "source_name": "raw", "resource_type": "source", "package_name": "shop"}},
         "exposures": {}, "metrics": {}, "unit_tests": {}}
        """
    private static let catalog = """
        {"nodes": {"model.shop.orders": {"columns": {"id": {"name": "id", "type": "INTEGER", "index": 1}, "at": {"name": "at", "type": "DATE", "index": 2}}}}, "sources": {}}
        """

    private static func results(_ which: String, _ status: String) -> Data {
        Data(
            """
            {"metadata": {"generated_at": "2026-01-01T00:00:00Z"}, "args": {"which": "\(which)"},
             "results": [{"unique_id": "test.shop.not_null", "status": "\(status)"}]}
            """.utf8
        )
    }

    private func site(_ results: [Data] = []) throws -> DocsSite {
        try DocsSite(manifest: Data(Self.manifest.utf8), catalog: Data(Self.catalog.utf8), results: results)
    }

    private func page(_ path: String, _ query: String = "", results: [Data] = []) throws -> (Int, String) {
        let answer = try site(results).answer(HTTPRequest(path: path, query: ["q": query]))
        return (answer.status, String(decoding: answer.body, as: UTF8.self))
    }

    @Test func `columns have the database's order and types with the project's words`() throws {
        let orders = try #require(try site()["model.shop.orders"])
        #expect(orders.columns.map(\.name) == ["id", "at", "gone"])
        #expect(orders.columns.map(\.type) == ["INTEGER", "DATE", "int"])
        #expect(orders.columns[0].tests == ["not_null"])
        #expect(orders.name == "orders.v2")
    }

    @Test func `a page shows what there is to know, escaped`() throws {
        let (status, text) = try page("/node/model.shop.orders")
        #expect(status == 200)
        #expect(text.contains("<p>All <strong>orders</strong>. One a line.</p><ul><li><code>id</code></li>"))
        #expect(text.contains("<a href=\"https://example.com\" rel=\"noreferrer\">why</a>"))
        #expect(text.contains("&lt;i&gt;key&lt;/i&gt;") && !text.contains("<i>key"))
        #expect(text.contains("<span class=\"c\">-- &lt;b&gt;</span>"))
        #expect(text.contains("<span class=\"j\">{{ source(&#39;raw&#39;, &#39;o&#39;) }}</span>"))
        #expect(text.contains("href=\"/node/source.shop.raw.o\""))
        #expect(text.contains("aria-current=\"page\""))
    }

    @Test func `verdicts are those of the last run that judged, and compiling judges nothing`() throws {
        #expect(
            !(try page("/node/model.shop.orders", results: [Self.results("compile", "success")]).1.contains(
                "class=\"status"
            ))
        )
        let text = try page(
            "/node/model.shop.orders",
            results: [Self.results("generate", "success"), Self.results("build", "fail")]
        ).1
        #expect(text.contains("<span class=\"status fail\">fail</span>"))
        #expect(try page("/", results: [Self.results("build", "fail")]).1.contains("1 of 1 failed"))
    }

    @Test func `the overview counts, and the lineage has everything`() throws {
        let text = try page("/").1
        #expect(text.contains("<strong>2</strong> models") && text.contains("<strong>2</strong> tests"))
        #expect(text.contains("Generated 2026-01-02 03:04 UTC."))
        let graph = try page("/graph").1
        #expect(["raw.o", "orders.v2", "daily"].allSatisfy { graph.contains(">\($0)</text>") })
    }

    @Test(arguments: [
        ("ORD", ["orders.v2"]), ("at", ["orders.v2"]), ("one line", ["orders.v2"]), ("d", ["daily", "orders.v2"]),
        ("nothing at all", []), ("", []),
    ])
    func `search finds names first, then columns, then words`(text: String, names: [String]) throws {
        #expect(try site().search(text).map(\.name) == names)
    }

    @Test func `search answers without scripts too, and repeats nothing unescaped`() throws {
        #expect(try page("/search", "orders").1.contains("1 result for <strong>orders</strong>"))
        let hostile = "\"><script>"
        #expect(!(try page("/search", hostile).1.contains(hostile)))
        let index = try site().answer(HTTPRequest(path: "/search.json"))
        let entries = try JSONSerialization.jsonObject(with: Data(index.body)) as? [[String]]
        #expect(entries?.count == 3)
    }

    @Test func `what is not there is told with 404, and files are served as what they are`() throws {
        #expect(try page("/node/model.shop.<x>").0 == 404)
        #expect(try page("/node/model.shop.<x>").1.contains("model.shop.&lt;x&gt;"))
        #expect(try site().answer(HTTPRequest(path: "/style.css")).type.hasPrefix("text/css"))
        #expect(try site().answer(HTTPRequest(path: "/docs.js")).body.count > 1000)
    }

    @Test func `a name with any signs in it has a page`() throws {
        let site = DocsSite(
            project: "p",
            generatedAt: "",
            entries: [DocsEntry(id: "model.p.a b/ü%?#\"", kind: "model", name: "a b/ü", package: "p", path: "")]
        )
        #expect(DocsSite.link("model.p.a b/ü%?#\"") == "/node/model.p.a%20b%2F%C3%BC%25%3F%23%22")
        #expect(site.answer(HTTPRequest(path: "/node/model.p.a b/ü%?#\"")).status == 200)
    }

    @Test func `of a long lineage the nearest are shown, on both sides`() {
        let entries = (0..<100).map { number in
            var entry = DocsEntry(id: "m\(number)", kind: "model", name: "m\(number)", package: "p", path: "")
            entry.parents = number == 0 ? [] : ["m\(number - 1)"]
            return entry
        }
        let (ids, isWhole) = DocsSite(project: "p", generatedAt: "", entries: entries).relatives(of: "m50", most: 7)
        #expect(Set(ids) == Set((47...53).map { "m\($0)" }))
        #expect(!isWhole)
    }

    @Test func `artifacts of an empty project, and a broken catalog, make pages all the same`() throws {
        let manifest = Data(#"{"nodes": {}, "sources": {}}"#.utf8)
        let site = try DocsSite(manifest: manifest, catalog: Data("{".utf8))
        for path in ["/", "/graph", "/search", "/search.json"] {
            #expect(site.answer(HTTPRequest(path: path)).status == 200)
        }
        #expect(throws: DecodingError.self) { try DocsSite(manifest: Data("[]".utf8), catalog: nil) }
    }
}
