import TestSupport
import Testing

/// A copy of `Examples/articles` of a small size, with a database of its own to load into.
struct ArticlesProject {
    let project: TestProject
    private let server: PostgresServer
    private let database: String
    private let size: [String]

    init(articles: Int, publications: Int) async throws {
        project = try await TestProject(example: "articles")
        server = try await .shared()
        database = try await server.createDatabase()
        size = ["--vars", "ARTICLES=\(articles)", "PUBLICATIONS=\(publications)"]
        try project.write("DB_HOST=127.0.0.1\nDB_PORT=\(server.port)\nDB_NAME=\(database)\n", to: ".env")
    }

    /// Runs `pintail`, which must succeed, and returns all it printed.
    @discardableResult
    func told(_ words: String...) async throws -> String { try await told(words) }

    private func told(_ words: [String]) async throws -> String {
        let result = try await TestSupport.run(PintailBinary.path, words, currentDirectory: project.path)
        try #require(result.exitCode == 0, "\(words): \(result.standardError)")
        return result.standardOutput + result.standardError
    }

    /// Plays the outside world: writes an edition of the file.
    func makeFile(edition: Int = 1) async throws {
        _ = try await told(["run", "inputs"] + size + ["EDITION=\(edition)"])
    }

    /// As its README begins: the file is there, and both tables are loaded.
    func begin() async throws {
        try await makeFile()
        try await told("migrate", "up")
        try await told("run", "articles")
    }

    /// What psql prints.
    @discardableResult
    func rows(_ sql: String) async throws -> String { try await server.psql(sql, database: database) }

    /// A number that the server tells.
    func number(_ sql: String) async throws -> Int { Int(try await rows(sql)) ?? -1 }

    /// A number that the project's own database tells.
    func ownNumber(_ sql: String) async throws -> Int { Int(try await project.rows(sql)[0]) ?? -1 }

    /// The facts of the last run's load.
    func facts() async throws -> [String: Int] {
        let run = try json(try await project.pintail("runs", "last", "--json").standardOutput) as? [String: Any]
        let load = (run?["nodes"] as? [[String: Any]])?.first { $0["kind"] as? String == "load" }
        let result = (load?["attempts"] as? [[String: Any]])?.last?["result"] as? [String: Any]
        return (result?["facts"] as? [String: Any] ?? [:]).compactMapValues { $0 as? Int }
    }
}
