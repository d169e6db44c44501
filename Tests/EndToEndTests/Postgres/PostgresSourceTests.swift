import TestSupport
import Testing

@Suite struct PostgresSourceTests {
    @Test func `tables and the server's own queries are read`() async throws {
        let project = try await PostgresProject(
            tables:
                "CREATE SCHEMA sales; CREATE TABLE sales.orders AS SELECT i AS id, i * 1.5 AS amount FROM generate_series(1, 100) AS i"
        )
        try project.pipeline(
            """
            - extract: orders
              from: pg.sales.orders
            - extract: big
              from: SELECT id, pg_typeof(amount)::text AS kind FROM sales.orders WHERE amount > 148
              connection: pg
            - load: totals
              from: SELECT count(*) AS n, sum(amount)::DOUBLE AS total, (SELECT string_agg(id || kind) FROM big) AS big FROM orders
              into: out.csv
            """
        )
        try await project.mustPintail("run")
        #expect(try project.folder.read("out.csv") == "n,total,big\n100,7575.0,\"99numeric,100numeric\"\n")
    }

    @Test func `a cursor takes what is new, and nothing twice`() async throws {
        let project = try await PostgresProject(
            tables: """
                CREATE TABLE events (id int, at timestamptz);
                INSERT INTO events SELECT i, timestamptz '2024-01-01 00:00+00' + i * interval '1 hour' FROM generate_series(1, 5) AS i
                """
        )
        try project.pipeline(
            """
            - extract: events
              from: pg.public.events
              cursor: at
            """
        )
        let count = "SELECT count(*) AS n, count(DISTINCT id) AS d FROM events"
        for (new, answer) in [
            ("", "n,d\n5,5\n"), ("", "n,d\n5,5\n"), ("(6, '2024-02-01'), (7, '2024-02-02')", "n,d\n7,7\n"),
        ] {
            if !new.isEmpty { _ = try await project.rows("INSERT INTO events VALUES \(new)") }
            try await project.mustPintail("run")
            let result = try await project.pintail("query", count, "--format", "csv")
            #expect(result.standardOutput == answer)
        }
    }

    @Test func `numbers with more digits than a type of DuckDB has are not cut`() async throws {
        let project = try await PostgresProject(
            tables: """
                CREATE TABLE prices (narrow numeric(20, 4), wide numeric, "Huge one" numeric(60, 2));
                INSERT INTO prices VALUES (1234567890123456.7891, 12345678901234567890.123456789, 1)
                """
        )
        try await project.mustPintail("copy", project.address("public.prices"), "all.csv")
        let all = "narrow,wide,Huge one\n1234567890123456.7891,12345678901234567890.123456789,1\n"
        #expect(try project.folder.read("all.csv") == all)
        let query = "SELECT narrow, wide::numeric(38, 9) AS wide, \"Huge one\"::text AS huge FROM prices"
        try await project.mustPintail(
            "copy",
            project.server.url(database: project.database),
            "out.csv",
            "--query",
            query
        )
        let exact = "narrow,wide,huge\n1234567890123456.7891,12345678901234567890.123456789,1.00\n"
        #expect(try project.folder.read("out.csv") == exact)
    }
}
