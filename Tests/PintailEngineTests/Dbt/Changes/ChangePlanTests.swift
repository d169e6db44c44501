import DuckDB
import PintailProject
import TestSupport
import Testing

@testable import PintailEngine

/// What a build of what changed would build: never less than what could come out otherwise.
@Suite struct ChangePlanTests {
    static let shop = [
        "seeds/raw.csv": "id,amount\n1,10\n2,20\n",
        "macros/cents.sql": "{% macro cents(column) %}{{ column }} * {{ var('factor', 100) }}{% endmacro %}",
        "models/staged.sql": "{{ config(materialized='ephemeral') }} select * from {{ ref('raw') }}",
        "models/orders.sql": "{{ config(materialized='table') }} select id, {{ cents('amount') }} as amount from {{ ref('staged') }}",
        "models/total.sql": "select sum(amount) as total from {{ ref('orders') }}",
        "models/other.sql": "{{ config(materialized='table') }} select 1 as x",
        "models/schema.yml": "models: [{name: orders, columns: [{name: id, tests: [unique]}]}]",
    ]

    static let all = Set(["raw", "orders", "total", "other", "unique_orders_id"])

    /// A project whose nodes are all built and noted.
    static func built(_ more: [String: String] = [:], comparing: Bool = false) async throws -> DbtFixture {
        let fixture = try DbtFixture(shop.merging(more) { $1 })
        try await build(fixture, comparing: comparing)
        return fixture
    }

    static func options(_ fixture: DbtFixture) -> BuildOptions {
        BuildOptions(.build, targetPath: fixture.folder.path + "/target", command: "", environment: [:])
    }

    /// Builds everything, or what changed, and notes it.
    static func build(_ fixture: DbtFixture, comparing: Bool = false) async throws {
        let project = try fixture.load()
        let selected = Set(project.manifest.nodes.all.map(\.uniqueID))
        let plan = comparing ? try await plan(fixture) : nil
        let ledger = ChangeLedger(project, plan: plan, isPartial: false)
        let results = try await run(project, plan?.running ?? selected, options(fixture))
        try ledger.note(results)
    }

    /// In a function of its own: the database is closed when it returns.
    static func run(_ project: DbtProject, _ ids: Set<String>, _ options: BuildOptions) async throws -> [DbtResult] {
        try await DbtBuild.prepare(project, selecting: ids, options: options).execute().results
    }

    static func plan(_ fixture: DbtFixture, _ project: DbtProject? = nil) async throws -> ChangePlan {
        let project = try project ?? fixture.load()
        let selected = Set(project.manifest.nodes.all.map(\.uniqueID))
        return try await ChangePlan.of(
            project,
            selecting: selected,
            options: options(fixture),
            comparesContents: true,
            notesSources: true
        )
    }

    /// The names of what would be built.
    static func running(_ plan: ChangePlan) -> Set<String> {
        Set(plan.running.map { id in
            let parts = id.split(separator: ".")
            return String(parts[0] == "test" ? parts[2] : parts.last ?? "")
        })
    }

    static func reasons(_ plan: ChangePlan, _ id: String) -> [ChangeReason] {
        plan.decisions.first { $0.id == id }?.reasons ?? []
    }

    @Test func `what was never built is built, and then nothing is`() async throws {
        let fixture = try DbtFixture(Self.shop)
        #expect(Self.running(try await Self.plan(fixture)) == Self.all)
        try await Self.build(fixture)
        #expect(Self.running(try await Self.plan(fixture)) == [])
    }

    /// A changed file, the reason it gives, for which node, and what is built then.
    static let changes: [(file: String, text: String, node: String, reason: ChangeReason, built: Set<String>)] = [
        ("models/orders.sql", "{{ config(materialized='table') }} select id, amount from {{ ref('staged') }}", "model.shop.orders", .template, ["orders", "total", "unique_orders_id"]),
        ("models/staged.sql", "{{ config(materialized='ephemeral') }} select * from {{ ref('raw') }} where id > 0", "model.shop.orders", .compiled, ["orders", "total", "unique_orders_id"]),
        ("macros/cents.sql", "{% macro cents(column) %}{{ column }} * 10{% endmacro %}", "model.shop.orders", .macro("macro.shop.cents"), ["orders", "total", "unique_orders_id"]),
        ("seeds/raw.csv", "id,amount\n1,10\n2,21\n", "seed.shop.raw", .seedFile, ["raw", "orders", "total", "unique_orders_id"]),
        ("models/total.sql", "{{ config(tags=['new']) }} select sum(amount) as total from {{ ref('orders') }}", "model.shop.total", .config, ["total"]),
        ("models/other.sql", "{{ config(materialized='table') }} select random() as x", "model.shop.other", .unsteady("it calls random()"), ["other"]),
    ]

