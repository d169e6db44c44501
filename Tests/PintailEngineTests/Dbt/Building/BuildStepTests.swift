import DuckDB
import PintailProject
import TestSupport
import Testing

@testable import PintailEngine

/// `build:` steps: models of a dbt project as nodes of a pipeline.
@Suite struct BuildStepTests {
    private func project(_ steps: String, _ files: [String: String] = [:]) throws -> TemporaryDirectory {
        let folder = try TemporaryDirectory()
        let all = [
            "pintail.yml": "project: news\ndatabase: news.duckdb\n",
            "pipelines/news.yml": "pipeline: news\nsteps:\n" + steps,
            "dbt_project.yml": "name: news\nversion: '1.0'\nprofile: news\nmodels: {news: {+materialized: table}}\n",
            "data/articles.csv": "id,day\n1,2024-01-01\n2,2024-01-01\n3,2024-01-02\n",
            "models/schema.yml": """
            sources: [{name: raw, schema: main, tables: [{name: raw_articles}]}]
            models:
              - name: counts
                columns: [{name: n, tests: [not_null, {accepted_values: {values: [1, 2], quote: false}}]}]
            """,
            "models/articles.sql": "{{ config(materialized='ephemeral') }} from {{ source('raw', 'raw_articles') }}",
            "models/counts.sql": "select day, count(*) as n from {{ ref('articles') }} group by day",
            "models/other.sql": "select 1 as id",
        ]
        for (name, text) in all.merging(files, uniquingKeysWith: { $1 }) { try folder.write(text, to: name) }
        return folder
    }

    private static let steps = """
          - extract: raw_articles
            from: data/articles.csv
          - build: +counts
          - transform: busiest
            sql: SELECT * FROM counts ORDER BY n DESC LIMIT 1

        """

    private func load(_ folder: TemporaryDirectory) throws -> Project {
        try ProjectLoader(environment: [:]).load(from: folder.path).project
    }

    @Test func `models stand in the plan between what feeds them and what reads them`() throws {
        let folder = try project(Self.steps)
        let plan = try PlanBuilder(load(folder)).plan()
        let after = Dictionary(plan.nodes.map { ($0.id.name, $0.after.map(\.name)) }) { first, _ in first }
        let tests = ["accepted_values_counts_n__False__1__2", "not_null_counts_n"]
        #expect(after["counts"] == ["raw_articles"])
        #expect(after["busiest"]?.sorted() == [tests[0], "counts", tests[1]])
        #expect(after["other"] == nil)
        #expect(plan.nodes.map(\.kind.rawValue).sorted() == ["extract", "model", "test", "test", "transform"])
    }

    @Test func `models are built of what steps extract, and steps read what they make`() async throws {
        let folder = try project(Self.steps)
        let summary = try await load(folder).run()
        #expect(summary.status == .succeeded, "\(summary.nodes.filter { $0.status != .succeeded })")
        let connection = try Database(path: folder.path + "/news.duckdb").connect()
        #expect(try connection.value("SELECT n FROM busiest") == .integer(2))
        #expect(try folder.read("target/run_results.json").contains(#""unique_id": "model.news.counts""#))
    }

    @Test func `models see the variables of their steps and the environment of .env`() async throws {
        let files = [
            ".env": "REGION=north\n",
            "models/other.sql":
                "select '{{ env_var('REGION') }}' as region, '{{ var('day') }}' as day, {{ var('n', 0) + 1 }} as n",
        ]
        let steps = "  - build: other\n    vars: {day: 2024-01-01, n: 41}\n  - build: counts\n"
        let folder = try project("  - extract: raw_articles\n    from: data/articles.csv\n" + steps, files)
        let summary = try await load(folder).run()
        #expect(summary.status == .succeeded, "\(summary.nodes.filter { $0.status != .succeeded })")
        let connection = try Database(path: folder.path + "/news.duckdb").connect()
        let rows = try connection.rows("SELECT * FROM other").map { $0.map(\.description) }
        #expect(rows == [["north", "2024-01-01", "42"]])
    }

    @Test func `a variable cannot have two values`() throws {
        let folder = try project("  - build: other\n    vars: {day: 1}\n  - build: counts\n    vars: {day: 2}\n")
        let error = #expect(throws: Diagnostics.self) { _ = try PlanBuilder(load(folder)).plan() }
        #expect(error?.all.map(\.message) == ["the variable 'day' is 2 here, and 1 in another build step"])
        #expect(error?.all.first?.location?.line == 6)
    }

    @Test func `a model that fails its tests is not published, nor is anything made of it`() async throws {
        let folder = try project(Self.steps)
        _ = try await load(folder).run()
        try folder.write("id,day\n1,2024-01-03\n2,2024-01-03\n3,2024-01-03\n", to: "data/articles.csv")
        let summary = try await load(folder).run()
        #expect(summary.status == .failed)
        #expect(summary["busiest"]?.status == .skipped(.upstreamFailed("accepted_values_counts_n__False__1__2")))
        let connection = try Database(path: folder.path + "/news.duckdb").connect()
        #expect(try connection.texts("SELECT n::VARCHAR FROM counts ORDER BY n") == ["1", "2"])
    }

    @Test func `what is wrong with models is told before anything runs`() async throws {
        func problems(_ steps: String, _ files: [String: String] = [:]) throws -> [String] {
            let folder = try project(steps, files)
            do {
                _ = try PlanBuilder(load(folder)).plan()
                return []
            } catch let error as Diagnostics {
                return error.all.map { "\($0.location?.line ?? 0): \($0.message)" }
            }
        }
        let twice = Self.steps + "  - transform: counts\n    sql: SELECT 1\n"
        #expect(
            try problems(twice) == ["5: the model 'counts' makes a table that the step 'counts' makes already"]
        )
        let elsewhere = [
            "profiles.yml": "news: {target: dev, outputs: {dev: {type: duckdb, path: other.duckdb}}}\n"
        ]
        #expect(try problems(Self.steps, elsewhere).first?.contains("keeps its tables in other.duckdb") == true)
        #expect(try problems("  - build: state:modified\n").first?.contains("state:modified") == true)
    }

    @Test func `the schema, the plan and a retry know the step`() async throws {
        let folder = try project(Self.steps)
        try folder.write("id,day\n1,2024-01-03\n2,2024-01-03\n3,2024-01-03\n", to: "data/articles.csv")
        let project = try load(folder)
        let plan = try PlanBuilder(project).plan()
        let failed = try #require(plan.nodes.first { $0.id == "accepted_values_counts_n__False__1__2" }?.model)
        let again = try #require(plan.models).unpublished([failed])
        #expect(again.count == 3)
        #expect(again.contains("model.news.counts"))
        #expect(ConfigurationSchema.json().contains(##""$ref": "#/$defs/build""##))
    }
}
