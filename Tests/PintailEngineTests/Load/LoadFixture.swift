import DuckDB
import Foundation
import PintailEngine
import PintailOrchestrator
import PintailProject
import TestSupport

/// A project in a folder of its own, whose loads are run one at a time.
struct LoadFixture {
    let folder: TemporaryDirectory
    let workspace: Workspace
    let session: Session

    /// Opens a new project and runs the statements that make its tables.
    init(
        _ setUp: SQL = "SELECT 1",
        connections: [String: ConnectionSettings] = [:],
        resources: Resources = Resources(threads: 2)
    ) async throws {
        let folder = try TemporaryDirectory()
        let project = Project(
            "test",
            directory: folder.path,
            database: folder.path + "/test.duckdb",
            connections: connections,
            resources: resources
        )
        self.folder = folder
        workspace = try Workspace(opening: project)
        session = try workspace.session("test")
        _ = try await session.run { try $0.execute(setUp) }
    }

    /// Runs a load as a run of its own.
    @discardableResult
    func run(
        _ load: Load,
        as run: RunID = "20261121-090512-7f3a",
        batching: Batching = .whenLarge,
        earlier: EarlierRuns? = nil
    ) async throws -> NodeResult {
        let environment = StepEnvironment(
            workspace: workspace,
            session: session,
            reporter: .silent(for: "load"),
            run: run
        )
        return try await LoadStep(load, batching: batching, earlier: earlier).run(in: environment)
    }

    /// Runs a load that must fail, and tells how it failed.
    func failure(of load: Load, batching: Batching = .whenLarge) async throws -> NodeFailure {
        do {
            try await run(load, batching: batching)
        } catch {
            return NodeFailure(error)
        }
        throw FixtureError("the load of \(load.name) did not fail")
    }

    /// The text of a file of the project.
    func read(_ name: String) throws -> String { try folder.read(name) }

    /// The bytes of a file of the project.
    func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/\(name)")))
    }

    /// What the project's database answers, cell by cell.
    func rows(_ sql: SQL) async throws -> [[String]] {
        try await session.run { try $0.rows(sql).map { $0.map(\.description) } }
    }

    /// The names in the project's folder that a load made, hidden ones included.
    func names() throws -> [String] {
        try folder.names().filter { $0 != ".pintail" && !$0.hasPrefix("test.duckdb") }
    }
}
