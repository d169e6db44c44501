import Foundation
import TestSupport

extension PostgresProject {
    /// Writes the files of a migration: `0001_a`, its way there and its way back.
    func migration(_ name: String, _ up: String, back down: String? = nil) throws {
        try folder.write(up, to: "migrations/\(name).up.sql")
        if let down { try folder.write(down, to: "migrations/\(name).down.sql") }
    }

    /// Where each migration stands, by its name.
    func states() async throws -> [String: String] {
        let printed = try await pintail("migrate", "status", "--json").standardOutput
        let databases = try json(printed) as? [[String: Any]] ?? []
        let records = databases.flatMap { $0["migrations"] as? [[String: Any]] ?? [] }
        return Dictionary(records.map { ($0["name"] as? String ?? "", $0["state"] as? String ?? "") }) { first, _ in
            first
        }
    }

    /// Starts to hold the table `gate`, which migrations wait at, until the returned client is told to commit or dropped.
    func closeGate() async throws -> ChildProcess {
        try await server.psql("CREATE TABLE IF NOT EXISTS gate ()", database: database)
        let psql = try await rows("SELECT setting || '/psql' FROM pg_config WHERE name = 'BINDIR'")
        let client = try ChildProcess(
            psql,
            ["-X", "-q", "-d", server.connectionString(database: database)],
            hasInput: true
        )
        client.write("BEGIN; LOCK TABLE gate;\n")
        try await eventually("the gate is closed") {
            try await rows(
                """
                SELECT count(*) FROM pg_locks WHERE relation = 'gate'::regclass AND mode = 'AccessExclusiveLock' AND granted
                """
            ) == "1"
        }
        return client
    }

    /// Starts the program with the gate closed, kills it there, and opens the gate again.
    func killAtGate(_ arguments: String...) async throws {
        let gate = try await closeGate()
        let child = try ChildProcess(PintailBinary.path, arguments, currentDirectory: folder.path)
        try await somebodyWaitsAtGate()
        child.send(SIGKILL)
        _ = try await child.wait()
        gate.write("COMMIT;\n")
        try await serverHasNoticed()
    }

    /// Waits until a migration stands before the gate.
    func somebodyWaitsAtGate(doing statement: String = "%") async throws {
        try await eventually("a migration waits at the gate") {
            try await rows(
                """
                SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
                    AND application_name = 'pintail' AND query LIKE '\(statement)'
                """
            ) == "1"
        }
    }

    /// Waits until the server is done with those who have gone: it ends their transactions in its own time.
    func serverHasNoticed() async throws {
        try await eventually("the server has noticed") {
            try await rows(
                """
                SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'pintail'
                """
            ) == "0"
        }
    }
}
