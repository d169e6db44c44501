import TestSupport
import Testing

/// `Examples/articles` on a small file: its migrations, both tables, nothing done twice, and only what was edited.
@Suite struct ArticlesExampleTests {
    private static let articles = 20_000
    private static let size = ["--vars", "ARTICLES=\(articles)", "PUBLICATIONS=500"]

    @Test func `loads both tables, changes nothing the second time, and then only what was edited`() async throws {
        let project = try await TestProject(example: "articles")
        let server = try await PostgresServer.shared()
        let database = try await server.createDatabase()
        try project.write("DB_HOST=127.0.0.1\nDB_PORT=\(server.port)\nDB_NAME=\(database)\n", to: ".env")
        func rows(_ sql: String) async throws -> Int { Int(try await server.psql(sql, database: database)) ?? -1 }
        func told(_ words: [String]) async throws -> String {
            let result = try await TestSupport.run(PintailBinary.path, words, currentDirectory: project.path)
            try #require(result.exitCode == 0, "\(result.standardError)")
            return result.standardError
        }

        _ = try await told(["run", "inputs"] + Self.size)
        let early = try await project.pintail("run", "articles")
        #expect(early.exitCode != 0)
        #expect(early.standardError.contains("pintail migrate up"), "\(early.standardError)")
        _ = try await told(["migrate", "up"])

        let first = try await told(["run", "articles"])
        #expect(first.contains("publications: 500 inserted, 0 updated, 0 unchanged"), "\(first)")
        let inserted = try await rows("SELECT count(*) FROM articles")
        let badDays = try await project.rows("SELECT count(*) FROM quarantine.raw_articles")
        let homeless = try await project.rows("SELECT count(*) FROM quarantine.articles")
        #expect(inserted + (Int(homeless[0]) ?? 0) == Self.articles - (try await lost(project)))
        #expect(badDays != ["0"] && homeless != ["0"])
        let twice = "SELECT count(*) FROM articles WHERE title LIKE '%(corrected)%'"
        #expect(try await rows(twice) > 90)
        #expect(try await rows("SELECT count(*) FROM publications WHERE name <> trim(name)") == 0)
        #expect(
            try await rows("SELECT count(*) FROM pg_constraint WHERE conrelid = 'articles'::regclass AND convalidated")
                == 4
        )

        try await server.psql("CREATE TABLE before AS SELECT id, xmin AS version FROM articles", database: database)
        let second = try await told(["run", "articles"])
        #expect(second.contains("articles: 0 inserted, 0 updated, "), "\(second)")
        #expect(second.contains(" rows 0 are sent"), "\(second)")
        let kept = "SELECT count(*) FROM articles a JOIN before b USING (id) WHERE a.xmin = b.version"
        #expect(try await rows(kept) == inserted)
        #expect(try await rows("SELECT count(*) FROM articles") == inserted)

        _ = try await told(["run", "inputs"] + Self.size + ["EDITION=2"])
        let third = try await told(["run", "articles"])
        let edited = try await rows("SELECT count(*) FROM articles WHERE title LIKE '%(edition 2)'")
        #expect(edited > 0)
        #expect(third.contains("articles: 0 inserted, \(edited) updated, "), "\(third)")
        #expect(try await rows("\(kept) AND title NOT LIKE '%(edition 2)'") == inserted - edited)
        #expect(try await rows(kept) == inserted - edited)
    }

    @Test func `a later file may spell the names that are known in other capitals`() async throws {
        let project = try await TestProject(example: "articles")
        let server = try await PostgresServer.shared()
        let database = try await server.createDatabase()
        try project.write("DB_HOST=127.0.0.1\nDB_PORT=\(server.port)\nDB_NAME=\(database)\n", to: ".env")
        func told(_ words: [String]) async throws -> String {
            let result = try await TestSupport.run(PintailBinary.path, words, currentDirectory: project.path)
            try #require(result.exitCode == 0, "\(words): \(result.standardError)")
            return result.standardError
        }
        func state() async throws -> String {
            try await server.psql(
                """
                SELECT count(*), md5(string_agg(id || name, ',' ORDER BY id)) FROM publications;
                SELECT count(*) FROM articles
                """,
                database: database
            )
        }
        for words in [["run", "inputs"] + Self.size, ["migrate", "up"], ["run", "articles"]] {
            _ = try await told(words)
        }
        let before = try await state()
        #expect(before.hasPrefix("500|"))
        // Names in other scripts stay as they are: what their capitals are is the server's locale's to say.
        _ = try await told([
            "query",
            """
            COPY (SELECT * REPLACE (
                CASE WHEN publication SIMILAR TO '[ -~]*' THEN upper(publication) ELSE publication END AS publication)
            FROM read_csv('data/articles.csv', delim = ';', all_varchar = true)) TO 'data/capitals.csv' (DELIMITER ';')
            """,
        ])
        try await mustRun("mv", ["\(project.path)/data/capitals.csv", "\(project.path)/data/articles.csv"])
        let said = try await told(["run", "articles"])
        #expect(said.contains("publications: 0 inserted, 0 updated, 500 unchanged"), "\(said)")
        #expect(said.contains("articles: 0 inserted, 0 updated, "), "\(said)")
        #expect(try await state() == before)
    }

    @Test func `its tables can be drafted from its pipelines instead, references and all`() async throws {
        let project = try await TestProject(example: "articles")
        let server = try await PostgresServer.shared()
        let database = try await server.createDatabase()
        try project.write("DB_HOST=127.0.0.1\nDB_PORT=\(server.port)\nDB_NAME=\(database)\n", to: ".env")
        try await mustRun("rm", ["-r", "\(project.path)/migrations"])
        func must(_ words: [String]) async throws {
            let result = try await TestSupport.run(PintailBinary.path, words, currentDirectory: project.path)
            try #require(result.exitCode == 0, "\(words): \(result.standardOutput)\(result.standardError)")
        }
        try await must(["run", "inputs"] + Self.size)
        try await must(["migrate", "plan", "--write", "tables"])
        let drafted = try project.read("migrations/0001_tables.up.sql")
        #expect(drafted.contains("REFERENCES"), "\(drafted)")
        try await must(["migrate", "up"])
        try await must(["run", "articles"])
        let joined = "SELECT count(*) > 19000 FROM articles JOIN publications p ON p.id = publication_id"
        #expect(try await server.psql(joined, database: database) == "t")
        #expect(try await server.psql("SELECT count(*) FROM publications", database: database) == "500")
    }

    /// Articles of whose rows none has a day that a calendar has.
    private func lost(_ project: TestProject) async throws -> Int {
        let found = try await project.rows(
            """
            SELECT count(*) FROM (SELECT url FROM 'data/articles.csv' GROUP BY url
            HAVING bool_and(TRY_CAST(published_on AS DATE) IS NULL))
            """
        )
        return Int(found[0]) ?? -1
    }
}