    @Test(arguments: changes)
    func `a change is found, with all that it reaches and nothing else`(
        _ change: (file: String, text: String, node: String, reason: ChangeReason, built: Set<String>)
    ) async throws {
        let fixture = try await Self.built()
        try fixture.folder.write(change.text, to: change.file)
        let plan = try await Self.plan(fixture)
        #expect(Self.reasons(plan, change.node).contains(change.reason), "\(Self.reasons(plan, change.node))")
        #expect(Self.running(plan) == change.built)
    }

    @Test func `a variable that changes SQL is named`() async throws {
        let fixture = try await Self.built()
        var options = DbtProject.Options(environment: [:])
        options.vars = ["factor": 10]
        let plan = try await Self.plan(fixture, try DbtProject.load(fixture.folder.path, options))
        #expect(Self.reasons(plan, "model.shop.orders") == [.variable("factor")])
    }

    @Test func `what may come out otherwise each time is always built`() async throws {
        let always = [
            "models/clock.sql": "{{ config(materialized='table') }} select now() as t",
            "models/today.sql": "{{ config(materialized='table') }} select current_date as t",
            "models/sample.sql": "{{ config(materialized='table') }} select * from {{ ref('raw') }} using sample 1 rows",
            "models/file.sql": "{{ config(materialized='table') }} select * from read_text('dbt_project.yml')",
            "models/more.sql": "{{ config(materialized='incremental') }} select 1 as x",
            "models/hooked.sql": "{{ config(materialized='table', post_hook='select 1') }} select 1 as x",
        ]
        let fixture = try await Self.built(always)
        #expect(Self.running(try await Self.plan(fixture)) == ["clock", "today", "sample", "file", "more", "hooked"])
    }

    @Test func `the project's hooks may change anything`() async throws {
        let fixture = try await Self.built()
        try fixture.folder.write(
            "name: shop\nversion: '1.0'\nprofile: shop\non-run-end: ['select 1']\n",
            to: "dbt_project.yml"
        )
        #expect(Self.running(try await Self.plan(fixture)) == Self.all)
    }

    @Test func `a table that somebody dropped or changed is built again`() async throws {
        let fixture = try await Self.built(comparing: true)
        _ = try fixture.rows("update orders set amount = 0 where id = 1")
        let changed = try await Self.plan(fixture)
        #expect(Self.reasons(changed, "model.shop.orders") == [.changedTable])
        #expect(Self.running(changed) == ["orders", "total", "unique_orders_id"])
        _ = try fixture.rows("drop table other")
        #expect(Self.reasons(try await Self.plan(fixture), "model.shop.other") == [.missingTable])
    }

    @Test func `a database that was written to is not trusted where contents were not noted`() async throws {
        let fixture = try await Self.built()
        _ = try fixture.rows("create table elsewhere (x int)")
        let plan = try await Self.plan(fixture)
        #expect(Self.reasons(plan, "seed.shop.raw") == [.unknownTable])
        try await Self.build(fixture, comparing: true)
        _ = try fixture.rows("create table elsewhere_too (x int)")
        #expect(Self.running(try await Self.plan(fixture)) == [])
    }

    @Test func `sources are compared by what they hold`() async throws {
        let fixture = try DbtFixture(
            Self.shop.merging([
                "models/sources.yml": "sources: [{name: lake, schema: main, tables: [{name: events}]}]",
                "models/kinds.sql": "{{ config(materialized='table') }} select kind from {{ source('lake', 'events') }}",
            ]) { $1 }
        )
        _ = try fixture.rows("create table events as select 'a' as kind")
        try await Self.build(fixture)
        #expect(Self.running(try await Self.plan(fixture)) == [])
        try await Self.build(fixture, comparing: true)
        _ = try fixture.rows("insert into events values ('b')")
        #expect(Self.running(try await Self.plan(fixture)) == Self.all.union(["kinds"]))
        try await Self.build(fixture, comparing: true)
        _ = try fixture.rows("create table elsewhere (x int)")
        #expect(Self.running(try await Self.plan(fixture)) == [])
        _ = try fixture.rows("insert into events values ('c')")
        let plan = try await Self.plan(fixture)
        #expect(Self.running(plan) == ["kinds"])
        #expect(Self.reasons(plan, "model.shop.kinds") == [.source("source.shop.lake.events")])
    }

    @Test func `a build of a part does not make the rest look built`() async throws {
        let fixture = try await Self.built()
        try fixture.folder.write("{{ config(materialized='table') }} select id, 1 as amount from {{ ref('staged') }}", to: "models/orders.sql")
        let project = try fixture.load()
        let ledger = ChangeLedger(project, plan: nil, isPartial: false)
        try ledger.note(try await Self.run(project, ["model.shop.orders"], Self.options(fixture)))
        #expect(Self.running(try await Self.plan(fixture)) == ["total", "unique_orders_id"])
    }

    @Test func `a failed test is run again`() async throws {
        let fixture = try await Self.built(["seeds/raw.csv": "id,amount\n1,10\n1,20\n"])
        #expect(Self.running(try await Self.plan(fixture)).contains("unique_orders_id"))
    }
}
