import PintailProject
import TestSupport
import Testing

@testable import PintailEngine

/// Models that are judged by their tests before they replace what was there.
@Suite struct AuditTests {
    private static func shop(_ materialized: String, _ rows: String) -> [String: String] {
        [
            "seeds/raw.csv": "id,amount\n\(rows)",
            "models/orders.sql": """
            {{ config(materialized='\(materialized)', audit=true) }} select id, amount from {{ ref('raw') }}
            {% if is_incremental() %} where id not in (select id from {{ this }}) {% endif %}
            """,
            "models/total.sql":
                "{{ config(materialized='table') }} select sum(amount) as total from {{ ref('orders') }}",
            "models/schema.yml": """
            models:
              - name: orders
                columns: [{name: amount, tests: [not_null, {accepted_values: {values: [10, 20], quote: false}}]}]
            """,
        ]
    }

    private func write(_ files: [String: String], to shop: DbtFixture) throws {
        for (name, text) in files { try shop.folder.write(text, to: name) }
    }

    @Test(arguments: ["table", "view", "incremental"])
    func `a failed test leaves yesterday's table, and skips what reads it`(_ materialized: String) async throws {
        let shop = try DbtFixture(Self.shop(materialized, "1,10\n"))
        #expect(try await shop.run(.build)["total"]?.status == .success)
        try write(Self.shop(materialized, "1,10\n2,\n3,30\n"), to: shop)
        let results = try await shop.run(.build)
        #expect(results["total"]?.status == .skipped)
        #expect(results["orders"]?.status == .error)
        #expect(results["orders"]?.message?.contains("main.orders is unchanged") == true)
        #expect(results.values.count { $0.status == .fail } == 2)
        if materialized != "view" { #expect(try shop.rows("select id from orders") == ["1"]) }
        #expect(try shop.rows("select total from total") == ["10"])
        try write(Self.shop(materialized, "1,10\n2,20\n"), to: shop)
        #expect(try await shop.run(.build)["total"]?.status == .success)
        #expect(try shop.rows("select id from orders order by id") == ["1", "2"])
        #expect(try shop.rows("select total from total") == ["30"])
    }

    @Test func `what failed is there to be looked at until the next build`() async throws {
        let shop = try DbtFixture(Self.shop("table", "1,10\n2,\n"))
        let failed = try await shop.run(.build)
        #expect(try shop.rows("select count(*) from duckdb_tables() where table_name = 'orders'") == ["0"])
        #expect(try shop.rows("select id from orders__pintail_new where amount is null") == ["2"])
        let test = try #require(failed.values.first { $0.status == .fail })
        #expect(test.compiled?.contains("orders__pintail_new") == true)
        try await shop.run(.seed)
        #expect(try shop.rows("select count(*) from duckdb_tables() where table_name like '%pintail%'") == ["0"])
    }

    @Test func `a warning publishes, and artifacts name the relation by its own name`() async throws {
        var files = Self.shop("table", "1,10\n2,30\n")
        files["models/schema.yml"] = """
            models:
              - name: orders
                columns:
                  - name: amount
                    tests: [not_null, {accepted_values: {values: [10], quote: false, config: {severity: warn}}}]
            """
        let results = try await DbtFixture(files).run(.build)
        #expect(results["total"]?.status == .success)
        #expect(!results.values.contains { $0.compiled?.contains("__pintail_new") ?? false })
    }

    @Test func `a test that needs more than the model and what it is made of comes after it`() async throws {
        let shop = try DbtFixture([
            "models/a.sql": "select 1 as id", "models/b.sql": "select * from {{ ref('a') }}",
            "models/c.sql": "select 2 as id",
            "models/schema.yml": """
            models:
              - {name: a, columns: [{name: id, tests: [unique]}]}
              - {name: b, columns: [{name: id, tests: [{relationships: {to: ref('a'), field: id}}]}]}
              - {name: c, columns: [{name: id, tests: [{relationships: {to: ref('a'), field: id}}]}]}
            """,
        ])
        let manifest = try shop.load().manifest
        let plan = AuditPlan(manifest, running: Set(manifest.nodes.all.map(\.uniqueID))) { _ in true }
        let judged = plan.tests.mapValues { $0.compactMap { manifest.nodes[$0]?.test?.name } }
        #expect(judged == ["model.shop.a": ["unique"], "model.shop.b": ["relationships"]])
        let results = try await shop.run(.build) { $0.audits = true }
        #expect(results.values.count { $0.status == .fail } == 1)
        #expect(try shop.rows("select id from c") == ["2"])
    }

    @Test func `constraints and indexes are those of the table that was built`() async throws {
        let shop = try DbtFixture([
            "models/orders.sql": """
            {{ config(materialized='incremental', unique_key='id', indexes=[{'columns': ['id'], 'unique': true}],
                      contract={'enforced': true}, on_schema_change='fail', audit=true) }}
            select {{ 2 if is_incremental() else 1 }} as id, 5 as amount
            """,
            "models/schema.yml": """
            models:
              - name: orders
                columns:
                  - {name: id, data_type: integer, constraints: [{type: not_null}], tests: [unique]}
                  - {name: amount, data_type: integer}
            """,
        ])
        for _ in 0..<3 {
            let results = try await shop.run(.build)
            #expect(results["orders"]?.status == .success, "\(results["orders"]?.message ?? "")")
        }
        #expect(try shop.rows("select id from orders order by id") == ["1", "2"])
        #expect(try shop.rows("select count(*) from duckdb_indexes() where is_unique") == ["1"])
        #expect(try shop.rows("select is_nullable from duckdb_columns() where table_name = 'orders'").first == "false")
    }

    @Test func `seeds are judged too`() async throws {
        var files = Self.shop("table", "1,10\n")
        files["seeds/schema.yml"] =
            "seeds: [{name: raw, config: {audit: true}, columns: [{name: id, tests: [unique]}]}]"
        let shop = try DbtFixture(files)
        try await shop.run(.build)
        try shop.folder.write("id,amount\n1,10\n1,20\n", to: "seeds/raw.csv")
        #expect(try await shop.run(.build)["orders"]?.status == .skipped)
        #expect(try shop.rows("select amount from raw") == ["10"])
    }
}
