import PintailProject
import TestSupport
import Testing

@testable import PintailEngine

/// Columns followed to what they are made of, over many shapes of SQL.
@Suite struct LineageTests {
    /// A query over `orders(id, customer_id, amount, day, tags)` and `customers(id, name)`, and what each column is made
    /// of: `=` passed through, `~` converted, `*` derived.
    static let shapes: [(String, [String: [String]])] = [
        ("select id, amount as a from {{ o }}", ["id": ["=o.id"], "a": ["=o.amount"]]),
        ("select * from {{ c }}", ["id": ["=c.id"], "name": ["=c.name"]]),
        ("select * exclude (name), upper(name) as big from {{ c }}", ["id": ["=c.id"], "big": ["*c.name"]]),
        ("select cast(id as varchar) as text from {{ o }}", ["text": ["~o.id"]]),
        ("select 1 as one, current_date as today from {{ o }}", ["one": [], "today": []]),
        ("select amount * 2 + id as x from {{ o }}", ["x": ["*o.amount", "*o.id"]]),
        ("with a as (select * from {{ o }}), b as (select id as key from a) select key from b", ["key": ["=o.id"]]),
        ("with a as materialized (select id from {{ o }}) select x.id, y.id as again from a x join a y using (id)", ["id": ["=o.id"], "again": ["=o.id"]]),
        ("select o.amount, c.name from {{ o }} o left join {{ c }} c on c.id = o.customer_id", ["amount": ["=o.amount"], "name": ["=c.name"]]),
        ("select id from {{ o }} o full join {{ c }} c using (id)", ["id": ["*o.id", "*c.id"]]),
        ("select customer_id, sum(amount) as total, count(*) as n from {{ o }} group by 1", ["customer_id": ["=o.customer_id"], "total": ["*o.amount"], "n": []]),
        ("select sum(amount) filter (where id > 1) as some from {{ o }}", ["some": ["*o.amount", "*o.id"]]),
        ("select day, grouping(day) as g, max(amount) as m from {{ o }} group by rollup (day)", ["day": ["=o.day"], "g": [], "m": ["*o.amount"]]),
        ("select row_number() over (partition by customer_id order by day) as n from {{ o }}", ["n": ["*o.customer_id", "*o.day"]]),
        ("select id, sum(amount) over (order by day) as running from {{ o }} qualify running > 1", ["id": ["=o.id"], "running": ["*o.amount", "*o.day"]]),
        ("select id from {{ o }} union all select id from {{ c }}", ["id": ["=o.id", "=c.id"]]),
        ("select id, day from {{ o }} union by name select name, id from {{ c }}", ["id": ["=o.id", "=c.id"], "day": ["=o.day"], "name": ["=c.name"]]),
        ("select id from {{ o }} except select id from {{ c }}", ["id": ["=o.id"]]),
        ("select o.id, (select max(name) from {{ c }} c where c.id = o.customer_id) as name from {{ o }} o", ["id": ["=o.id"], "name": ["*c.name"]]),
        ("select id from {{ o }} o where exists (select 1 from {{ c }} c where c.id = o.id) and customer_id in (select id from {{ c }})", ["id": ["=o.id"]]),
        ("select id in (select id from {{ c }}) as known from {{ o }}", ["known": ["*o.id", "*c.id"]]),
        ("select c.id, t.twice from {{ c }} c, lateral (select c.id * 2 as twice) t", ["id": ["=c.id"], "twice": ["*c.id"]]),
        ("with recursive r as (select id, id as root from {{ c }} union all select c.id, r.root from r join {{ o }} c on c.customer_id = r.id) select * from r", ["id": ["=c.id", "=o.id"], "root": ["=c.id"]]),
        ("select unnest(tags) as tag from {{ o }}", ["tag": ["*o.tags"]]),
        ("select list_transform(tags, x -> x || id) as t from {{ o }}", ["t": ["*o.tags", "*o.id"]]),
        ("select x from (values (1), (2)) v(x), {{ c }}", ["x": []]),
        ("select distinct on (customer_id) customer_id, amount from {{ o }} order by day", ["customer_id": ["=o.customer_id"], "amount": ["=o.amount"]]),
        ("pivot {{ o }} on customer_id in (1, 2) using sum(amount) group by day", ["day": ["=o.day"], "1": ["*o.amount", "*o.customer_id"], "2": ["*o.amount", "*o.customer_id"]]),
        ("unpivot (select id, customer_id from {{ o }}) on id, customer_id into name k value v", ["k": [], "v": ["*o.id", "*o.customer_id"]]),
        ("select o.amount, b.k from {{ o }} o asof join (select day, id as k from {{ o }}) b using (day)", ["amount": ["=o.amount"], "k": ["=o.id"]]),
        ("select * from {{ c }} semi join {{ o }} using (id)", ["id": ["=c.id"], "name": ["=c.name"]]),
        ("select case when amount > 1 then name else 'none' end as label from {{ o }} o join {{ c }} c on true", ["label": ["*o.amount", "*c.name"]]),
        ("select r.i, name from range(3) r(i), {{ c }}", ["i": [], "name": ["=c.name"]]),
        ("select id from {{ o }} using sample 10% order by day limit 3", ["id": ["=o.id"]]),
        ("select {'a': id, 'b': day}.b as b, struct_pack(k := name) as s from {{ o }} o join {{ c }} c using (id)", ["b": ["*o.id", "*o.day"], "s": ["*c.name"]]),
    ]

