import DuckDB
import PintailEngine
import PintailOrchestrator
import PintailProject
import TestSupport
import Testing

/// A check as the runner calls it, on a project's own database file.
@Suite struct CheckRunTests {
    private static func environment(in folder: TemporaryDirectory) throws -> StepEnvironment {
        let project = Project("p", directory: folder.path, database: folder.path + "/p.duckdb")
        let workspace = try Workspace(opening: project)
        let node = NodeID("check:t")
        return StepEnvironment(
            workspace: workspace,
            session: try workspace.session("check"),
            reporter: .silent(for: node),
            run: "run-1"
        )
    }

    @Test func `what a check leaves is published by the next statement`() async throws {
        let folder = try TemporaryDirectory()
        let environment = try Self.environment(in: folder)
        try await environment.session.run {
            _ = try $0.execute("CREATE TABLE t__pintail_new AS FROM (VALUES (1), (NULL)) AS v(id)")
        }
        let staged = StagedTable("t")
        let check = Check("t", columns: [ColumnChecks("id", [.notNull])], onFail: .quarantine)
        let result = try await CheckStep(check).run(on: staged, in: environment)
        #expect(result.quarantinedRows == 1)
        let rows = try await environment.session.run { connection in
            try connection.transaction { try staged.publish($0) }
            return try connection.value("SELECT count(*) FROM t").integer
        }
        #expect(rows == 1)
    }

    @Test func `a cancelled check stops and leaves nothing behind`() async throws {
        let folder = try TemporaryDirectory()
        let environment = try Self.environment(in: folder)
        try await environment.session.run {
            _ = try $0.execute("CREATE VIEW t__pintail_new AS SELECT range AS id FROM range(100000000000)")
        }
        let check = Check("t", columns: [ColumnChecks("id", [.unique, .notNull])])
        let task = Task { try await CheckStep(check).run(on: StagedTable("t", kind: .view), in: environment) }
        try await Task.sleep(for: .milliseconds(200))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        let views = try await environment.session.run {
            try $0.value("SELECT count(*) FROM duckdb_views() WHERE temporary AND NOT internal").integer
        }
        #expect(views == 0)
    }
}
