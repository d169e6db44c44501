import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Streaming loads that are disturbed on the way: no row is lost, none comes twice.
///
/// `.serialized`: each disturbs a run whose moments it chooses by what the server shows.
@Suite(.serialized) struct StreamingLoadTests {
    private static let rows = 300_000
    /// Count, different ids, and a sum that a changed row would change.
    private static let sums = "300000|300000|44999850000|2888890"

    private static func project(
        _ mode: String,
        on server: PostgresServer? = nil,
        port: Int? = nil,
        retries: String = "{attempts: 1}"
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
              strategy: streaming
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
        return Int(try await project.rows("SELECT coalesce(sum(rows), 0) FROM pintail_positions")) ?? 0
    }

    /// Waits until a run has committed its first batches, or has ended.
    private func firstBatches(_ project: PostgresProject, of child: ChildProcess) async throws {
        try await eventually("some batches are in, or the run has ended") {
            let rows = try await committed(project)
            return rows > 0 || child.end != nil
        }
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
            let moment = Int.random(in: 100...1200)
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
            // Once all is there and no batch is remembered, another run would rightly add it all again.
            if mode == "append", kept == 0 { _ = try await project.rows("TRUNCATE t") }
        }
        try await project.mustPintail("run", "load")
        #expect(try await sums(project) == Self.sums)
        #expect(try await committed(project) == 0)
        #expect(try await project.rows("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == "3")
        #expect(goneOn > 0)
    }

    @Test(arguments: ["append", "replace"]) func `after Ctrl-C the next run goes on`(_ mode: String) async throws {
        let project = try await Self.project(mode)
        let child = try project.start("run", "load")
        try await firstBatches(project, of: child)
        child.send(SIGINT)
        #expect(try await child.wait() == .exited(130))
        #expect(child.standardError.contains("cancelled"))
        let before = try await committed(project)
        #expect(before > 0)
        let printed = try await project.mustPintail("run", "load", "--json")
        #expect(printed.contains("that an earlier run has committed"))
        #expect(try await sums(project) == Self.sums)
    }

    @Test(arguments: ["append", "replace"]) func `a session that the server ends is tried again`(_ mode: String)
        async throws
    {
        let project = try await Self.project(mode, retries: "{attempts: 4, backoff: 100ms}")
        let child = try project.start("run", "load")
        try await firstBatches(project, of: child)
        let ended = try await project.rows(
            """
            SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'pintail'
            """
        )
        #expect(ended != "0")
        #expect(try await child.wait() == .exited(0), "\(child.standardError)")
        #expect(child.standardError.contains("attempt 1 failed"))
        #expect(try await sums(project) == Self.sums)
    }

    @Test(arguments: [PostgresServer.StopMode.fast, .immediate])
    func `a server that is restarted is waited for`(_ stop: PostgresServer.StopMode) async throws {
        let server = try await PostgresServer(settings: ["synchronous_commit": "on"])
        let project = try await Self.project("append", on: server, retries: "{attempts: 12, backoff: 100ms}")
        let child = try project.start("run", "load")
        try await firstBatches(project, of: child)
        try await server.restart(stop)
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
        _ = try await project.rows("ALTER TABLE t ADD CHECK (id < 200000)")
        let result = try await project.pintail("run", "load")
        #expect(result.exitCode == 1)
        #expect(!result.standardError.contains("attempt 1 failed"))
        #expect(result.standardError.contains("violates check constraint"))
        #expect(result.standardError.contains("and the next run sends the others"))
        #expect(try await committed(project) > 0)
        _ = try await project.rows("ALTER TABLE t DROP CONSTRAINT t_id_check")
        try await project.mustPintail("run", "load")
        #expect(try await sums(project) == Self.sums)
    }
}
