import PintailProject
import TestSupport
import Testing

@testable import PintailEngine

/// Built-in tests of one model, answered by one query as each would answer by itself.
@Suite struct SharedScanTests {
    private static let files = [
        "models/parent.sql": "select unnest([1, 2, null]) as id",
        "models/child.sql": """
        select * from (values (1, 'a', 1), (1, 'b', 2), (2, null, 3), (null, 'c', 3), (7, 'x''y', 3)) t(id, word, n)
        """,
        "models/schema.yml": """
        models:
          - name: child
            columns:
              - name: id
                tests:
                  - not_null
                  - unique
                  - not_null: {name: few_nulls, config: {error_if: '> 1', warn_if: '> 0'}}
                  - relationships: {to: ref('parent'), field: id}
                  - accepted_values: {values: [1, 2], quote: false, config: {severity: warn}}
                  - unique: {name: one_unique, config: {where: 'n > 1'}}
                  - not_null: {name: filtered, config: {where: 'n > 1'}}
                  - not_null: {name: limited, config: {limit: 1}}
              - name: word
                tests: [unique, {accepted_values: {values: [a, b, c, d]}}, {not_null: {name: ok, config: {where: "n < 3"}}}]
              - name: coalesce(word, 'none')
                tests: [{not_null: {name: expression}}]
        """,
    ]

    private func verdicts(_ results: [String: DbtResult]) -> [String] {
        results.filter { $0.value.uniqueID.hasPrefix("test.") }.map { name, result in
            "\(name) \(result.status.rawValue) \(result.failures ?? -1) \(result.message ?? "")"
        }.sorted()
    }

    @Test func `verdicts are those of one query each`() async throws {
        let together = try DbtFixture(Self.files)
        // A test of the project's own in place of what all share: then each runs by itself.
        let apart = try DbtFixture(
            Self.files.merging([
                "macros/own.sql":
                    "{% macro get_where_subquery(relation) %}{{ return(dbt.get_where_subquery(relation)) }}{% endmacro %}"
            ]) { first, _ in first }
        )
        let (one, other) = (try await together.run(.build), try await apart.run(.build))
        #expect(verdicts(one) == verdicts(other))
        #expect(verdicts(one).count == 12)
        #expect(
            ScanPlan(try apart.load(), nil, BuildOptions(.build, targetPath: "", command: "", environment: [:]), .none)
                .groups.isEmpty
        )
    }

    @Test func `one query answers for all that read the same rows`() async throws {
        let shop = try DbtFixture(Self.files)
        let project = try shop.load()
        let options = BuildOptions(.build, targetPath: "", command: "", environment: [:])
        let graph = BuildGraph(
            project.manifest,
            running: Set(project.manifest.nodes.all.map(\.uniqueID)),
            waitsForTests: true
        )
        let groups = ScanPlan(project, graph, options, .none).groups.map { group in
            group.compactMap { project.manifest.nodes[$0]?.test?.name }.sorted()
        }
        #expect(
            groups.sorted { $0.count > $1.count } == [
                ["accepted_values", "accepted_values", "not_null", "not_null", "not_null", "unique", "unique"],
                ["not_null", "unique"],
            ]
        )
    }

    @Test func `a test that cannot be answered says so itself, and the others are answered`() async throws {
        var files = Self.files
        files["models/schema.yml"] = """
            models:
              - name: child
                columns: [{name: n, tests: [not_null]}, {name: missing, tests: [not_null]}]
            """
        let results = try await DbtFixture(files).run(.build)
        #expect(results["not_null_child_n"]?.status == .pass)
        #expect(results["not_null_child_missing"]?.status == .error)
    }
}
