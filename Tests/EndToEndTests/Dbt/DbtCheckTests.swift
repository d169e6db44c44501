import Foundation
import TestSupport
import Testing

/// What can be told of a dbt project without running it.
@Suite struct `dbt projects, looked at` {
    private func project(_ files: [String: String] = [:]) throws -> TemporaryDirectory {
        let folder = try TemporaryDirectory()
        try folder.write("name: shop\nversion: '1.0'\nprofile: shop\n", to: "dbt_project.yml")
        try folder.write("shop: {target: dev, outputs: {dev: {type: duckdb, path: shop.duckdb}}}\n", to: "profiles.yml")
        try folder.write("id,amount\n1,10\n2,20\n", to: "seeds/raw.csv")
        try folder.write("select id, amount as paid from {{ ref('raw') }}\n", to: "models/orders.sql")
        try folder.write("select sum(paid) as total\nfrom {{ ref('orders') }}\n", to: "models/total.sql")
        for (name, text) in files { try folder.write(text, to: name) }
        return folder
    }

    private func pintail(_ words: String..., in folder: TemporaryDirectory) async throws -> RunResult {
        try await run(PintailBinary.path, words, currentDirectory: folder.path)
    }

    @Test func `validate finds a renamed column in its reader, and leaves nothing behind`() async throws {
        let folder = try project(["models/orders.sql": "select id, amount as payed from {{ ref('raw') }}\n"])
        let checked = try await pintail("validate", in: folder)
        #expect(checked.exitCode == 2)
        #expect(
            checked.standardError == """
                error: model 'total' reads column 'paid', which none of its tables has
                  --> models/total.sql:1:12
                   |
                 1 | select sum(paid) as total
                   |            ^^^^ model 'orders' has id, payed

                """
        )
        #expect(try folder.names().sorted() == ["dbt_project.yml", "models", "profiles.yml", "seeds"])
        try folder.write("select id, amount as paid from {{ ref('raw') }}\n", to: "models/orders.sql")
        let again = try await pintail("validate", in: folder)
        #expect(again.exitCode == 0)
        #expect(again.standardOutput == "shop is valid: 2 models, 1 seed\n")
    }

    @Test func `validate tells programs what it finds`() async throws {
        let folder = try project(["models/total.sql": "select sum(payd) as total from {{ ref('orders') }}"])
        let checked = try await pintail("validate", "--json", in: folder)
        #expect(checked.exitCode == 2)
        let facts = try json(checked.standardOutput) as? [String: Any]
        #expect(facts?["valid"] as? Bool == false)
        let problems = try #require(facts?["problems"] as? [[String: Any]])
        #expect(problems.map { $0["line"] as? Int } == [1])
        #expect(problems.map { $0["column"] as? Int } == [12])
        #expect(problems.map { $0["hint"] as? String } == ["did you mean 'paid'?"])
    }

    @Test func `lineage follows a column both ways`() async throws {
        let folder = try project()
        let told = try await pintail("lineage", "orders.paid", in: folder)
        #expect(told.exitCode == 0, "\(told.standardError)")
        #expect(
            told.standardOutput == """
                orders.paid  INTEGER
                made of:
                  raw.amount  (passed through)
                read by:
                  total.total  (derived)

                """
        )
        let table = try await pintail("lineage", "orders", in: folder)
        #expect(table.standardOutput == "id    raw.id\npaid  raw.amount  read by total.total\n")
        let wrong = try await pintail("lineage", "orders.payd", in: folder)
        #expect(wrong.exitCode == 2)
        #expect(wrong.standardError.contains("did you mean 'paid'?"))
    }

    @Test func `what did not change is not built again, and plan tells why`() async throws {
        let folder = try project()
        #expect(try await pintail("build", in: folder).exitCode == 0)
        let same = try await pintail("build", "--changed", in: folder)
        #expect(same.standardError.contains("3 nodes unchanged, and nothing was done"), "\(same.standardError)")
        try folder.write("select max(paid) as total\nfrom {{ ref('orders') }}\n", to: "models/total.sql")
        let plan = try await pintail("plan", in: folder)
        #expect(
            plan.standardOutput == """
                same   seed       raw     would come out as it is
                same   model      orders  would come out as it is
                build  model      total   its SQL changed

                """
        )
        #expect(plan.standardError == "'pintail build' does all 3 nodes; with --changed it does 1 of them\n")
        let why = try await pintail("plan", "--why", "total", in: folder)
        #expect(why.standardOutput == "model total would be built, with --changed too\n  its SQL changed\n")
        let built = try await pintail("build", "--changed", in: folder)
        #expect(built.exitCode == 0)
        #expect(built.standardError.contains("2 nodes unchanged"))
        let shown = try await pintail("show", "-s", "total", "--output", "json", in: folder)
        #expect(shown.standardOutput.contains("20"))
    }
}
