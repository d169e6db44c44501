import PintailProject
import Testing

@testable import PintailEngine

/// What waits for what.
@Suite struct BuildGraphTests {
    private func graph(_ files: [String: String], without: Set<String> = [], waitsForTests: Bool = true) throws
        -> BuildGraph
    {
        let manifest = try DbtFixture(files).load().manifest
        let ids = manifest.nodes.all.map(\.uniqueID) + manifest.unitTests.all.map(\.uniqueID)
        return BuildGraph(manifest, running: Set(ids).subtracting(without), waitsForTests: waitsForTests)
    }

    private static let chain = [
        "models/a.sql": "select 1 as id", "models/b.sql": "select * from {{ ref('a') }}",
        "models/c.sql": "select * from {{ ref('b') }}",
        "models/schema.yml": """
        models:
          - name: a
            columns: [{name: id, tests: [not_null]}]
          - name: b
            columns: [{name: id, tests: [{relationships: {to: ref('a'), field: id}}]}]
        """,
    ]

    private func title(_ id: String) -> String {
        let parts = id.split(separator: ".")
        return parts[0] == "test" ? "test_" + parts[2].prefix { $0 != "_" } : String(parts[2])
    }

    private func after(_ name: String, _ graph: BuildGraph) -> [String] {
        graph.after.first { title($0.key) == name }?.value.map(title).sorted() ?? []
    }

    @Test func `a model waits for the tests of what it reads`() throws {
        let graph = try graph(Self.chain)
        #expect(after("b", graph) == ["a", "test_not"])
        #expect(after("c", graph) == ["b", "test_relationships"])
        #expect(after("test_relationships", graph) == ["a", "b"])
    }

    @Test func `without build only what is read is waited for`() throws {
        let graph = try graph(Self.chain, waitsForTests: false)
        #expect(after("b", graph) == ["a"])
        #expect(after("c", graph) == ["b"])
    }

    @Test func `the order holds through nodes that do not run`() throws {
        let graph = try graph(Self.chain, without: ["model.shop.b"])
        #expect(after("c", graph) == ["a", "test_not", "test_relationships"])
        #expect(!graph.order.contains("model.shop.b"))
    }

    @Test func `a unit test comes before its model and after what the model reads`() throws {
        var files = Self.chain
        files["models/unit.yml"] = """
            unit_tests:
              - name: doubles
                model: b
                given: [{input: ref('a'), rows: [{id: 1}]}]
                expect: {rows: [{id: 1}]}
            """
        let graph = try graph(files)
        #expect(graph.after["model.shop.b"]?.contains("unit_test.shop.b.doubles") == true)
        #expect(graph.after["unit_test.shop.b.doubles"]?.contains("model.shop.a") == true)
        // Tests of what the model reads are as good as those of the model itself.
        #expect(graph.after["unit_test.shop.b.doubles"]?.map(title).sorted() == ["a", "test_not"])
    }

    private static let unitTests = Self.chain.merging([
        "models/unit.yml": """
        unit_tests:
          - {name: one, model: b, given: [{input: ref('a'), rows: [{id: 1}]}], expect: {rows: [{id: 1}]}}
          - {name: two, model: b, given: [{input: ref('a'), rows: [{id: 1}]}], expect: {rows: [{id: 1}]}}
          - {name: of_c, model: c, given: [{input: ref('b'), rows: [{id: 1}]}], expect: {rows: [{id: 1}]}}
        """
    ]) { $1 }

    @Test func `unit tests of one model are done one after the other in a build`() throws {
        let graph = try graph(Self.unitTests)
        #expect(graph.after["unit_test.shop.b.two"]?.contains("unit_test.shop.b.one") == true)
        #expect(graph.after["unit_test.shop.c.of_c"]?.contains("model.shop.b") == true)
        #expect(graph.after["model.shop.b"]?.contains("unit_test.shop.b.two") == true)
    }

    @Test func `without build no test waits for another`() throws {
        let models: Set = ["model.shop.a", "model.shop.b", "model.shop.c"]
        let graph = try graph(Self.unitTests, without: models, waitsForTests: false)
        #expect(graph.order.count == 5)
        #expect(graph.after.values.allSatisfy { $0.isEmpty })
    }
}
