import Foundation
import TestSupport
import Testing

/// `pintail report` as its user meets it.
@Suite struct `Reports` {
    private func project(_ report: String) async throws -> TestProject {
        let project = try TestProject("- transform: t\n  sql: SELECT i AS day, i * 2 AS amount FROM range(3) r(i)")
        try project.write(report, to: "reports/sales.yml")
        #expect(try await project.pintail("run").exitCode == 0)
        return project
    }

    @Test func `a page is written whole, and facts are told as JSON`() async throws {
        let project = try await project("title: Sales\ncharts:\n  - {title: By day, query: t, kind: bar}\n")
        let result = try await project.pintail("report", "--json", "--output", "public")
        #expect(result.exitCode == 0, "\(result.standardError)")
        let facts = try json(result.standardOutput) as? [[String: Any]]
        let charts = facts?.first?["charts"] as? [[String: Any]]
        #expect(charts?.first?["marks"] as? Int == 3)
        #expect(try project.read("public/sales.html").contains("<h1>Sales</h1>"))
    }

    @Test func `mistakes are told all at once, with their places`() async throws {
        let project = try await project(
            """
            title: Sales
            charts:
              - title: By day
                query: SELECT day, amuont FROM t
              - title: Colours
                query: t
                y: amounts
              - title: Shape
                query: t
                kind: pie
            """
        )
        let shape = try await project.pintail("report")
        #expect(shape.exitCode == 2)
        #expect(shape.standardError.contains("--> reports/sales.yml:10:11"), "\(shape.standardError)")
        try project.write(try project.read("reports/sales.yml").replacing("pie", with: "bar"), to: "reports/sales.yml")
        let queries = try await project.pintail("report")
        #expect(queries.exitCode == 2)
        #expect(queries.standardError.contains("--> reports/sales.yml:4:24"), "\(queries.standardError)")
        #expect(queries.standardError.contains("did you mean 'amount'?"), "\(queries.standardError)")
        #expect(queries.standardError.contains("--> reports/sales.yml:7:8"), "\(queries.standardError)")
        #expect(!project.exists("out"))
    }

    @Test func `a report that is not there, no reports, and no database are told with a way out`() async throws {
        let project = try TestProject("- transform: t\n  sql: SELECT 1 AS a, 2 AS b")
        let early = try await project.pintail("report")
        #expect(early.exitCode != 0)
        #expect(early.standardError.contains("the first run makes it"), "\(early.standardError)")
        #expect(try await project.pintail("run").exitCode == 0)
        #expect(try await project.pintail("report").standardError.contains("there are no reports"))
        try project.write("title: A\ncharts: [{title: B, query: t}]\n", to: "reports/sales.yml")
        let named = try await project.pintail("report", "sale")
        #expect(named.exitCode == 2)
        #expect(named.standardError.contains("did you mean 'sales'?"), "\(named.standardError)")
    }

    @Test func `a dbt project without pintail.yml has reports too`() async throws {
        let folder = try TemporaryDirectory()
        try folder.write("name: shop\nversion: '1.0'\nprofile: shop\n", to: "dbt_project.yml")
        try folder.write("shop: {target: dev, outputs: {dev: {type: duckdb, path: shop.duckdb}}}\n", to: "profiles.yml")
        try folder.write("select 1 as a, 2 as b", to: "models/orders.sql")
        try folder.write("title: A\ncharts: [{title: B, query: orders, kind: scatter}]\n", to: "reports/sales.yml")
        #expect(try await run(PintailBinary.path, ["build"], currentDirectory: folder.path).exitCode == 0)
        let result = try await run(PintailBinary.path, ["report"], currentDirectory: folder.path)
        #expect(result.exitCode == 0, "\(result.standardError)")
        #expect(try folder.read("out/reports/sales.html").contains("<circle class=\"dot\""))
    }
}
