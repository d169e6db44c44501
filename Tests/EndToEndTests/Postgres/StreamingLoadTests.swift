import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Streaming loads that are disturbed on the way: no row is lost, none comes twice.
///
/// `.serialized`: each loads all it can.
@Suite(.serialized) struct StreamingLoadTests {
    /// Several batches for each stream.
    private static let rows = 600_000
    /// Count, different ids, and a sum that a changed row would change.
    private static let sums = "600000|600000|179999700000|5888890"

    private static func project(
        _ mode: String,
        on server: PostgresServer? = nil,
        port: Int? = nil,
        retries: String = "{attempts: 1}",
        strategy: String = "streaming"
    ) async throws -> PostgresProject {
        let project = try await PostgresProject(
            on: server,
            tables: "CREATE TABLE t (id bigint, name text); CREATE TABLE copy_of (id bigint)",
            port: port
        )
        try await project.parquet("t.parquet", "SELECT range AS id, 'row ' || range AS name FROM range(\(rows))")
        try project.pipeline(
            """
            - extract: t
              from: t.parquet
              strategy: \(strategy)
            - load: t
              into: pg.public.t
              mode: \(mode)
            """,
            retries: retries
        )
        return project
    }

    private func sums(_ project: PostgresProject) async throws -> String {
        try await project.rows("SELECT count(*), count(DISTINCT id), sum(id), sum(length(name)) FROM t")
    }

    /// How many rows have been committed for good, in how many batches.
    private func committed(_ project: PostgresProject) async throws -> Int {
        let isThere = try await project.rows("SELECT to_regclass('pintail_positions') IS NOT NULL")
        guard isThere == "t" else { return 0 }
        return Int(try await project.rows("SELECT coalesce(sum(rows), 0) FROM pintail_positions WHERE first_row > 0"))
            ?? 0
    }

    /// Whether the history says that the last run's load succeeded.
    private func isNoted(in project: PostgresProject) async throws -> Bool {
        let program = """
            import os, sqlite3
            if os.path.exists(".pintail/state.db"):
                with sqlite3.connect(".pintail/state.db") as db:
                    nodes = "SELECT n.status FROM nodes n JOIN runs r USING (run) WHERE node = 'load:t'"
                    print(db.execute(nodes + " ORDER BY r.started DESC").fetchone())
            """
        let status = try await mustRun("python3", ["-c", program], currentDirectory: project.folder.path)
        return status.contains("succeeded")
    }

    /// Starts a run whose line to the server stands still in the middle of the load, with some batches committed.
    private func runToTheMiddle(of project: PostgresProject, through proxy: CuttingProxy) async throws -> ChildProcess {
        proxy.hold(after: 4 << 20, .toServer)
        let child = try project.start("run", "load")
        try await eventually("the line stands still, or the run has ended") { proxy.isHolding || child.end != nil }
        // What has come through may still be on its way into the table.
        try await eventually("some batches are in, or the run has ended") {
            let rows = try await committed(project)
            return rows > 0 || child.end != nil
        }
        #expect(child.end == nil, "\(child.standardError)")
        return child
    }

    @Test(arguments: ["append", "replace"]) func `killed at any moment, the next run goes on where it was`(
        _ mode: String
    )
        async throws
    {
        let project = try await Self.project(mode)
        var kills = 0
        var goneOn = 0
        while kills < 11 {
            let before = try await committed(project)
            if before > 0 { goneOn += 1 }
            let child = try project.start("run", "load")
            // A busy machine gets nowhere in that time: each try is longer until one has got somewhere.
            let moment = Int.random(in: 150...900) * (goneOn == 0 ? kills + 1 : 1)
            for _ in 0..<moment where child.end == nil { try await Task.sleep(for: .milliseconds(1)) }
            child.send(SIGKILL)
            let end = try await child.wait()
            // The server ends the transaction of one who has gone, but in its own time.
            try await eventually("the server has noticed") {
                try await project.rows(
                    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                ) == "0"
            }
            let kept = try await committed(project)
            let found = try await sums(project)
            if end == .exited(0) {
                #expect(found == Self.sums, "after \(kills) kills")
            } else {
                kills += 1
                #expect(kept >= before || found == Self.sums, "killed after \(moment) ms")
            }
            // Another run that is asked for adds all of it again.
            let isNoted = try await isNoted(in: project)
            if mode == "append", isNoted || end == .exited(0) { _ = try await project.rows("TRUNCATE t") }
        }
        try await project.mustPintail("run", "load")
        #expect(try await sums(project) == Self.sums)
        #expect(try await committed(project) == 0)
        #expect(try await project.rows("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == "3")
        #expect(goneOn > 0)
    }

