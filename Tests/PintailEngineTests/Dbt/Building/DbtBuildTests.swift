import PintailOrchestrator
import PintailProject
import Synchronization
import TestSupport
import Testing

@testable import PintailEngine

/// Projects built on a real database: how their nodes end, and what they leave.
@Suite struct DbtBuildTests {
    static let shop = [
        "seeds/raw.csv": "id,amount,day\n1,10,2024-01-01\n2,20,2024-01-02\n3,,2024-01-03\n",
        "models/staged.sql":
            "{{ config(materialized='ephemeral') }} select * from {{ ref('raw') }} where amount is not null",
        "models/orders.sql": "{{ config(materialized='table') }} select id, amount from {{ ref('staged') }}",
        "models/total.sql": "select sum(amount) as total from {{ ref('orders') }}",
    ]

    @Test func `seeds, ephemeral models, tables and views are built in their order`() async throws {
        let shop = try DbtFixture(Self.shop)
        #expect(
            try await shop.run(.build).statuses == ["orders success", "raw success", "total success"]
        )
        #expect(try shop.rows("select total from total") == ["30"])
        #expect(try shop.folder.read("target/compiled/shop/models/orders.sql").contains("__dbt__cte__staged as ("))
    }

    @Test func `a failed test keeps what reads its model from being built, a warning does not`() async throws {
        var files = Self.shop
        files["models/schema.yml"] = """
            models:
              - name: orders
                columns: [{name: id, tests: [{accepted_values: {values: [1], quote: false, config: {severity: SEVERITY}}}]}]
            """
        for (severity, expected) in [("error", "total skipped"), ("warn", "total success")] {
            var changed = files
            changed["models/schema.yml"] = files["models/schema.yml"].map {
                $0.split(separator: "SEVERITY", omittingEmptySubsequences: false).joined(separator: severity)
            }
            let results = try await DbtFixture(changed).run(.build)
            #expect(results.statuses.contains(expected), "\(severity)")
            let test = try #require(results.values.first { $0.uniqueID.hasPrefix("test.") })
            #expect(test.failures == 1)
            #expect(test.status.rawValue == (severity == "error" ? "fail" : "warn"))
        }
    }

    @Test func `a model that fails says where in its source, and skips what reads it`() async throws {
        var files = Self.shop
        files["models/orders.sql"] = "select id,\n  amuont\nfrom {{ ref('raw') }}"
        let results = try await DbtFixture(files).run(.build)
        #expect(results.statuses == ["orders error", "raw success", "total skipped"])
        let message = results["orders"]?.message ?? ""
        #expect(message.contains("--> models/orders.sql:2:3"), "\(message)")
        #expect(message.contains("amuont"))
    }

    /// Mistakes that only the database finds, and how they are told.
    static let mistakes: [(sql: String, told: [String], hint: String?)] = [
        (
            "select id,\n  r.amuont as paid\nfrom {{ ref('raw') }} r",
            ["--> models/orders.sql:2:3", " 2 |   r.amuont as paid", "   |   ^^^^^^^^"], "did you mean 'amount'?"
        ),
        (
            "select id, amuont\nfrom {{ ref('raw') }}",
            ["--> models/orders.sql:1:12", "   |            ^^^^^^"], "did you mean 'amount'?"
        ),
        ("select id\nfrom rwa", ["--> models/orders.sql:2:6", "   |      ^^^"], nil),
        (
            "select id,\n  summ(amount) as n\nfrom {{ ref('raw') }}",
            ["--> models/orders.sql:2:3", "   |   ^^^^"], "did you mean 'sum'?"
        ),
    ]

    @Test(arguments: mistakes.indices) func `what the database finds is underlined, with what was meant`(
        _ index: Int
    ) async throws {
        let mistake = Self.mistakes[index]
        let shop = try DbtFixture(["seeds/raw.csv": "id,amount\n1,10\n", "models/orders.sql": mistake.sql])
        try await shop.run(.seed)
        let project = try shop.load()
        let options = BuildOptions(.run, targetPath: shop.folder.path + "/target", command: "test", environment: [:])
        let build = try await DbtBuild.prepare(project, selecting: ["model.shop.orders"], options: options)
        guard case .failed(let failure)? = try await build.execute().summary.nodes.first?.status else {
            Issue.record("it did not fail")
            return
        }
        let lines = failure.message.split(separator: "\n").map(String.init)
        for told in mistake.told { #expect(lines.contains { $0.hasSuffix(told) }, "\(failure.message)") }
        #expect(failure.hint == mistake.hint)
        #expect(!failure.message.contains("Candidate"))
    }

    @Test func `an incremental model takes only what is new, unless all is made anew`() async throws {
        let shop = try DbtFixture([
            "models/events.sql": """
            {{ config(materialized='incremental') }}
            select {{ 'true' if is_incremental() else 'false' }} as later
            """
        ])
        for _ in 0..<2 { #expect(try await shop.run(.run).statuses == ["events success"]) }
        #expect(try shop.rows("select later::varchar from events order by 1") == ["false", "true"])
        try await shop.run(.run) { $0.isFullRefresh = true }
        #expect(try shop.rows("select later::varchar from events") == ["false"])
    }

    @Test func `a microbatch model is built span by span`() async throws {
        let shop = try DbtFixture([
            "seeds/raw.csv": "id,happened\n1,2024-01-01 10:00:00\n2,2024-01-02 10:00:00\n",
            "seeds/seeds.yml": "seeds: [{name: raw, config: {event_time: happened}}]",
            "models/events.sql": """
            {{ config(materialized='incremental', incremental_strategy='microbatch', event_time='happened', batch_size='day',
                      begin='2024-01-01') }}
            select * from {{ ref('raw') }}
            """,
        ])
        let results = try await shop.run(.build) { $0.eventTimeEnd = "2024-01-03" }
        #expect(results.statuses == ["events success", "raw success"], "\(results["events"]?.message ?? "")")
        #expect(results["events"]?.batches?.successful.count == 2)
        #expect(try shop.rows("select id from events order by id") == ["1", "2"])
    }

    @Test func `hooks run before and after, and know how nodes ended`() async throws {
        let shop = try DbtFixture(
            ["models/one.sql": "{{ config(post_hook='insert into log values (2)') }} select 1 as id"],
            settings: """
                on-run-start: ["create table if not exists log (step integer)", "insert into log values (1)"]
                on-run-end: ["insert into log values ({{ results | selectattr('status', 'equalto', 'success') | list | length + 2 }})"]
                """
        )
        let results = try await shop.run(.run)
        #expect(results["one"]?.status == .success)
        #expect(try shop.rows("select step from log order by step").prefix(2) == ["1", "2"])
        #expect(try shop.rows("select count(*) from log") == ["3"])
    }

    @Test func `unit tests judge a model by rows that are written down`() async throws {
        var files = Self.shop
        files["models/total.sql"] = "select sum(amount) * 2 as total from {{ ref('orders') }}"
        files["models/unit.yml"] = """
            unit_tests:
              - name: doubles
                model: total
                given: [{input: ref('orders'), format: csv, rows: "id,amount\\n1,2\\n"}]
                expect: {rows: [{total: 4}]}
              - name: sums
                model: total
                given: [{input: ref('orders'), rows: [{id: 1, amount: 2}, {id: 2, amount: 3}]}]
                expect: {rows: [{total: 5}]}
              - name: comes_too_late
                model: total
                given: [{input: ref('orders'), rows: [{id: 1, amount: 2}]}]
                expect: {rows: [{total: 4}]}
            """
        let results = try await DbtFixture(files).run(.build)
        #expect(results["doubles"]?.status == .pass, "\(results["doubles"]?.message ?? "")")
        #expect(results["sums"]?.status == .fail, "\(results["sums"]?.message ?? "")")
        #expect(results["sums"]?.message?.contains("- 5") == true)
        #expect(results["sums"]?.message?.contains("+ 10") == true)
        #expect(results["comes_too_late"]?.status == .skipped)
        #expect(results["total"]?.status == .skipped)
    }

    @Test func `failures are kept in tables where that is asked for`() async throws {
        var files = Self.shop
        files["models/schema.yml"] = """
            models:
              - name: orders
                columns: [{name: id, tests: [{accepted_values: {name: only_one, values: [1], quote: false}}]}]
            """
        let shop = try DbtFixture(files)
        try await shop.run(.build) { $0.storesFailures = true }
        #expect(try shop.rows("select value_field from main_dbt_test__audit.only_one") == ["2"])
    }

    @Test func `tables are made without rows where that is asked for`() async throws {
        let shop = try DbtFixture(Self.shop)
        try await shop.run(.seed)
        try await shop.run(.run) { $0.isEmpty = true }
        #expect(try shop.rows("select count(*) from orders") == ["0"])
    }

    @Test func `what templates warn of is told with their node, and is no part of the data`() async throws {
        let shop = try DbtFixture(["models/one.sql": "{% do exceptions.warn('mind the gap') %} select 1 as id"])
        let printed = Mutex<[String]>([])
        let seen = SeenEvents()
        var options = BuildOptions(.run, targetPath: shop.folder.path + "/target", command: "test", environment: [:])
        options.print = { text in printed.withLock { $0.append(text) } }
        let build = try await DbtBuild.prepare(shop.load(), selecting: ["model.shop.one"], options: options)
        _ = try await build.execute(sinks: [seen])
        #expect(seen.warnings == ["one: mind the gap"])
        #expect(printed.withLock { $0 } == [])
    }

    @Test func `artifacts tell how nodes ended, and what was made of them`() async throws {
        let shop = try DbtFixture(Self.shop)
        try await shop.run(.build)
        let text = try shop.folder.read("target/run_results.json")
        for part in [#""status": "success""#, #""unique_id": "model.shop.orders""#, "run-results/v6.json"] {
            #expect(text.contains(part))
        }
        let manifest = try shop.folder.read("target/manifest.json")
        #expect(manifest.contains(#""compiled_path": "target/compiled/shop/models/orders.sql""#))
        #expect(manifest.contains(#""compiled_code": " with __dbt__cte__staged as ("#))
    }

    @Test func `hooks that come last see the SQL that ran`() async throws {
        let shop = try DbtFixture(
            ["models/one.sql": "select {{ 40 + 2 }} as id"],
            settings: """
                on-run-end: ["create table seen as select '{{ results[0].node.compiled_code }}' as code, '{{ results[0].node.compiled_path }}' as path"]
                """
        )
        try await shop.run(.run)
        let path = "target/compiled/shop/models/one.sql"
        #expect(try shop.rows("select * from seen") == ["select 42 as id|\(path)"])
    }

    @Test func `a macro is the same whenever and however it is named`() async throws {
        let shop = try DbtFixture([
            "macros/m.sql": """
            {% macro one() %}1{% endmacro %}{% macro two() %}2{% endmacro %}{% macro three() %}3{% endmacro %}
            {% macro listed() %}{% do return([shop.one, two]) %}{% endmacro %}
            """,
            "models/one.sql":
                "select {{ shop.one in listed() }}, {{ one in shop.listed() }}, {{ three in listed() }}",
        ])
        #expect(try await shop.run(.compile)["one"]?.compiled == "select True, True, False")
    }

    @Test func `what is compiled is not run`() async throws {
        let shop = try DbtFixture(["models/one.sql": "select {{ 1 + 1 }} as id"])
        #expect(try await shop.run(.compile)["one"]?.compiled == "select 2 as id")
        #expect(try shop.rows("select count(*) from duckdb_views() where view_name = 'one'") == ["0"])
    }
}

/// What was warned of in a run.
private final class SeenEvents: RunEventSink {
    let name = "a test"
    private let events = Mutex<[RunEvent]>([])

    func receive(_ event: RunEvent) { events.withLock { $0.append(event) } }

    var warnings: [String] {
        events.withLock { $0 }.compactMap { event in
            guard case .message(let node, .warning, let text) = event.what else { return nil }
            return "\(node?.name ?? "-"): \(text)"
        }
    }
}
