import DuckDB
import FoundationEssentials
import PintailOrchestrator
import PintailProject
import TestSupport

@testable import PintailEngine

/// A project in a folder of its own, in which extracts can be run.
struct ExtractBench {
    let folder: String
    let workspace: Workspace

    /// Opens an empty project; `sources` is a folder whose files it starts with.
    init(sources: String? = nil, connections: [String: ConnectionSettings] = [:], memory: Int64? = nil) throws {
        let name = "pintail-test-\(UInt64.random(in: 0 ... .max))"
        folder = FileManager.default.temporaryDirectory.path + "/" + name
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        if let sources {
            try FileManager.default.removeItem(atPath: folder)
            try FileManager.default.copyItem(atPath: sources, toPath: folder)
        }
        let project = Project(
            "test",
            directory: folder,
            database: folder + "/test.duckdb",
            connections: connections,
            resources: Resources(memory: memory, threads: 2)
        )
        workspace = try Workspace(opening: project)
    }

    /// Removes the folder.
    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    /// Puts a file into the project.
    func write(_ name: String, _ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(filePath: folder + "/" + name))
    }

    /// Puts a text file into the project.
    func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

    /// Runs an extract and publishes what it staged.
    @discardableResult
    func run(
        _ extract: Extract,
        fullRefresh: Bool = false,
        run: RunID = "20260101-000000-0000",
        publishes: Bool = true
    ) async throws -> NodeResult {
        let session = try workspace.session("test")
        let environment = StepEnvironment(
            workspace: workspace,
            session: session,
            reporter: .silent(for: NodeID("test")),
            run: run
        )
        let (staged, result) = try await ExtractStep(extract, fullRefresh: fullRefresh).run(in: environment)
        if publishes {
            try await session.run { connection in
                try connection.transaction { try staged.publish($0) }
            }
        }
        return result
    }

    /// Runs a load that must fail, and tells how it failed.
    func failure(of load: Load) async throws -> NodeFailure {
        let environment = StepEnvironment(
            workspace: workspace,
            session: try workspace.session("test"),
            reporter: .silent(for: NodeID("test")),
            run: "20260101-000000-0000"
        )
        do {
            _ = try await LoadStep(load).run(in: environment)
        } catch {
            return NodeFailure(error)
        }
        throw FixtureError("the load of \(load.name) did not fail")
    }

    /// A query's rows, each value as text.
    func rows(_ sql: SQL) async throws -> [[String]] {
        try await workspace.session("test").run { connection in
            try connection.rows("SELECT COLUMNS(*)::VARCHAR FROM (\(sql))").map { $0.map(\.description) }
        }
    }

    /// What the spool still holds.
    var spooled: [String] {
        (try? FileManager.default.subpathsOfDirectory(atPath: folder + "/.pintail/spool")) ?? []
    }
}