    @Test(arguments: ["streaming", "eager"])
    func `killed after its last commit, a run is not repeated by the next one, but by the one after that`(
        _ strategy: String
    ) async throws {
        let project = try await Self.project("append", strategy: strategy)
        try await project.mustPintail("run", "load")
        // As a kill leaves it between the commit and the end of the run.
        let history = """
            import sqlite3
            with sqlite3.connect(".pintail/state.db") as db:
                for table in ("runs", "nodes", "attempts"): db.execute(f"UPDATE {table} SET status = 'interrupted'")
            """
        try await mustRun("python3", ["-c", history], currentDirectory: project.folder.path)
        let printed = try await project.mustPintail("run", "load", "--json")
        #expect(printed.contains("an earlier run had added all 600,000 rows when it was stopped"))
        #expect(try await sums(project) == Self.sums)
        try await project.mustPintail("run", "load")
        #expect(try await project.rows("SELECT count(*), count(DISTINCT id) FROM t") == "1200000|600000")
    }

    @Test func `projects that share a schema do not forget each other's batches`() async throws {
        let proxy = try await CuttingProxy(to: PostgresServer.shared().port)
        let project = try await Self.project("append", port: proxy.port)
        let child = try await runToTheMiddle(of: project, through: proxy)
        child.send(SIGKILL)
        #expect(try await child.wait() == .killed(by: SIGKILL))
        proxy.release()
        let other = try TemporaryDirectory()
        let settings = try project.folder.read("pintail.yml").replacing("project: shop", with: "project: other")
        try other.write(settings, to: "pintail.yml")
        let steps = try project.folder.read("pipelines/load.yml").replacing("public.t", with: "public.copy_of")
        try other.write(steps.replacing("from: t.parquet", with: "from: t.csv"), to: "pipelines/load.yml")
        try other.write("id\n1\n", to: "t.csv")
        try await mustRun(PintailBinary.path, ["run", "load"], currentDirectory: other.path)
        try await project.mustPintail("run", "load")
        #expect(try await sums(project) == Self.sums)
    }

    @Test(arguments: ["append", "replace"]) func `after Ctrl-C the next run goes on`(_ mode: String) async throws {
        let proxy = try await CuttingProxy(to: PostgresServer.shared().port)
        let project = try await Self.project(mode, port: proxy.port)
        let child = try await runToTheMiddle(of: project, through: proxy)
        child.send(SIGINT)
        try await eventually("it is noticed") { child.standardError.contains("cancelling") || child.end != nil }
        proxy.release()
        #expect(try await child.wait() == .exited(130))
        #expect(child.standardError.contains("cancelled"))
        let before = try await committed(project)
        #expect(before > 0)
        let printed = try await project.mustPintail("run", "load", "--json")
        #expect(printed.contains("rows that an earlier run has committed"))
        #expect(try await sums(project) == Self.sums)
    }

    @Test(arguments: ["append", "replace"]) func `a session that the server ends is tried again`(_ mode: String)
        async throws
    {
        let proxy = try await CuttingProxy(to: PostgresServer.shared().port)
        let project = try await Self.project(mode, port: proxy.port, retries: "{attempts: 4, backoff: 100ms}")
        let child = try await runToTheMiddle(of: project, through: proxy)
        let ended = try await project.rows(
            """
            SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'pintail'
            """
        )
        #expect(ended != "0")
        proxy.release()
        #expect(try await child.wait() == .exited(0), "\(child.standardError)")
        #expect(child.standardError.contains("attempt 1 failed"))
        #expect(try await sums(project) == Self.sums)
    }

