import TestSupport
import Testing

/// `Examples/articles` on a small file: its migrations, both tables, nothing done twice, and only what was edited.
@Suite struct ArticlesExampleTests {
    private static let articles = 20_000
    private let example: ArticlesProject

    init() async throws { example = try await ArticlesProject(articles: Self.articles, publications: 500) }

    @Test func `loads both tables, changes nothing the second time, and then only what was edited`() async throws {
        try await example.makeFile()
        let early = try await example.project.pintail("run", "articles")
        #expect(early.exitCode != 0)
        #expect(early.standardError.contains("pintail migrate up"), "\(early.standardError)")
        try await example.told("migrate", "up")

        let first = try await example.told("run", "articles")
        #expect(first.contains("publications: 500 inserted, 0 updated, 0 unchanged (500 processed)"), "\(first)")
        let inserted = try await example.number("SELECT count(*) FROM articles")
        let badDays = try await example.ownNumber("SELECT count(*) FROM quarantine.raw_articles")
        let homeless = try await example.ownNumber("SELECT count(*) FROM quarantine.articles")
        #expect(inserted + homeless == Self.articles - (try await lost()))
        #expect(badDays > 0 && homeless > 0)
        let twice = "SELECT count(*) FROM articles WHERE title LIKE '%(corrected)%'"
        #expect(try await example.number(twice) > 90)
        #expect(try await example.number("SELECT count(*) FROM publications WHERE name <> trim(name)") == 0)
        let checked = "SELECT count(*) FROM pg_constraint WHERE conrelid = 'articles'::regclass AND convalidated"
        #expect(try await example.number(checked) == 4)

        try await example.rows("CREATE TABLE before AS SELECT id, xmin AS version FROM articles")
        let second = try await example.told("run", "articles")
        #expect(second.contains("articles: 0 inserted, 0 updated, "), "\(second)")
        #expect(second.contains(" rows 0 are sent"), "\(second)")
        let kept = "SELECT count(*) FROM articles a JOIN before b USING (id) WHERE a.xmin = b.version"
        #expect(try await example.number(kept) == inserted)
        #expect(try await example.number("SELECT count(*) FROM articles") == inserted)

        try await example.makeFile(edition: 2)
        let third = try await example.told("run", "articles")
        let edited = try await example.number("SELECT count(*) FROM articles WHERE title LIKE '%(edition 2)'")
        #expect(edited > 0)
        #expect(third.contains("articles: 0 inserted, \(edited) updated, "), "\(third)")
        #expect(try await example.number("\(kept) AND title NOT LIKE '%(edition 2)'") == inserted - edited)
        #expect(try await example.number(kept) == inserted - edited)
    }

    @Test func `what became of the rows is told as facts, which add up`() async throws {
        try await example.begin()
        let inserted = try await example.number("SELECT count(*) FROM articles")
        let homeless = try await example.ownNumber("SELECT count(*) FROM quarantine.articles")
        let given = try await example.ownNumber("SELECT count(*) FROM raw_articles")
        var facts = [
            "publications_processed": 500, "publications_inserted": 500, "publications_updated": 0,
            "publications_unchanged": 0, "articles_processed": given, "articles_inserted": inserted,
            "articles_updated": 0, "articles_unchanged": 0, "articles_superseded": given - inserted - homeless,
            "articles_quarantined": homeless,
        ]
        #expect(try await example.facts() == facts)
        try await example.told("run", "articles")
        facts["publications_inserted"] = 0
        facts["publications_unchanged"] = 500
        facts["articles_inserted"] = 0
        facts["articles_unchanged"] = inserted
        #expect(try await example.facts() == facts)
    }

    @Test func `rows put aside are those of the edition that was read last`() async throws {
        try await example.begin()
        try await example.makeFile(edition: 2)
        try await example.told("run", "articles")
        for (table, wrong) in [
            ("raw_articles", "TRY_CAST(published_on AS DATE) IS NULL"),
            ("articles", "TRY_CAST(published_on AS DATE) IS NOT NULL AND publication IS NULL"),
        ] {
            let read = "read_csv('data/articles.csv', delim = ';', all_varchar = true, header = true)"
            let wanted = try await example.ownNumber("SELECT count(*) FROM \(read) WHERE \(wrong)")
            let open = "replayed_at IS NULL AND discarded_at IS NULL AND superseded_at IS NULL"
            #expect(try await example.ownNumber("SELECT count(*) FROM quarantine.\(table) WHERE \(open)") == wanted)
        }
    }

    @Test func `a later file may spell the names that are known in other capitals`() async throws {
        func state() async throws -> String {
            try await example.rows(
                """
                SELECT count(*), md5(string_agg(id || name, ',' ORDER BY id)) FROM publications;
                SELECT count(*) FROM articles
                """
            )
        }
        try await example.begin()
        let before = try await state()
        #expect(before.hasPrefix("500|"))
        // Names in other scripts stay as they are: what their capitals are is the server's locale's to say.
        try await example.told(
            "query",
            """
            COPY (SELECT * REPLACE (
                CASE WHEN publication SIMILAR TO '[ -~]*' THEN upper(publication) ELSE publication END AS publication)
            FROM read_csv('data/articles.csv', delim = ';', all_varchar = true)) TO 'data/capitals.csv' (DELIMITER ';')
            """
        )
        let data = "\(example.project.path)/data"
        try await mustRun("mv", ["\(data)/capitals.csv", "\(data)/articles.csv"])
        let said = try await example.told("run", "articles")
        #expect(said.contains("publications: 0 inserted, 0 updated, 500 unchanged"), "\(said)")
        #expect(said.contains("articles: 0 inserted, 0 updated, "), "\(said)")
        #expect(try await state() == before)
    }

    @Test func `its tables can be drafted from its pipelines instead, references and all`() async throws {
        try await mustRun("rm", ["-r", "\(example.project.path)/migrations"])
        try await example.makeFile()
        try await example.told("migrate", "plan", "--write", "tables")
        let drafted = try example.project.read("migrations/0001_tables.up.sql")
        #expect(drafted.contains("REFERENCES"), "\(drafted)")
        try await example.told("migrate", "up")
        try await example.told("run", "articles")
        let joined = "SELECT count(*) > 19000 FROM articles JOIN publications p ON p.id = publication_id"
        #expect(try await example.rows(joined) == "t")
        #expect(try await example.rows("SELECT count(*) FROM publications") == "500")
    }

    /// Articles of whose rows none has a day that a calendar has.
    private func lost() async throws -> Int {
        try await example.ownNumber(
            """
            SELECT count(*) FROM (SELECT url FROM 'data/articles.csv' GROUP BY url
            HAVING bool_and(TRY_CAST(published_on AS DATE) IS NULL))
            """
        )
    }
}
