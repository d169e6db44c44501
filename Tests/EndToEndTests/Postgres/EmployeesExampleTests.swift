import Foundation
import TestSupport
import Testing

/// `Examples/employees` as a new user meets it: the README's own commands, in the order they stand there.
@Suite struct EmployeesExampleTests {
    private static let example = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Examples/employees")

    /// The README's commands; one that goes on in the next line ends in a backslash.
    private static func commands() throws -> [String] {
        let readme = try String(contentsOf: example.appendingPathComponent("README.md"), encoding: .utf8)
        let blocks = readme.split(separator: "```", omittingEmptySubsequences: false)
        return blocks.filter { $0.hasPrefix("sh\n") }.map { String($0.dropFirst(3)) }
    }

    private let folder: TemporaryDirectory
    private let server: PostgresServer
    private let variables: [String: String]

    init() async throws {
        folder = try TemporaryDirectory()
        for name in ["config.yml", "config.toml"] {
            try folder.write(
                String(contentsOf: Self.example.appendingPathComponent(name), encoding: .utf8),
                to: name
            )
        }
        server = try await .shared()
        let database = try await server.createDatabase()
        try await server.createUser("worker_\(database)", password: "pass word'$#")
        try await server.psql("GRANT CREATE ON SCHEMA public TO worker_\(database)", database: database)
        variables = [
            "DB_HOST": "127.0.0.1", "DB_PORT": "\(server.port)", "DB_NAME": database,
            "DB_USER": "worker_\(database)", "DB_PASSWORD": "pass word'$#",
        ]
    }

    private func shell(_ command: String, _ environment: [String: String]) async throws -> RunResult {
        let programs = URL(fileURLWithPath: try PintailBinary.path).deletingLastPathComponent().path
        let path = programs + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "")
        return try await run(
            "sh",
            ["-ec", command],
            environment: environment.merging(["PATH": path]) { $1 },
            currentDirectory: folder.path
        )
    }

    @Test(arguments: ["yml", "toml"]) func `its README can be followed word by word`(_ format: String) async throws {
        var environment = variables
        if format == "toml" {
            let lines = variables.map { "\($0.key)=\"\($0.value.replacing("$", with: "\\$"))\"" }
            try folder.write(lines.joined(separator: "\n"), to: ".env")
            environment = [:]
        }
        var printed = ""
        for command in try Self.commands() {
            let result = try await shell(command.replacing("config.yml", with: "config.\(format)"), environment)
            try #require(result.exitCode == 0, "\(command)\n\(result.standardOutput)\n\(result.standardError)")
            printed += result.standardOutput + result.standardError
        }
        #expect(printed.contains("100,000 rows out"))
        #expect(printed.contains("peak memory"))
        #expect(printed.contains("employees eager: needs about"))
        #expect(printed.contains("Ingeniería"))
        #expect(!printed.contains("pass word"))
        let types = try await server.psql(
            """
            SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum)
            FROM pg_attribute WHERE attrelid = 'employees'::regclass AND attnum > 0
            """,
            database: variables["DB_NAME"] ?? ""
        )
        #expect(types == "name text, age bigint, salary double precision, department text, hired date")
    }

    @Test func `without the variables it says which are missing`() async throws {
        let result = try await shell("pintail run config.yml", [:])
        #expect(result.exitCode == 2)
        for name in ["DB_HOST", "DB_NAME", "DB_USER", "DB_PASSWORD"] {
            #expect(result.standardError.contains(name), "\(result.standardError)")
        }
    }
}
