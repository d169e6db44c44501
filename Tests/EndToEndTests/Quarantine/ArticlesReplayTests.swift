import TestSupport
import Testing

/// What the README of `Examples/articles` says of rows that were put aside, word for word.
@Suite struct ArticlesReplayTests {
    private let example: ArticlesProject

    init() async throws { example = try await ArticlesProject(articles: 5000, publications: 200) }

    @Test func `articles of no publication are shown, mended in a file and loaded`() async throws {
        func loaded() async throws -> Int { try await example.number("SELECT count(*) FROM articles") }
        try await example.begin()
        let before = try await loaded()
        let homeless = try await example.ownNumber("SELECT count(*) FROM quarantine.articles")
        #expect(homeless > 0)

        let tables = try await example.told("quarantine")
        #expect(tables.contains("raw_articles") && tables.contains("│ articles "), "\(tables)")
        let shown = try await example.told("quarantine", "articles")
        #expect(
            shown.contains("publication (references lower(trim(name)) of public.publications): \(homeless) row"),
            "\(shown)"
        )
        #expect(shown.contains("publication is empty"), "\(shown)")
        try await example.told("quarantine", "articles", "--output", "bad.csv")
        let readme = try example.project.read("README.md").split(separator: "\n").map { String($0) }
        let mending = try #require(readme.first { $0.hasPrefix("$ pintail query \"COPY (SELECT * REPLACE") })
        let query = mending.dropFirst("$ pintail query \"".count).prefix { $0 != "\"" }
        try await example.told("query", String(query))
        let replayed = try await example.told("replay", "articles", "--from", "mended.csv")
        #expect(replayed.contains("quarantine.articles: \(homeless) rows replayed, 0 left as they were"), "\(replayed)")
        #expect(try await loaded() > before)
        let named =
            "SELECT count(*) FROM articles JOIN publications p ON p.id = publication_id WHERE lower(p.name) = 'the daily herald 0'"
        #expect(try await example.number(named) >= (try await loaded()) - before)
        let idle = try await example.told("replay", "articles")
        #expect(idle.contains("there is nothing to replay"), "\(idle)")
        #expect(try await loaded() > before)

        // The source still names no publication: a run puts the rows aside again, and takes none away.
        let after = try await loaded()
        try await example.told("run", "articles")
        try await example.told("run", "articles")
        #expect(try await loaded() == after)
        let open = "SELECT count(*) FILTER (WHERE replayed_at IS NULL), count(replayed_at) FROM quarantine.articles"
        #expect(try await example.project.rows(open) == ["\(homeless),\(homeless)"])
    }

    @Test func `days that no calendar has are mended as lines, and reach both tables`() async throws {
        try await example.begin()
        let urls = try await example.project.rows(
            "SELECT DISTINCT split_part(raw, ';', 1) FROM quarantine.raw_articles"
        )
        #expect(urls.count > 5)
        #expect(try await example.project.pintail("quarantine", "raw_articles", "--output", "bad.csv").exitCode == 0)
        let bad = try example.project.read("bad.csv")
        try example.project.write(
            bad.replacing("2024-02-30", with: "2024-02-29").replacing("yesterday", with: "2024-02-28"),
            to: "bad.csv"
        )
        let result = try await example.project.pintail("replay", "raw_articles", "--from", "bad.csv")
        #expect(result.exitCode == 0, "\(result.standardError)")
        #expect(result.standardError.contains("rows replayed, 0 left as they were"), "\(result.standardError)")
        let known = try await example.rows("SELECT url FROM articles").split(separator: "\n")
        let homeless = try await example.project.rows(
            "SELECT raw->>'url' FROM quarantine.articles WHERE replayed_at IS NULL"
        )
        #expect(Set(urls).subtracting(known.map { String($0) }).isSubset(of: homeless))
    }
}
