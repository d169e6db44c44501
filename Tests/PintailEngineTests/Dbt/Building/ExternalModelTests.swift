import FoundationEssentials
import PintailProject
import TestSupport
import Testing

@testable import PintailEngine

/// Models whose rows lie in files: made, added to, and judged before they replace what was there.
@Suite struct ExternalModelTests {
    private func shop(_ config: String, _ query: String, tests: String = "[]") throws -> DbtFixture {
        let shop = try DbtFixture([
            "models/raw.sql": "select 1 as id, 'a' as part, 10 as amount",
            "models/schema.yml": """
            models: [{name: out, columns: [{name: amount, tests: \(tests)}]}]
            """,
        ])
        try model(config, query, in: shop)
        return shop
    }

    private func model(_ config: String, _ query: String, in shop: DbtFixture) throws {
        let path = shop.folder.path + "/out"
        let filled = config.split(separator: "OUT", omittingEmptySubsequences: false).joined(separator: path)
        try shop.folder.write("{{ config(materialized='external', \(filled)) }}\n\(query)", to: "models/out.sql")
    }

    private func rows(_ shop: DbtFixture) throws -> [String] {
        try shop.rows("select id, part, amount from out order by all")
    }

    private static let first = "select * from (values (1, 'a', 10), (2, 'b', 20)) t(id, part, amount)"
    private static let later = "select * from (values (2, 'a', 21), (3, 'c', 30)) t(id, part, amount)"

    @Test(arguments: [
        "location='OUT.parquet'", "location='OUT.csv'", "location='OUT.json', format='json'",
        "location='OUT', format='parquet', options={'partition_by': 'part'}",
        "location='OUT', format='csv', options={'partition_by': 'part'}",
    ])
    func `rows of a known key are replaced, others are added`(_ place: String) async throws {
        let config = place + ", unique_key='id'"
        let shop = try shop(config, Self.first)
        #expect(try await shop.run(.run).values.allSatisfy { $0.status == .success })
        #expect(try rows(shop) == ["1|a|10", "2|b|20"])
        try model(config, Self.later, in: shop)
        let second = try await shop.run(.run)
        #expect(second["out"]?.status == .success, "\(second["out"]?.message ?? "")")
        #expect(try rows(shop) == ["1|a|10", "2|a|21", "3|c|30"])
        try await shop.run(.run) { $0.isFullRefresh = true }
        #expect(try rows(shop) == ["2|a|21", "3|c|30"])
        #expect(try shop.folder.names().contains { $0.hasPrefix(".pintail-new") } == false)
    }

    @Test(arguments: ["location='OUT.parquet'", "location='OUT', options={'partition_by': 'part'}"])
    func `rows are added to what is_incremental tells of`(_ place: String) async throws {
        let query = """
            select n as id, 'a' as part, n as amount from generate_series(1, {{ 5 if is_incremental() else 3 }}) t(n)
            {% if is_incremental() %} where n > (select max(id) from {{ this }}) {% endif %}
            """
        let shop = try shop(place + ", incremental_strategy='append'", query)
        for _ in 0..<3 {
            let results = try await shop.run(.run)
            #expect(results["out"]?.status == .success, "\(results["out"]?.message ?? "")")
        }
        #expect(try rows(shop).count == 5)
    }

    @Test func `files of parts that do not change stay as they are`() async throws {
        let config = "location='OUT', options={'partition_by': 'part'}, unique_key='id'"
        let shop = try shop(config, Self.first)
        try await shop.run(.run)
        let before = try shop.rows("select distinct filename from read_parquet('\(shop.folder.path)/out/part=b/*')")
        try model(config, "select 1 as id, 'a' as part, 11 as amount", in: shop)
        try await shop.run(.run)
        #expect(try rows(shop) == ["1|a|11", "2|b|20"])
        #expect(
            try shop.rows("select distinct filename from read_parquet('\(shop.folder.path)/out/part=b/*')") == before
        )
    }

    @Test func `without being told so every run begins anew`() async throws {
        let shop = try shop("location='OUT.parquet'", Self.first)
        try await shop.run(.run)
        try model("location='OUT.parquet'", Self.later, in: shop)
        try await shop.run(.run)
        #expect(try rows(shop) == ["2|a|21", "3|c|30"])
    }

    @Test(arguments: ["location='OUT.parquet'", "location='OUT', options={'partition_by': 'part'}"])
    func `files of a model that fails its tests stay as they were`(_ place: String) async throws {
        let config = place + ", unique_key='id', audit=true"
        let shop = try shop(config, Self.first, tests: "[{accepted_values: {values: [10, 20, 21], quote: false}}]")
        let first = try await shop.run(.build)
        #expect(first["out"]?.status == .success, "\(first["out"]?.message ?? "")")
        try model(config, Self.later, in: shop)
        let failed = try await shop.run(.build)
        #expect(failed["out"]?.status == .error)
        #expect(try rows(shop) == ["1|a|10", "2|b|20"])
        try model(config, "select 2 as id, 'a' as part, 21 as amount", in: shop)
        let fixed = try await shop.run(.build)
        #expect(fixed["out"]?.status == .success, "\(fixed["out"]?.message ?? "")")
        #expect(try rows(shop) == ["1|a|10", "2|a|21"])
        #expect(try shop.folder.names().contains { $0.hasPrefix(".pintail-new") } == false)
    }

    @Test func `new columns enter as on_schema_change says`() async throws {
        for (word, expected) in [("ignore", ["id"]), ("append_new_columns", ["id", "more"]), ("fail", ["id"])] {
            let config = "location='OUT.parquet', incremental=true, unique_key='id', on_schema_change='\(word)'"
            let shop = try shop(config, "select 1 as id")
            try await shop.run(.run)
            try model(config, "select 2 as id, 3 as more", in: shop)
            let results = try await shop.run(.run)
            #expect(results["out"]?.status == (word == "fail" ? .error : .success), "\(results["out"]?.message ?? "")")
            #expect(try shop.rows("select column_name from (describe out)") == expected)
        }
    }
}
