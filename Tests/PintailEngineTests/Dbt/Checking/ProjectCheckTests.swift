import PintailProject
import TestSupport
import Testing

@testable import PintailEngine

/// Projects checked without being run: every mistake at its place, and nothing that is none.
@Suite struct ProjectCheckTests {
    /// A project that is right, of which cases change some files.
    static let shop = [
        "seeds/raw.csv": "id,customer,amount,day\n1,7,10.5,2024-01-01\n2,8,20,2024-01-02\n",
        "models/staged.sql": "select id, customer as customer_id, amount, day from {{ ref('raw') }}",
        "models/orders.sql":
            "{{ config(materialized='table') }}\nselect id, customer_id, amount\nfrom {{ ref('staged') }}\n",
        "models/totals.sql":
            "select customer_id, sum(amount) as total\nfrom {{ ref('orders') }}\ngroup by customer_id\n",
    ]

    static func report(_ changes: [String: String], settings: String = "") async throws -> ProjectCheck.Report {
        let fixture = try DbtFixture(shop.merging(changes) { $1 }, settings: settings)
        return try await report(on: fixture)
    }

    static func report(on fixture: DbtFixture) async throws -> ProjectCheck.Report {
        let options = BuildOptions(.build, targetPath: fixture.folder.path + "/target", command: "", environment: [:])
        return try await ProjectCheck.report(on: try fixture.load(), options: options)
    }

    static func lines(_ report: ProjectCheck.Report) -> [String] {
        Diagnostics(report.problems).all.map { problem in
            let place = problem.location.map { "\($0.file):\($0.line):\($0.column): " } ?? ""
            return place + problem.message
        }
    }

    @Test func `a project that would be built without errors is valid`() async throws {
        let report = try await Self.report([:])
        #expect(Self.lines(report) == [])
        #expect(report.skipped.isEmpty)
        #expect(report.nodes == 4)
    }

    /// What a change of the project is told as.
    struct Mistake: CustomTestStringConvertible, Sendable {
        let name: String
        let files: [String: String]
        let told: [String]
        var testDescription: String { name }
    }

