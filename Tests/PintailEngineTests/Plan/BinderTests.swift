import PintailEngine
import PintailProject
import TestSupport
import Testing

@Suite struct BinderTests {
    private func problems(_ steps: [Step]) async throws -> [String] {
        let folder = try TemporaryDirectory()
        _ = try folder.write("id,name\n1,a\n", to: "a.csv")
        _ = try folder.write("id,name\n1,a\n2\n", to: "ragged.csv")
        let project = Project(
            "test",
            directory: folder.path,
            database: folder.path + "/test.duckdb",
            pipelines: [Pipeline("p", steps: steps)]
        )
        let found = try await Binder(project, plan: try PlanBuilder(project, existing: ["old"]).plan()).problems()
        return found.map { "\($0.severity): \($0.message)" + ($0.hint.map { " (\($0))" } ?? "") }
    }

    private let raw = Step.extract(Extract("raw", from: "a.csv"))

    @Test func `queries and claims that fit their tables are accepted`() async throws {
        let steps: [Step] = [
            raw, .check(Check("raw", columns: [ColumnChecks("ID", [.notNull])])),
            .transform(Transform("t", sql: "SELECT id + 1 AS next, upper(name) AS name FROM raw")),
            .load(Load("out", from: "SELECT next FROM t", into: "out.csv")),
        ]
        #expect(try await problems(steps) == [])
    }

    @Test func `a column that a table lacks is told with the one that could be meant`() async throws {
        let steps: [Step] = [
            raw, .check(Check("raw", columns: [ColumnChecks("nmae", [.notNull])])),
            .transform(Transform("t", sql: "SELECT nmae FROM raw")),
        ]
        #expect(
            try await problems(steps) == [
                "error: check 'check:raw' is about column 'nmae', which raw does not have (did you mean 'name'?)",
                """
                error: the query of transform 't' does not bind: Referenced column "nmae" not found in FROM clause! \
                (did you mean 'name'?)
                """,
            ]
        )
    }

    @Test func `rows that will be put aside are in the way of nothing`() async throws {
        let steps: [Step] = [
            .extract(Extract("raw", from: "ragged.csv", onBadRows: .quarantine)),
            .transform(Transform("t", sql: "SELECT nmae FROM raw")),
        ]
        let found = try await problems(steps)
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("error: the query of transform 't' does not bind") == true, "\(found)")
    }

    @Test func `what reads a table of unknown columns is not judged`() async throws {
        let steps: [Step] = [
            .extract(Extract("piped", from: .standardInput)),
            .transform(Transform("a", sql: "SELECT anything FROM piped")),
            .transform(Transform("b", sql: "SELECT more FROM a, old")),
        ]
        #expect(try await problems(steps) == [])
    }

    @Test func `a source that cannot be read is a warning, as it may be there when it is wanted`() async throws {
        let found = try await problems([.extract(Extract("later", from: "later.csv"))])
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("warning: extract 'later' was not looked at: ") == true)
    }

    @Test func `a file that must not be there, or whose name tells no format, is told before anything runs`()
        async throws
    {
        let steps: [Step] = [
            raw, .load(Load("there", from: "FROM raw", into: "a.csv", mode: .fail)),
            .load(Load("odd", from: "FROM raw", into: "out.foo")),
        ]
        #expect(
            try await problems(steps) == [
                """
                error: load 'there' cannot be done: a.csv exists already \
                (`mode: replace` takes its place, `mode: append` adds to it)
                """,
                """
                error: load 'odd' cannot be done: the name 'out.foo' does not tell a file format \
                (end it in .csv, .tsv, .json, .ndjson, .parquet or .xlsx, or say `format:`)
                """,
            ]
        )
    }
}
