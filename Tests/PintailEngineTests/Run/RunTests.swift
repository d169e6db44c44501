import DuckDB
import PintailEngine
import PintailOrchestrator
import PintailProject
import TestSupport
import Testing

@Suite struct RunTests {
    /// Runs steps as a project in a folder of their own, and hands over what became of them and of the database.
    private func run(
        _ steps: [Step],
        in folder: TemporaryDirectory,
        options: RunOptions = RunOptions()
    ) async throws -> RunSummary {
        try await Pipeline("test", steps: steps, retries: Retries(attempts: 1)).run(in: folder.path, options: options)
    }

    private func rows(_ sql: SQL, in folder: TemporaryDirectory) throws -> [[Value]] {
        try Database(path: folder.path + "/pintail.duckdb").connect().rows(sql)
    }

    @Test func `tables are built in the order of what they read and stay in the database`() async throws {
        let folder = try TemporaryDirectory()
        let summary = try await run(
            [
                .transform(Transform("total", sql: "SELECT sum(i)::BIGINT AS total FROM numbers")),
                .transform(Transform("numbers", sql: "FROM range(10) t(i)")),
                .transform(Transform("seen", sql: "FROM total", materialized: .view)),
            ],
            in: folder
        )
        #expect(summary.status == .succeeded)
        #expect(summary["numbers"]?.result?.rows == 10)
        #expect(try rows("SELECT total FROM seen", in: folder) == [[.integer(45)]])
    }

    @Test func `a transform that fails leaves yesterday's table and skips what reads it`() async throws {
        let folder = try TemporaryDirectory()
        func steps(_ sql: String) -> [Step] {
            [
                .transform(Transform("a", sql: sql)), .transform(Transform("b", sql: "FROM a")),
                .transform(Transform("c", sql: "SELECT 1 AS one")),
            ]
        }
        _ = try await run(steps("SELECT 1 AS x"), in: folder)
        let summary = try await run(steps("SELECT CAST(s AS INTEGER) AS x FROM (VALUES ('boom')) t(s)"), in: folder)
        #expect(summary.status == .failed)
        guard case .failed(let failure)? = summary["a"]?.status else {
            Issue.record("a has not failed")
            return
        }
        #expect(failure.message.contains("boom"))
        #expect(failure.dataState == "a is unchanged")
        #expect(summary["b"]?.status == .skipped(.upstreamFailed("a")))
        #expect(summary["c"]?.status == .succeeded)
        #expect(try rows("SELECT x FROM a", in: folder) == [[.integer(1)]])
        #expect(
            try rows("SELECT count(*) FROM duckdb_tables() WHERE table_name LIKE '%pintail_new'", in: folder) == [
                [.integer(0)]
            ]
        )
    }

    @Test func `a table can become a view and a view a table`() async throws {
        let folder = try TemporaryDirectory()
        for kind in [Materialization.table, .view, .table] {
            let summary = try await run(
                [.transform(Transform("a", sql: "SELECT 1 AS x", materialized: kind))],
                in: folder
            )
            #expect(summary.status == .succeeded)
        }
        #expect(try rows("SELECT x FROM a", in: folder) == [[.integer(1)]])
    }

    /// Three rows, of which the extract puts one aside and the first check another.
    private func quarantining(atLeast rows: Int, strategy: LoadStrategyChoice = .auto) -> [Step] {
        [
            .extract(
                Extract(
                    "t",
                    from: "t.csv",
                    onBadRows: strategy == .auto ? .quarantine : .fail,
                    types: strategy == .auto ? ["n": "int64"] : [:],
                    strategy: strategy
                )
            ),
            .check(
                Check("t", name: "put aside", columns: [ColumnChecks("name", [.notNull])], onFail: .quarantine)
            ),
            .check(Check("t", name: "enough", rowCount: Bounds(min: rows))),
        ]
    }

    @Test func `rows put aside become visible together with their table`() async throws {
        let folder = try TemporaryDirectory()
        try folder.write("name,n\na,1\n,2\nc,x\n", to: "t.csv")
        func isThere() throws -> [[Value]] {
            try rows("SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'quarantine'", in: folder)
        }
        #expect(try await run(quarantining(atLeast: 2), in: folder).status == .failed)
        #expect(try isThere() == [[.integer(0)]])
        #expect(try await run(quarantining(atLeast: 1), in: folder).status == .succeeded)
        #expect(
            try rows("SELECT rule FROM quarantine.t ORDER BY rule", in: folder) == [
                [.text("not_null")], [.text("type")],
            ]
        )
    }

    @Test func `a streamed view stays streamed when a check takes rows out of it`() async throws {
        let folder = try TemporaryDirectory()
        try folder.write("name,n\na,1\n,2\nc,3\n", to: "t.csv")
        let summary = try await run(quarantining(atLeast: 2, strategy: .streaming), in: folder)
        #expect(summary.status == .succeeded)
        #expect(
            try rows("SELECT comment FROM duckdb_views() WHERE view_name = 't'", in: folder) == [
                [.text("pintail: streaming")]
            ]
        )
    }

    @Test func `a command sees facts of its run, and its failure is the step's`() async throws {
        let folder = try TemporaryDirectory()
        let summary = try await run(
            [
                .command(Command("echo '{{ run.id }}' '{{pipeline}}' > said.txt", name: "say")),
                .command(Command("echo to the log; exit 3", name: "fail")),
                .command(Command("echo {{ nothing }}", name: "ask")),
            ],
            in: folder
        )
        #expect(summary["command:say"]?.status == .succeeded)
        #expect(try folder.read("said.txt") == "\(summary.run) test\n")
        guard case .failed(let failure)? = summary["command:fail"]?.status,
            case .failed(let unknown)? = summary["command:ask"]?.status
        else {
            Issue.record("they have not failed")
            return
        }
        #expect(failure.message == "the command ended with exit code 3: echo to the log; exit 3")
        #expect(unknown.message == "the command asks for '{{ nothing }}', which is not known")
    }

    @Test func `cancelling a run stops its queries and commands`() async throws {
        let folder = try TemporaryDirectory()
        let work = Task {
            try await run(
                [
                    .transform(
                        Transform("endless", sql: "SELECT count(*) FROM range(1000000000000) t(i) WHERE i % 7 = 3")
                    ),
                    .command(Command("sleep 1000")),
                ],
                in: folder
            )
        }
        try await Task.sleep(for: .milliseconds(300))
        work.cancel()
        let summary = try await work.value
        #expect(summary.status == .cancelled)
        #expect(summary.nodes.allSatisfy { $0.status == .cancelled })
    }
}