    static let mistakes = [
        Mistake(
            name: "a column that the parent renamed is told in every reader, and not again below",
            files: ["models/staged.sql": "select id, customer as client_id, amount from {{ ref('raw') }}"],
            told: ["models/orders.sql:2:12: model 'orders' reads column 'customer_id', which none of its tables has"]
        ),
        Mistake(
            name: "all mistakes of one query are told",
            files: [
                "models/totals.sql":
                    "select a.custmer, b.nothing, sum(a.amount) as total\nfrom {{ ref('orders') }} a, {{ ref('raw') }} b\ngroup by all"
            ],
            told: [
                "models/totals.sql:1:8: model 'totals' reads column 'custmer', which 'a' does not have",
                "models/totals.sql:1:19: model 'totals' reads column 'nothing', which 'b' does not have",
            ]
        ),
        Mistake(
            name: "the place is in the template, behind what it computes",
            files: [
                "models/totals.sql": """

                {% set columns = ['amount', 'id'] %}
                select {% for c in columns %}sum({{ c }}) as {{ c }},{% endfor %}
                  amuont
                from {{ ref('orders') }}
                """
            ],
            told: ["models/totals.sql:4:3: model 'totals' reads column 'amuont', which none of its tables has"]
        ),
        Mistake(
            name: "what a macro prints is told where it is called",
            files: [
                "macros/pick.sql": "{% macro pick(name) %}upper({{ name }}){% endmacro %}",
                "models/totals.sql": "select id, {{ pick('nmae') }} as name from {{ ref('orders') }}",
            ],
            told: ["models/totals.sql:1:15: model 'totals' reads column 'nmae', which none of its tables has"]
        ),
        Mistake(
            name: "wrong types",
            files: ["models/totals.sql": "select id,\n  date_trunc('day', amount) as day from {{ ref('orders') }}"],
            told: [
                "models/totals.sql:2:3: model 'totals' does not bind: No function matches the given name and argument types 'date_trunc(STRING_LITERAL, DOUBLE)'. You might need to add explicit type casts."
            ]
        ),
        Mistake(
            name: "ambiguous names",
            files: [
                "models/totals.sql":
                    "select id from {{ ref('orders') }} a join {{ ref('staged') }} b using (customer_id)"
            ],
            told: [
                "models/totals.sql:1:8: model 'totals' does not bind: Ambiguous reference to column name \"id\" (use: \"a.id\" or \"b.id\")"
            ]
        ),
        Mistake(
            name: "functions that do not exist",
            files: [
                "models/totals.sql":
                    "select id, roundd(amount) over (partition by id) x, missing from {{ ref('orders') }}"
            ],
            told: [
                "models/totals.sql:1:12: model 'totals' does not bind: Aggregate Function with name roundd does not exist!",
                "models/totals.sql:1:53: model 'totals' reads column 'missing', which none of its tables has",
            ]
        ),
        Mistake(
            name: "SQL that does not parse",
            files: ["models/totals.sql": "select id,\nfrom {{ ref('orders') }} wehre id = 1 limit"],
            told: ["models/totals.sql:2:32: the SQL of model 'totals' does not parse: syntax error at or near \"id\""]
        ),
        Mistake(
            name: "a column of a test, and a test's own SQL",
            files: [
                "models/schema.yml":
                    "models:\n  - name: orders\n    columns:\n      - name: custmer_id\n        tests: [not_null]\n",
                "tests/positive.sql": "select *\nfrom {{ ref('orders') }}\nwhere amuont < 0",
            ],
            told: [
                "models/schema.yml:5:17: test 'not_null' is about column 'custmer_id', which model 'orders' does not have",
                "tests/positive.sql:3:7: test 'positive' reads column 'amuont', which none of its tables has",
            ]
        ),
        Mistake(
            name: "a relationship to a field that is not there",
            files: [
                "models/schema.yml":
                    "models:\n  - name: totals\n    columns:\n      - name: customer_id\n        tests:\n          - relationships: {to: ref('orders'), field: client_id}\n"
            ],
            told: [
                "models/schema.yml:6:13: test 'relationships' of model 'totals' reads column 'client_id', which none of its tables has"
            ]
        ),
        Mistake(
            name: "a contract",
            files: [
                "models/schema.yml":
                    "models:\n  - name: orders\n    config: {contract: {enforced: true}}\n    columns: [{name: id, data_type: varchar}, {name: customer_id, data_type: integer}, {name: amuont, data_type: double}]\n"
            ],
            told: [
                "models/orders.sql:1:1: model 'orders' gives column 'amount', which its contract does not name",
                "models/schema.yml:4:22: model 'orders' promises column 'id' as varchar, and its SQL gives INTEGER",
                "models/schema.yml:4:95: model 'orders' promises column 'amuont', which its SQL does not give",
            ]
        ),
        Mistake(
            name: "columns of a unit test's rows",
            files: [
                "models/unit.yml": """
                unit_tests:
                  - name: sums
                    model: totals
                    given:
                      - input: ref('orders')
                        rows:
                          - {customer_id: 1}
                          - {customer_id: 1, amuont: 3}
                    expect:
                      rows: [{customer_id: 1, totl: 3}]
                  - name: of_csv
                    model: orders
                    given:
                      - input: ref('stagd')
                        rows: []
                      - input: ref('staged')
                        format: csv
                        rows: |
                          id,day,Amount,kind
                          1,,2,3
                    expect: {format: sql, rows: "select 1 as whatever"}
                """
            ],
            told: [
                "models/unit.yml:8:30: unit test 'sums' gives rows with column 'amuont', which model 'orders' does not have",
                "models/unit.yml:10:31: unit test 'sums' expects column 'totl', which model 'totals' does not give",
                "models/unit.yml:11:11: the unit test 'of_csv' gives rows for ref('stagd'), which the project does not have",
                "models/unit.yml:18:15: unit test 'of_csv' gives rows with column 'kind', which model 'staged' does not have",
            ]
        ),
        Mistake(
            name: "a snapshot's key",
            files: [
                "snapshots/history.sql":
                    "{% snapshot history %}\n{{ config(strategy='check', unique_key='key', check_cols=['amount']) }}\nselect * from {{ ref('orders') }}\n{% endsnapshot %}"
            ],
            told: ["snapshots/history.sql:1:1: snapshot 'history' reads column 'key', which none of its tables has"]
        ),
        Mistake(
            name: "the second form of an incremental model",
            files: [
                "models/orders.sql":
                    "{{ config(materialized='incremental') }}\nselect id, customer_id, amount from {{ ref('staged') }}\n{% if is_incremental() %}\nwhere amount > (select max(updated) from {{ this }})\n{% endif %}"
            ],
            told: ["models/orders.sql:4:28: model 'orders' reads column 'updated', which none of its tables has"]
        ),
        Mistake(
            name: "an ephemeral model's mistake is told once, in its own file",
            files: [
                "models/staged.sql":
                    "{{ config(materialized='ephemeral') }}\nselect id, custmer as customer_id, amount from {{ ref('raw') }}"
            ],
            told: ["models/staged.sql:2:12: model 'staged' reads column 'custmer', which none of its tables has"]
        ),
        Mistake(
            name: "a macro that raises",
            files: [
                "models/totals.sql":
                    "select 1 as id\n{{ exceptions.raise_compiler_error('no totals today') if execute }}"
            ],
            told: ["models/totals.sql:2:4: model 'totals': no totals today"]
        ),
    ]

    @Test(arguments: mistakes)
    func `a mistake is told at its place`(_ mistake: Mistake) async throws {
        #expect(Self.lines(try await Self.report(mistake.files)) == mistake.told)
    }