    static func lineage(_ query: String, _ more: [String: String] = [:]) async throws -> ProjectLineage {
        let files = [
            "seeds/orders.csv": "id,customer_id,amount,day\n1,7,10.5,2024-01-01\n",
            "seeds/customers.csv": "id,name\n7,Ada\n",
            "models/o.sql": "select *, ['a', 'b'] as tags from {{ ref('orders') }}",
            "models/c.sql": "select * from {{ ref('customers') }}",
            "models/query.sql": "{% set o = ref('o') %}{% set c = ref('c') %}" + query,
        ]
        let fixture = try DbtFixture(files.merging(more) { $1 })
        let options = BuildOptions(.build, targetPath: fixture.folder.path + "/target", command: "", environment: [:])
        return try await ProjectLineage.around(["model.shop.query"], in: try fixture.load(), options: options)
    }

    static func written(_ links: [ProjectLineage.Step], _ end: KeyPath<ProjectLineage.Link, ProjectLineage.Column>) -> [String] {
        links.map { step in
            let mark = [.passed: "=", .converted: "~", .derived: "*"][step.link.manner] ?? ""
            let column = step.link[keyPath: end]
            return mark + (column.node.split(separator: ".").last ?? "") + "." + column.name
        }
    }

    @Test(arguments: shapes)
    func `every column is followed to those it is made of`(_ query: String, _ expected: [String: [String]]) async throws {
        let lineage = try await Self.lineage(query)
        #expect(lineage.unknown.isEmpty, "\(lineage.unknown)")
        let columns = lineage.columns["model.shop.query"] ?? []
        #expect(Set(columns.map(\.name)) == Set(expected.keys))
        for column in columns {
            let direct = lineage.upstream(of: .init("model.shop.query", column.name)).filter { $0.depth == 0 }
            #expect(Set(Self.written(direct, \.from)) == Set(expected[column.name] ?? []), "\(column.name) of \(query)")
        }
    }

    @Test func `columns are followed through the project, up to seeds and down to the last reader`() async throws {
        let lineage = try await Self.lineage(
            "select customer_id, sum(amount) as total from {{ o }} group by 1",
            ["models/last.sql": "{{ config(materialized='ephemeral') }} select total > 10 as is_big from {{ ref('query') }}", "models/end.sql": "select is_big from {{ ref('last') }}"]
        )
        let column = ProjectLineage.Column("model.shop.query", "TOTAL")
        #expect(Self.written(lineage.upstream(of: column), \.from) == ["*o.amount", "=orders.amount"])
        #expect(Self.written(lineage.downstream(of: column), \.to) == ["*last.is_big", "=end.is_big"])
    }

    @Test func `of a model that does not bind nothing is guessed`() async throws {
        let lineage = try await Self.lineage("select nothing from {{ o }}")
        #expect(lineage.unknown.map(\.id) == ["model.shop.query"])
        #expect(lineage.upstream(of: .init("model.shop.query", "nothing")).isEmpty)
    }
}
