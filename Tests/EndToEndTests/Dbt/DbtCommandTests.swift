import Foundation
import TestSupport
import Testing

/// The verbs of dbt, typed where `dbt` was typed.
@Suite struct `dbt projects` {
    private func project(_ files: [String: String] = [:]) throws -> TemporaryDirectory {
        let folder = try TemporaryDirectory()
        try folder.write("name: shop\nversion: '1.0'\nprofile: shop\n", to: "dbt_project.yml")
        try folder.write("shop: {target: dev, outputs: {dev: {type: duckdb, path: shop.duckdb}}}\n", to: "profiles.yml")
        try folder.write("id,amount\n1,10\n2,20\n", to: "seeds/raw.csv")
        try folder.write("select * from {{ ref('raw') }} where amount > {{ var('least', 0) }}", to: "models/orders.sql")
        try folder.write("select sum(amount) as total from {{ ref('orders') }}", to: "models/total.sql")
        try folder.write(
            "models: [{name: orders, columns: [{name: id, tests: [unique, not_null]}]}]",
            to: "models/schema.yml"
        )
        for (name, text) in files { try folder.write(text, to: name) }
        return folder
    }

    private func pintail(_ words: String..., in folder: TemporaryDirectory) async throws -> RunResult {
        try await run(PintailBinary.path, words, currentDirectory: folder.path)
    }

    private func statuses(in folder: TemporaryDirectory) throws -> [String: String] {
        let object = try json(folder.read("target/run_results.json")) as? [String: Any]
        let results = object?["results"] as? [[String: Any]] ?? []
        return Dictionary(results.compactMap { ($0["unique_id"] as? String ?? "", $0["status"] as? String ?? "") }) {
            $1
        }
    }

    @Test func `build makes and judges everything, and ends well`() async throws {
        let folder = try project()
        let built = try await pintail("build", in: folder)
        #expect(built.exitCode == 0, "\(built.standardError)")
        #expect(try statuses(in: folder)["model.shop.total"] == "success")
        #expect(try statuses(in: folder).values.sorted() == ["pass", "pass", "success", "success", "success"])
        let shown = try await pintail("show", "-s", "total", "--output", "json", in: folder)
        #expect(shown.standardOutput.contains("30"), "\(shown.standardError)")
    }

    @Test func `query asks the database that the profile names`() async throws {
        let folder = try project()
        let early = try await pintail("query", "FROM 'seeds/raw.csv'", in: folder)
        #expect(early.exitCode == 0 && early.standardError.contains("shop.duckdb is made by the first run"))
        _ = try await pintail("build", in: folder)
        let asked = try await pintail("query", "SELECT total FROM total", "--format", "csv", in: folder)
        #expect(asked.standardOutput == "total\n30\n", "\(asked.standardError)")
        let changed = try await pintail("query", "DROP TABLE total", in: folder)
        #expect(changed.exitCode == 1 && changed.standardError.contains("--write"), "\(changed.standardError)")
        try folder.write("shop: {target: dev, outputs: {dev: {type: snowflake}}}\n", to: "profiles.yml")
        let elsewhere = try await pintail("query", "SELECT count(*) AS n FROM 'seeds/raw.csv'", "-f", "csv", in: folder)
        #expect(elsewhere.standardOutput == "n\n2\n" && elsewhere.standardError.contains("an empty database answers: "))
    }