    /// What looks doubtful and is right.
    static let sound: [(String, [String: String])] = [
        (
            "columns asked of what the parents will be",
            [
                "models/totals.sql":
                    "select {% for c in adapter.get_columns_in_relation(ref('orders')) %}{{ c.name }}{{ ',' if not loop.last }}{% endfor %} from {{ ref('orders') }}"
            ]
        ),
        (
            "a query without tables, run while compiling",
            ["models/totals.sql": "select {{ run_query('select 40 + 2').columns[0].values()[0] }} as x"]
        ),
        (
            "a struct, a list and a lambda",
            [
                "models/totals.sql":
                    "select {'a': id}.a as a, list_transform([amount], x -> x + 1) as l from {{ ref('orders') }}"
            ]
        ),
        (
            "columns of no type, and twice the same name",
            [
                "models/totals.sql":
                    "{{ config(materialized='table') }} select null as n, id, id from {{ ref('orders') }}",
                "models/last.sql": "select n + 1 as m, id_1 from {{ ref('totals') }}",
            ]
        ),
        ("a model that ends in a comment", ["models/totals.sql": "select id from {{ ref('orders') }} -- the end"]),
        (
            "ephemeral models",
            [
                "models/staged.sql":
                    "{{ config(materialized='ephemeral') }}\nselect id, customer as customer_id, amount from {{ ref('raw') }}"
            ]
        ),
        (
            "models in other schemas",
            ["models/orders.sql": "{{ config(schema='marts') }} select * from {{ ref('staged') }}"]
        ),
        (
            "a snapshot, and what reads its columns",
            [
                "snapshots/history.sql":
                    "{% snapshot history %}{{ config(strategy='timestamp', unique_key='id', updated_at='day') }}select * from {{ ref('staged') }}{% endsnapshot %}",
                "models/totals.sql": "select id, dbt_valid_from from {{ ref('history') }} where dbt_valid_to is null",
            ]
        ),
        (
            "a seed's column types",
            [
                "seeds/schema.yml": "seeds: [{name: raw, config: {column_types: {id: varchar}}}]",
                "models/totals.sql": "select id || 'x' as x, upper(id) as y from {{ ref('raw') }}",
            ]
        ),
    ]

    @Test(arguments: sound)
    func `what is right is not complained of`(_ name: String, _ files: [String: String]) async throws {
        let report = try await Self.report(files)
        #expect(Self.lines(report) == [], "\(name)")
        #expect(report.skipped.isEmpty, "\(name): \(report.skipped)")
    }

    @Test func `what depends on the data is left out, and what reads it is not blamed`() async throws {
        let report = try await Self.report([
            "models/orders.sql":
                "{% set days = run_query('select distinct day from ' ~ ref('staged')).rows %}\nselect id, amount {% for d in days %}, 1 as d{{ loop.index }}{% endfor %} from {{ ref('staged') }}"
        ])
        #expect(Self.lines(report) == [])
        #expect(report.skipped.map(\.reason) == [.asksData, .reads("model.shop.orders")])
    }

    @Test func `columns of PIVOT without IN are values of the data`() async throws {
        let report = try await Self.report([
            "models/totals.sql": "pivot {{ ref('orders') }} on customer_id using sum(amount)"
        ])
        #expect(Self.lines(report) == [])
        #expect(report.skipped.map(\.reason) == [.makesColumnsOfValues])
    }

    @Test func `what an earlier run left stands for what cannot be checked`() async throws {
        let fixture = try DbtFixture(
            Self.shop.merging([
                "models/orders.sql":
                    "{% set n = run_query('select count(*) from ' ~ ref('staged')).columns[0].values() if execute else [1] %}\nselect id, customer_id, amount, {{ n[0] }} as n from {{ ref('staged') }}"
            ]) { $1 }
        )
        #expect(try await fixture.run(.build).values.allSatisfy { $0.status == .success })
        let report = try await Self.report(on: fixture)
        #expect(Self.lines(report) == [])
        #expect(report.skipped.map(\.reason) == [.asksData])
        #expect(report.nodes == 3)
    }

    @Test func `sources have the columns of the real database, which is not changed`() async throws {
        let fixture = try DbtFixture(
            Self.shop.merging([
                "models/sources.yml": "sources: [{name: lake, schema: raw, tables: [{name: events}, {name: evnts}]}]",
                "models/fine.sql": "select kind from {{ source('lake', 'events') }}",
                "models/wrong.sql": "select knd from {{ source('lake', 'events') }}",
                "models/gone.sql": "select 1 as x from {{ source('lake', 'evnts') }}",
            ]) { $1 }
        )
        _ = try fixture.rows("create schema raw")
        _ = try fixture.rows("create table raw.events (kind varchar)")
        let report = try await Self.report(on: fixture)
        let told = Self.lines(report)
        #expect(told.count == 2)
        #expect(told[0].contains("source 'lake.evnts' is not in the database"), "\(told)")
        #expect(told[1] == "models/wrong.sql:1:8: model 'wrong' reads column 'knd', which none of its tables has")
        #expect(try fixture.rows("select count(*) from information_schema.tables") == ["1"])
    }

    @Test func `without a database nothing is said of what reads sources`() async throws {
        let report = try await Self.report([
            "models/sources.yml": "sources: [{name: lake, tables: [{name: events}]}]",
            "models/events.sql": "select kind from {{ source('lake', 'events') }}",
        ])
        #expect(Self.lines(report) == [])
        #expect(!report.isDatabaseThere)
        #expect(report.skipped.map(\.reason) == [.reads("source.shop.lake.events")])
    }
}
