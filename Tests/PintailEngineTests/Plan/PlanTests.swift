import PintailEngine
import PintailOrchestrator
import PintailProject
import Testing

@Suite struct PlanTests {
    private func plan(_ steps: [Step], existing: Set<String> = [], select: [String] = []) throws -> [String] {
        let project = Project(
            "test",
            directory: "/nowhere",
            database: "/nowhere/test.duckdb",
            connections: ["warehouse": .postgres(PostgresSettings())],
            pipelines: [Pipeline("p", steps: steps)]
        )
        let plan = try PlanBuilder(project, existing: existing).plan().selecting(Selection(select))
        return plan.nodes.map { node in
            let after = node.after.isEmpty ? "" : " after " + node.after.map(\.name).joined(separator: ", ")
            return "\(node.id)\(after)" + (node.publishes.map { " publishes \($0)" } ?? "")
        }
    }

    private func messages(_ steps: [Step], existing: Set<String> = []) -> [String] {
        do {
            _ = try plan(steps, existing: existing)
            return []
        } catch let problems as Diagnostics {
            return problems.all.map { $0.message + ($0.hint.map { " (\($0))" } ?? "") }
        } catch {
            return ["\(error)"]
        }
    }

    private let articles: [Step] = [
        .load(Load("articles", into: .table(connection: "warehouse", schema: nil, name: "articles"))),
        .transform(Transform("articles", sql: "SELECT * FROM Raw")),
        .check(Check("raw", columns: [ColumnChecks("id", [.notNull])])),
        .extract(Extract("raw", from: "raw.csv")),
    ]

    @Test func `order comes from what steps read, not from where they stand`() throws {
        #expect(
            try plan(articles) == [
                "load:articles after articles", "articles after check:raw publishes articles",
                "check:raw after raw publishes raw", "raw",
            ]
        )
    }

    @Test func `checks of one table run one after another and the last publishes it`() throws {
        let steps: [Step] = [
            .extract(Extract("raw", from: "raw.csv")), .check(Check("raw")), .check(Check("raw", name: "more")),
        ]
        #expect(try plan(steps) == ["raw", "check:raw after raw", "more after check:raw publishes raw"])
    }

    @Test func `a pipeline's name means the pipeline, also where a step has the same one`() throws {
        let steps: [Step] = [.extract(Extract("raw", from: "raw.csv")), .transform(Transform("p", sql: "FROM raw"))]
        #expect(try plan(steps, select: ["p"]).count == 2)
        #expect(try plan(steps, select: ["transform:p"]).count == 1)
        #expect(try plan(steps, select: ["+transform:p"]).count == 2)
    }

    @Test func `a selection waits for the nearest selected step above and publishes what it makes`() throws {
        #expect(
            try plan(articles, select: ["load:articles", "raw"]) == ["load:articles after raw", "raw publishes raw"]
        )
        #expect(try plan(articles, select: ["+articles"]).count == 4)
        #expect(try plan(articles, select: ["check:raw+"]).count == 3)
    }

    @Test func `a table that nobody makes is named with the nearest that somebody does`() {
        #expect(
            messages([.extract(Extract("orders", from: "o.csv")), .transform(Transform("t", sql: "FROM oders"))]) == [
                "transform 't' reads 'oders', which no step makes (did you mean 'orders'?)"
            ]
        )
    }

    @Test func `tables of the database, of connections and files need no step`() {
        let sql = "SELECT * FROM old, warehouse.public.t, warehouse.u, 'x.csv', quarantine.raw"
        #expect(messages([.transform(Transform("t", sql: sql))], existing: ["old"]) == [])
    }

    @Test func `every mistake is told at once`() {
        let steps: [Step] = [
            .transform(Transform("a", sql: "SELECT FROM")), .transform(Transform("b", sql: "SELECT * FROM nobody")),
            .transform(Transform("b", sql: "SELECT 1")), .transform(Transform("c", sql: "SELECT 1", after: ["z"])),
        ]
        #expect(messages(steps).count == 4)
    }

    @Test func `a circle is told by its steps`() {
        let steps: [Step] = [
            .transform(Transform("a", sql: "FROM b")), .transform(Transform("b", sql: "FROM c")),
            .transform(Transform("c", sql: "FROM a")),
        ]
        let told = messages(steps)
        #expect(told.count == 1)
        #expect(told.first?.hasPrefix("steps wait for each other: ") == true)
    }
}