    @Test func `a model that reads a seed as a source is told to refer to it`() async throws {
        let folder = try project([
            "models/sources.yml": "sources: [{name: shop, schema: main, tables: [{name: raw}]}]",
            "models/orders.sql": "select * from {{ source('shop', 'raw') }}",
        ])
        let built = try await pintail("run", in: folder)
        #expect(built.exitCode == 1)
        #expect(
            built.standardError.contains(
                "the seed 'raw' makes this table: {{ ref('raw') }} waits for it, and source() for nothing"
            ),
            "\(built.standardError)"
        )
    }

    @Test func `run, test and seed do their part, with variables and selectors`() async throws {
        let folder = try project()
        #expect(try await pintail("seed", in: folder).exitCode == 0)
        let ran = try await pintail("run", "-s", "+total", "--vars", "{least: 15}", in: folder)
        #expect(ran.exitCode == 0, "\(ran.standardError)")
        #expect(try statuses(in: folder).count == 2)
        let asked = try await pintail("show", "--inline", "select total from {{ ref('total') }}", in: folder)
        #expect(asked.standardOutput.contains("20"), "\(asked.standardError)")
        #expect(try await pintail("test", in: folder).exitCode == 0)
        let listed = try await pintail("ls", "-s", "orders+", "--resource-type", "model", in: folder)
        #expect(listed.standardOutput == "shop.orders\nshop.total\n")
    }

    @Test func `a failing test ends with 1, and retry runs what it held up`() async throws {
        let folder = try project(["seeds/raw.csv": "id,amount\n1,10\n1,20\n"])
        let failed = try await pintail("build", in: folder)
        #expect(failed.exitCode == 1)
        #expect(failed.standardError.contains("configured to fail if"))
        #expect(try statuses(in: folder)["model.shop.total"] == "skipped")
        // dbt's own retry would make --no-event-time-start of a null, which it then refuses.
        #expect(try !folder.read("target/run_results.json").contains("event_time"))
        try folder.write("id,amount\n1,10\n2,20\n", to: "seeds/raw.csv")
        #expect(try await pintail("seed", "--target-path", "elsewhere", in: folder).exitCode == 0)
        let again = try await pintail("retry", in: folder)
        #expect(again.exitCode == 0, "\(again.standardError)")
        #expect(try statuses(in: folder)["model.shop.total"] == "success")
    }

    @Test func `an audited build leaves yesterday's table after a failed test, and retry judges it anew`() async throws
    {
        let folder = try project()
        #expect(try await pintail("build", "--audit", in: folder).exitCode == 0)
        try folder.write("id,amount\n1,10\n1,20\n", to: "seeds/raw.csv")
        let failed = try await pintail("build", "--audit", in: folder)
        #expect(failed.exitCode == 1)
        #expect(failed.standardError.contains("main.orders is unchanged"), "\(failed.standardError)")
        #expect(try statuses(in: folder)["model.shop.orders"] == "error")
        try folder.write("id,amount\n1,10\n2,20\n3,30\n", to: "seeds/raw.csv")
        #expect(try await pintail("seed", "--target-path", "elsewhere", in: folder).exitCode == 0)
        let again = try await pintail("retry", in: folder)
        #expect(again.exitCode == 0, "\(again.standardError)")
        #expect(try statuses(in: folder).count == 4)
    }

    @Test func `a build that was killed is gone on with, with its variables`() async throws {
        let folder = try project([
            "models/slow.sql": """
            {{ config(materialized='table') }}
            select {{ var('day', 0) }} as day, {{ "(select count(*) from range(1000000) a, range(1000000) b where a.range * b.range % 7 = 3)" if var('slow', 0) else "1" }} as n
            """
        ])
        #expect(try await pintail("build", "--vars", "{day: 1}", in: folder).exitCode == 0)
        let killed = try await run(
            "/bin/sh",
            [
                "-c",
                """
                "\(PintailBinary.path)" build --vars '{day: 2, slow: 1}' --json > events &
                until grep -q 'node_started.*"slow"' events 2> /dev/null && grep -q 'node_finished.*"raw"' events; do sleep 0.05; done
                kill -9 $!; wait $!
                """,
            ],
            currentDirectory: folder.path
        )
        #expect(killed.exitCode == 137)
        let again = try await pintail("retry", "--vars", "{day: 2}", in: folder)
        #expect(again.exitCode == 0, "\(again.standardError)")
        #expect(try statuses(in: folder)["model.shop.slow"] == "success")
        #expect(try statuses(in: folder)["seed.shop.raw"] == nil)
        let shown = try await pintail("show", "--inline", "select day from {{ ref('slow') }}", in: folder)
        #expect(shown.standardOutput.contains("2"))
        #expect(try await pintail("retry", in: folder).exitCode == 0)
    }

    @Test func `a macro is called by run-operation`() async throws {
        let folder = try project([
            "macros/greet.sql": "{% macro greet(name) %}{% do print('hello ' ~ name) %}{% endmacro %}"
        ])
        let called = try await pintail("run-operation", "greet", "--args", "{name: Ada}", in: folder)
        #expect(called.exitCode == 0, "\(called.standardError)")
        #expect(called.standardOutput == "hello Ada\n")
        let missing = try await pintail("run-operation", "great", in: folder)
        #expect(missing.exitCode == 2)
        #expect(missing.standardError.contains("'greet'"))
    }

    @Test func `seed prints the first rows of what it loaded`() async throws {
        let folder = try project()
        let shown = try await pintail("seed", "--show", in: folder)
        #expect(shown.exitCode == 0, "\(shown.standardError)")
        #expect(shown.standardOutput.contains("│  2 │     20 │"), "\(shown.standardOutput)")
        #expect(try await pintail("seed", in: folder).standardOutput.isEmpty)
    }

    @Test func `what a run sampled is sampled by its retry too`() async throws {
        let folder = try project([
            "seeds/raw.csv": "id,amount,day\n1,10,2026-01-01 00:00:00\n2,20,2026-02-01 00:00:00\n",
            "seeds/seeds.yml": "seeds: [{name: raw, config: {event_time: day, column_types: {day: timestamp}}}]",
            "models/orders.sql":
                "{{ config(materialized='table') }} select {{ var('what', 'wrong') }} from {{ ref('raw') }}",
            "models/schema.yml": "models: [{name: orders}]", "models/total.sql": "select 1 as one",
        ])
        #expect(try await pintail("seed", in: folder).exitCode == 0)
        let span = "{start: 2026-01-15, end: 2026-03-01}"
        #expect(try await pintail("run", "--sample", span, in: folder).exitCode == 1)
        #expect(try folder.read("target/run_results.json").contains(#""start": "2026-01-15T00:00:00+00:00""#))
        let again = try await pintail("retry", "--vars", "{what: id}", in: folder)
        #expect(again.exitCode == 0, "\(again.standardError)")
        let count = "select count(*) * 100 + max(id) as n from {{ ref('orders') }}"
        let shown = try await pintail("show", "--inline", count, "--output", "json", in: folder)
        #expect(shown.standardOutput.contains("102"), "\(shown.standardOutput)")
    }

    @Test func `sources tell how fresh they are`() async throws {
        let folder = try project([
            "models/sources.yml": """
            sources:
              - name: raw
                schema: main
                loaded_at_field: "timestamp '2020-01-01'"
                freshness: {warn_after: {count: 1, period: day}}
                tables: [{name: raw}]
            """
        ])
        #expect(try await pintail("seed", in: folder).exitCode == 0)
        let told = try await pintail("source", "freshness", in: folder)
        #expect(told.exitCode == 0, "\(told.standardError)")
        #expect(told.standardOutput.contains("warn"))
        #expect(try folder.read("target/sources.json").contains(#""max_loaded_at": "2020-01-01T00:00:00Z""#))
    }

    @Test func `docs, debug, compile and clean leave and tell what they should`() async throws {
        let folder = try project()
        #expect(try await pintail("build", in: folder).exitCode == 0)
        let docs = try await pintail("docs", "generate", in: folder)
        #expect(docs.exitCode == 0, "\(docs.standardError)")
        #expect(try folder.read("target/catalog.json").contains(#""model.shop.orders""#))
        // dbt's documentation site shows this page first, and stays empty without it.
        #expect(try folder.read("target/manifest.json").contains(#""doc.dbt.__overview__""#))
        #expect(try await pintail("debug", in: folder).standardOutput.contains("connected"))
        #expect(try await pintail("compile", in: folder).exitCode == 0)
        let orders = try await pintail("compile", "-s", "orders", in: folder)
        #expect(orders.standardOutput == "select * from \"shop\".\"main\".\"raw\" where amount > 0\n")
        #expect(try await pintail("clean", in: folder).exitCode == 0)
        #expect(try folder.names().contains("target") == false)
    }

    @Test func `what cannot be compiled or shown ends with 2, and says which command asks`() async throws {
        let folder = try project([
            "models/asking.sql": "select '{{ flags.WHICH }}' as asker",
            "models/wrong.sql": "select 1 as a{% if execute and var('is_wrong', false): %} {{ 1 / 0 }}{% endif %}",
        ])
        #expect(try await pintail("build", in: folder).exitCode == 0)
        let wrong = ["--vars", "is_wrong: true"]
        for words in [["compile"], ["docs", "generate"], ["show", "-s", "wrong"]] {
            let ended = try await run(PintailBinary.path, words + wrong, currentDirectory: folder.path)
            #expect(ended.exitCode == 2 && ended.standardError.contains("models/wrong.sql:1:"), "\(words)")
        }
        #expect(try await pintail("show", "--inline", "selec 1", in: folder).exitCode == 2)
        #expect(try await pintail("compile", "--inline", "{{ 1 / 0 }}", in: folder).exitCode == 2)
        #expect(try await pintail("docs", "generate", in: folder).exitCode == 0)
        #expect(try folder.read("target/compiled/shop/models/asking.sql").contains("'generate'"))
        let shown = try await pintail("show", "-s", "asking", "--output", "json", in: folder)
        #expect(
            shown.standardOutput
                == #"{"# + "\n" + #"  "node": "asking","# + "\n" + #"  "show": ["# + "\n    {\n"
                + #"      "asker": "show""#
                + "\n    }\n  ]\n}\n"
        )
    }

    @Test func `a selector that finds nothing is an error where warnings are`() async throws {
        let folder = try project()
        #expect(try await pintail("run", "-s", "totl", in: folder).exitCode == 0)
        for words in [["--warn-error"], ["--warn-error-options", "{error: [NoNodesForSelectionCriteria]}"]] {
            let refused = try await run(
                PintailBinary.path,
                ["run", "-s", "totl"] + words,
                currentDirectory: folder.path
            )
            #expect(refused.exitCode == 2 && refused.standardError.contains("'totl' selects nothing"), "\(words)")
        }
    }

    @Test func `what an ephemeral model becomes stands in the manifest`() async throws {
        let folder = try project([
            "models/inner.sql": "{{ config(materialized='ephemeral') }}select 1 as a",
            "models/outer_one.sql": "{{ config(materialized='ephemeral') }}select a from {{ ref('inner') }}",
            "models/reader.sql": "select a from {{ ref('outer_one') }}",
        ])
        #expect(try await pintail("run", "-s", "reader", in: folder).exitCode == 0)
        let manifest = try folder.read("target/manifest.json")
        #expect(
            manifest.contains(
                "\"compiled_code\": \"with __dbt__cte__inner as (\\nselect 1 as a\\n) select a from __dbt__cte__inner\""
            )
        )
        #expect(manifest.contains("\"compiled_path\": \"target/compiled/shop/models/outer_one.sql\""))
    }

    @Test func `what is not there is read from where an earlier run has it`() async throws {
        let folder = try project()
        #expect(try await pintail("build", in: folder).exitCode == 0)
        #expect(try await run("/bin/mv", [folder.path + "/target", folder.path + "/before"]).exitCode == 0)
        let other = [
            "profiles.yml": "shop: {target: dev, outputs: {dev: {type: duckdb, path: shop.duckdb, schema: dev}}}\n"
        ]
        for (name, text) in other { try folder.write(text, to: name) }
        let built = try await pintail("run", "-s", "total", "--defer", "--state", "before", in: folder)
        #expect(built.exitCode == 0, "\(built.standardError)")
        let cloned = try await pintail("clone", "--state", "before", in: folder)
        #expect(cloned.exitCode == 0, "\(cloned.standardError)")
    }
}