    @Test(arguments: [PostgresServer.StopMode.fast, .immediate])
    func `a server that is restarted is waited for`(_ stop: PostgresServer.StopMode) async throws {
        let server = try await PostgresServer(settings: ["synchronous_commit": "on"])
        let proxy = try CuttingProxy(to: server.port)
        let retries = "{attempts: 12, backoff: 100ms}"
        let project = try await Self.project("append", on: server, port: proxy.port, retries: retries)
        let child = try await runToTheMiddle(of: project, through: proxy)
        try await server.restart(stop)
        proxy.release()
        #expect(try await child.wait() == .exited(0), "\(child.standardError)")
        #expect(child.standardError.contains("attempt 1 failed"))
        #expect(try await sums(project) == Self.sums)
    }

    static let cuts: [(CuttingProxy.Direction, Int)] =
        [1, 300, 3_000, 400_000, 1_500_000, 5_000_000].map { (.toServer, $0) }
        + [1, 200, 1_000, 1_500, 2_500].map { (.toClient, $0) }

    @Test(arguments: ["append", "replace"]) func `a line that breaks anywhere costs one more attempt`(_ mode: String)
        async throws
    {
        let proxy = try await CuttingProxy(to: PostgresServer.shared().port)
        let project = try await Self.project(mode, port: proxy.port, retries: "{attempts: 3, backoff: 10ms}")
        for (direction, bytes) in Self.cuts {
            proxy.cut(after: bytes, direction)
            let result = try await project.pintail("run", "load")
            #expect(result.exitCode == 0, "cut after \(bytes) \(direction): \(result.standardError)")
            #expect(try await sums(project) == Self.sums, "cut after \(bytes) \(direction)")
            _ = try await project.rows("TRUNCATE t")
        }
        #expect(proxy.cuts == Self.cuts.count)
    }

    @Test(arguments: ["append", "replace"]) func `two loads into one table take turns`(_ mode: String) async throws {
        let project = try await Self.project(mode)
        let other = try TemporaryDirectory()
        try other.write(project.folder.read("pintail.yml"), to: "pintail.yml")
        try other.write(project.folder.read(".env"), to: ".env")
        try other.write(
            project.folder.read("pipelines/load.yml").replacing("t.parquet", with: project.folder.path + "/t.parquet"),
            to: "pipelines/load.yml"
        )
        let one = try project.start("run", "load")
        let two = try ChildProcess(PintailBinary.path, ["run", "load"], currentDirectory: other.path)
        #expect(try await one.wait() == .exited(0), "\(one.standardError)")
        #expect(try await two.wait() == .exited(0), "\(two.standardError)")
        let times = mode == "append" ? 2 : 1
        let found = try await project.rows("SELECT count(*), count(DISTINCT id) FROM t")
        #expect(found == "\(Self.rows * times)|\(Self.rows)")
    }

    @Test func `what may pass is tried again, what may not is not`() async throws {
        let project = try await Self.project("append", retries: "{attempts: 3, backoff: 10ms}")
        _ = try await project.rows("ALTER TABLE t ADD CHECK (id < 100000)")
        let result = try await project.pintail("run", "load")
        #expect(result.exitCode == 1)
        #expect(!result.standardError.contains("attempt 1 failed"))
        #expect(result.standardError.contains("violates check constraint"))
        #expect(result.standardError.contains("rows are in public.t, and the next run sends the others"))
        #expect(try await committed(project) > 0)
        _ = try await project.rows("ALTER TABLE t DROP CONSTRAINT t_id_check")
        try await project.mustPintail("run", "load")
        #expect(try await sums(project) == Self.sums)
    }
}
