import Foundation
import TestSupport

/// A folder with a project, and a database that its connection `pg` leads to: what a user has before the first run.
struct PostgresProject {
    let folder: TemporaryDirectory
    let server: PostgresServer
    let database: String

    /// Makes both; `port` is that of a proxy before the server.
    init(
        on server: PostgresServer? = nil,
        tables: String = "",
        port: Int? = nil,
        user: String = "postgres",
        password: String = ""
    ) async throws {
        if let server { self.server = server } else { self.server = try await .shared() }
        database = try await self.server.createDatabase()
        if !tables.isEmpty { try await self.server.psql(tables, database: database) }
        folder = try TemporaryDirectory()
        try folder.write("PG_PASSWORD=\(password)\n", to: ".env")
        try folder.write(
            """
            project: shop
            connections:
              pg:
                postgres:
                  host: 127.0.0.1
                  port: \(port ?? self.server.port)
                  database: \(database)
                  user: \(user)
                  password: "${PG_PASSWORD:-none}"

            """,
            to: "pintail.yml"
        )
    }

    /// Writes a pipeline: its steps as YAML.
    func pipeline(_ steps: String, name: String = "load", retries: String = "{attempts: 1}") throws {
        let indented = steps.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n")
        try folder.write(
            "pipeline: \(name)\nretries: \(retries)\nsteps:\n\(indented)\n",
            to: "pipelines/\(name).yml"
        )
    }

    /// Makes a Parquet file of the project from a query.
    func parquet(_ name: String, _ query: String) async throws {
        try await mustRun(
            PintailBinary.path,
            ["query", query, "--output", "\(folder.path)/\(name)"],
            currentDirectory: folder.path
        )
    }

    /// Runs `pintail` in the folder.
    func pintail(_ arguments: String..., environment: [String: String] = [:]) async throws -> RunResult {
        try await TestSupport.run(
            PintailBinary.path,
            arguments,
            environment: environment,
            currentDirectory: folder.path
        )
    }

    /// Starts `pintail` in the folder, to be disturbed on the way.
    func start(_ arguments: String...) throws -> ChildProcess {
        try ChildProcess(PintailBinary.path, arguments, currentDirectory: folder.path)
    }

    /// Runs `pintail`, which must succeed, and returns all it printed.
    @discardableResult
    func mustPintail(_ arguments: String...) async throws -> String {
        let result = try await TestSupport.run(PintailBinary.path, arguments, currentDirectory: folder.path)
        guard result.exitCode == 0 else {
            throw FixtureError(
                "\(arguments) ended with \(result.end):\n\(result.standardOutput)\(result.standardError)"
            )
        }
        return result.standardOutput + result.standardError
    }

    /// What psql prints.
    func rows(_ sql: String) async throws -> String { try await server.psql(sql, database: database) }

    /// How a table is named on the command line.
    func address(_ table: String, port: Int? = nil) -> String {
        server.url(database: database, port: port) + "/" + table
    }
}

extension PostgresProject {
    /// Somebody who has done a statement, and keeps what it locks until told to commit.
    func hold(_ sql: String) async throws -> ChildProcess {
        let psql = try await rows("SELECT setting || '/psql' FROM pg_config WHERE name = 'BINDIR'")
        let client = try ChildProcess(
            psql,
            ["-X", "-q", "-d", server.connectionString(database: database)],
            hasInput: true
        )
        client.write("BEGIN; \(sql); \\echo held\n")
        try await eventually("it is held") { client.standardOutput.contains("held") }
        return client
    }

    /// Waits until a load waits for a lock.
    func somebodyWaits() async throws {
        try await eventually("a load waits") {
            try await rows(
                """
                SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database()
                    AND wait_event_type = 'Lock' AND application_name = 'pintail'
                """
            ) == "t"
        }
    }
}
