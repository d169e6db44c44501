import TestSupport
import Testing

/// What the README of `Examples/articles` says of rows that were put aside, word for word.
@Suite struct ArticlesReplayTests {
    private static let size = ["--vars", "ARTICLES=5000", "PUBLICATIONS=200"]

    @Test func `articles of no publication are shown, mended in a file and loaded`() async throws {
        let project = try await TestProject(example: "articles")
        let server = try await PostgresServer.shared()
        let database = try await server.createDatabase()
        try project.write("DB_HOST=127.0.0.1\nDB_PORT=\(server.port)\nDB_NAME=\(database)\n", to: ".env")
        func told(_ words: [String]) async throws -> String {
            let result = try await TestSupport.run(PintailBinary.path, words, currentDirectory: project.path)
            try #require(result.exitCode == 0, "\(words): \(result.standardError)")
            return result.standardOutput + result.standardError
        }
        func loaded() async throws -> Int {
            Int(try await server.psql("SELECT count(*) FROM articles", database: database)) ?? -1
        }
        _ = try await told(["run", "inputs"] + Self.size)
        _ = try await told(["migrate", "up"])
        _ = try await told(["run", "articles"])
        let before = try await loaded()
        let homeless = Int(try await project.rows("SELECT count(*) FROM quarantine.articles")[0]) ?? 0
        #expect(homeless > 0)

        let tables = try await told(["quarantine"])
        #expect(tables.contains("raw_articles") && tables.contains("│ articles "), "\(tables)")
        let shown = try await told(["quarantine", "articles"])
        #expect(
            shown.contains("publication (references lower(trim(name)) of public.publications): \(homeless) row"),
            "\(shown)"
        )
        #expect(shown.contains("publication is empty"), "\(shown)")
        _ = try await told(["quarantine", "articles", "--output", "bad.csv"])
        let readme = try project.read("README.md").split(separator: "\n").map { String($0) }
        let mending = try #require(readme.first { $0.hasPrefix("$ pintail query \"COPY (SELECT * REPLACE") })
        let query = mending.dropFirst("$ pintail query \"".count).prefix { $0 != "\"" }
        _ = try await told(["query", String(query)])
        let replayed = try await told(["replay", "articles", "--from", "mended.csv"])
        #expect(replayed.contains("quarantine.articles: \(homeless) rows replayed, 0 left as they were"), "\(replayed)")
        #expect(try await loaded() > before)
        let named =
            "SELECT count(*) FROM articles JOIN publications p ON p.id = publication_id WHERE lower(p.name) = 'the daily herald 0'"
        #expect(Int(try await server.psql(named, database: database)) ?? 0 >= (try await loaded()) - before)
        let idle = try await told(["replay", "articles"])
        #expect(idle.contains("there is nothing to replay"), "\(idle)")
        #expect(try await loaded() > before)

        // The source still names no publication: a run puts the rows aside again, and takes none away.
        let after = try await loaded()
        _ = try await told(["run", "articles"])
        _ = try await told(["run", "articles"])
        #expect(try await loaded() == after)
        let open = "SELECT count(*) FILTER (WHERE replayed_at IS NULL), count(replayed_at) FROM quarantine.articles"
        #expect(try await project.rows(open) == ["\(homeless),\(homeless)"])
    }

    @Test func `days that no calendar has are mended as lines, and reach both tables`() async throws {
        let project = try await TestProject(example: "articles")
        let server = try await PostgresServer.shared()
        let database = try await server.createDatabase()
        try project.write("DB_HOST=127.0.0.1\nDB_PORT=\(server.port)\nDB_NAME=\(database)\n", to: ".env")
        for words in [["run", "inputs"] + Self.size, ["migrate", "up"], ["run", "articles"]] {
            let result = try await TestSupport.run(PintailBinary.path, words, currentDirectory: project.path)
            try #require(result.exitCode == 0, "\(words): \(result.standardError)")
        }
        let urls = try await project.rows("SELECT DISTINCT split_part(raw, ';', 1) FROM quarantine.raw_articles")
        #expect(urls.count > 5)
        #expect(try await project.pintail("quarantine", "raw_articles", "--output", "bad.csv").exitCode == 0)
        let bad = try project.read("bad.csv")
        try project.write(
            bad.replacing("2024-02-30", with: "2024-02-29").replacing("yesterday", with: "2024-02-28"),
            to: "bad.csv"
        )
        let result = try await project.pintail("replay", "raw_articles", "--from", "bad.csv")
        #expect(result.exitCode == 0, "\(result.standardError)")
        #expect(result.standardError.contains("rows replayed, 0 left as they were"), "\(result.standardError)")
        let known = try await server.psql("SELECT url FROM articles", database: database).split(separator: "\n")
        let homeless = try await project.rows("SELECT raw->>'url' FROM quarantine.articles WHERE replayed_at IS NULL")
        #expect(Set(urls).subtracting(known.map { String($0) }).isSubset(of: homeless))
    }
}
