import Foundation
import TestSupport
import Testing

/// What runs, `validate`, `doctor` and `migrate plan` make of migrations.
@Suite struct MigratedRunTests {
    private func project() async throws -> PostgresProject {
        let project = try await PostgresProject()
        try project.folder.write("url,publication,words\nhttp://a,Times,12\nhttp://b,Post,13\n", to: "articles.csv")
        try project.pipeline(
            """
            - extract: articles
              from: articles.csv
            - load: articles
              into: pg.public.articles
              mode: upsert
              key: url
            """
        )
        return project
    }

    @Test func `a run does not start behind its migrations, and --migrate brings it forward`() async throws {
        let project = try await project()
        try project.migration(
            "0001_articles",
            "CREATE TABLE articles (url text PRIMARY KEY, publication text, words bigint)"
        )
        try project.folder.write(
            "pipeline: other\nsteps:\n  - transform: u\n    sql: SELECT 1 AS one\n",
            to: "pipelines/other.yml"
        )
        let refused = try await project.pintail("run")
        #expect(refused.exitCode == 1)
        for words in [
            "1 migration of 'pg' is pending: 0001_articles", "nothing was started", "'pintail migrate up' applies it",
            "'pintail run --migrate'",
        ] { #expect(refused.standardError.contains(words), "\(refused.standardError)") }
        #expect(try await project.rows("SELECT to_regclass('articles') IS NULL") == "t")
        // It loads into nothing that is behind.
        try await project.mustPintail("run", "other")
        let validated = try await project.pintail("validate")
        #expect(validated.exitCode == 0)
        #expect(validated.standardError.contains("1 migration of 'pg' is pending"), "\(validated.standardError)")
        #expect(try await project.pintail("doctor").standardOutput.contains("1 migration of 'pg' is pending"))
        try await project.mustPintail("run", "--migrate")
        #expect(try await project.rows("SELECT count(*) FROM articles") == "2")
        try await project.mustPintail("run")
        #expect(try await project.pintail("doctor").standardOutput.contains("pg: 1 migration applied"))
    }

    @Test func `--migrate that fails starts nothing, and says where it failed`() async throws {
        let project = try await project()
        try project.migration("0001_articles", "CREATE TABLE articles (url txt)")
        let failed = try await project.pintail("run", "--migrate")
        #expect(failed.exitCode == 1)
        #expect(failed.standardError.contains("migrations/0001_articles.up.sql:1:"), "\(failed.standardError)")
        #expect(try await project.rows("SELECT to_regclass('articles') IS NULL") == "t")
    }

    @Test func `migrations of the project's own database hold every run back`() async throws {
        let project = try await project()
        try project.folder.write("CREATE TABLE known (id int)", to: "migrations/duckdb/0001_known.up.sql")
        let refused = try await project.pintail("run")
        #expect(refused.exitCode == 1)
        #expect(refused.standardError.contains("1 migration of 'duckdb' is pending"), "\(refused.standardError)")
        try await project.mustPintail("run", "--migrate")
    }

    @Test func `the draft of what loads need is what they then load into`() async throws {
        let project = try await project()
        let printed = try await project.pintail("migrate", "plan")
        #expect(printed.exitCode == 0)
        #expect(
            printed.standardOutput == """
                -- pg: what the loads of shop need. Nothing was changed; read it first.

                -- load articles
                -- types are guessed from the first rows of a text file
                CREATE TABLE public.articles (
                    url text NOT NULL,
                    publication text,
                    words bigint,
                    PRIMARY KEY (url)
                );

                """
        )
        #expect(try await project.rows("SELECT to_regclass('articles') IS NULL") == "t")
        try await project.mustPintail("migrate", "plan", "--write", "articles")
        let again = try await project.pintail("migrate", "plan", "--write", "more")
        #expect(
            again.exitCode == 2 && again.standardError.contains("pending migrations of 'pg' come first"),
            "\(again.standardError)"
        )
        try await project.mustPintail("migrate", "up")
        try await project.mustPintail("run")
        let fits = try await project.pintail("migrate", "plan")
        #expect(
            fits.standardOutput.isEmpty && fits.standardError.contains("pg has what the loads need"),
            "\(fits.standardError)"
        )
        try await project.mustPintail("migrate", "down")
        #expect(try await project.rows("SELECT to_regclass('articles') IS NULL") == "t")
    }

    @Test func `the draft follows what changed, and the load goes through then`() async throws {
        let project = try await project()
        _ = try await project.rows("CREATE TABLE articles (url text, words smallint)")
        try await project.parquet(
            "articles.parquet",
            "SELECT 'http://a' AS url, 'Times' AS publication, 12::BIGINT AS words"
        )
        try project.pipeline(
            """
            - extract: articles
              from: articles.parquet
            - load: articles
              into: pg.public.articles
              mode: upsert
              key: url
            """
        )
        #expect(try await project.pintail("run").exitCode == 1)
        try await project.mustPintail("migrate", "plan", "--write", "follow")
        let draft = try project.folder.read("migrations/0001_follow.up.sql")
        for statement in [
            "ALTER TABLE public.articles ADD COLUMN publication text;",
            "ALTER TABLE public.articles ALTER COLUMN words TYPE bigint;",
            "ALTER TABLE public.articles ADD CONSTRAINT articles_url_key UNIQUE (url);",
        ] { #expect(draft.contains(statement), "\(draft)") }
        try await project.mustPintail("run", "--migrate")
        #expect(try await project.rows("SELECT url, words, publication FROM articles") == "http://a|12|Times")
        try await project.mustPintail("migrate", "down")
        #expect(try await project.rows("SELECT count(*) FROM articles") == "1")
    }
}
