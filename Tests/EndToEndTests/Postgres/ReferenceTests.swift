import Foundation
import TestSupport
import Testing

/// Loads whose rows name rows of other tables.
@Suite struct ReferenceTests {
    private static let tables = """
        CREATE TABLE publications (id uuid PRIMARY KEY, name text NOT NULL);
        CREATE UNIQUE INDEX ON publications (lower(trim(name)));
        CREATE TABLE articles (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, url text UNIQUE NOT NULL, title text,
            publication_id uuid REFERENCES publications)
        """

    private static let articles = """
        url,title,publication
        a,One,The Times
        b,Two, the times\u{20}
        c,Three,Post
        d,Four,
        a,One again,Post

        """

    /// A project that loads articles; `reference` is what stands under `publication_id`.
    private func project(
        _ reference: String = "missing: create",
        tables: String = tables,
        articles: String = articles,
        mode: String = "upsert\n  key: url"
    ) async throws -> PostgresProject {
        let project = try await PostgresProject(tables: tables)
        try project.folder.write(articles, to: "articles.csv")
        try project.pipeline(
            """
            - extract: articles
              from: articles.csv
              types: {publication: string}
            - load: articles
              into: pg.public.articles
              mode: \(mode)
              references:
                publication_id: {from: publication, table: publications, match: lower(trim(name)), \(reference)}
            """
        )
        return project
    }

    private let loaded = """
        SELECT url, title, name FROM articles LEFT JOIN publications p ON p.id = publication_id ORDER BY url
        """

    // MARK: What is missing

    @Test func `rows of the other table are made once, and a second run changes nothing`() async throws {
        let project = try await project()
        let first = try await project.mustPintail("run")
        #expect(
            first.contains("4 inserted, 0 updated, 0 unchanged, 1 superseded, 2 created in public.publications"),
            "\(first)"
        )
        let rows = "a|One again|Post\nb|Two|The Times\nc|Three|Post\nd|Four|"
        #expect(try await project.rows(loaded) == rows)
        let before = try await project.rows(
            "SELECT xmin, * FROM articles UNION ALL SELECT xmin, 0, name, '', id FROM publications"
        )
        let second = try await project.mustPintail("run")
        #expect(second.contains("0 inserted, 0 updated, 4 unchanged"), "\(second)")
        let after = try await project.rows(
            "SELECT xmin, * FROM articles UNION ALL SELECT xmin, 0, name, '', id FROM publications"
        )
        #expect(before == after)
    }

    @Test func `what is not there is named, and nothing is loaded`() async throws {
        let names = (1...12).map { "u\($0),t,Paper \($0)" }.joined(separator: "\n")
        let project = try await project("missing: fail", articles: "url,title,publication\n\(names)\nz,t,Paper 1\n")
        let result = try await project.pintail("run")
        #expect(result.exitCode == 1)
        let said = """
            12 values of publication in 13 rows are not in lower(trim(name)) of public.publications: 'Paper 1', 'Paper 2', \
            'Paper 3', 'Paper 4', 'Paper 5', 'Paper 6', 'Paper 7', 'Paper 8', 'Paper 9', 'Paper 10' and 2 more
            """
        #expect(result.standardError.contains(said), "\(result.standardError)")
        #expect(result.standardError.contains("rolled back; public.articles is unchanged"))
        #expect(try await project.rows("SELECT count(*) FROM articles") == "0")
    }

    @Test func `a column may stay empty`() async throws {
        let project = try await project("missing: null")
        _ = try await project.rows("INSERT INTO publications VALUES (gen_random_uuid(), 'POST')")
        try await project.mustPintail("run")
        #expect(try await project.rows(loaded) == "a|One again|POST\nb|Two|\nc|Three|POST\nd|Four|")
    }

    @Test func `rows are put aside as checks do, and those without a name too where one is needed`() async throws {
        let project = try await project(
            "missing: quarantine",
            tables: Self.tables
                + "; ALTER TABLE articles ALTER publication_id SET NOT NULL; INSERT INTO publications VALUES (gen_random_uuid(), 'Post')"
        )
        let said = try await project.mustPintail("run")
        #expect(said.contains("3 rows were moved to quarantine.articles"), "\(said)")
        #expect(try await project.rows(loaded) == "a|One again|Post\nc|Three|Post")
        let aside = try await project.pintail(
            "query",
            "SELECT column_name, rule, reason, raw->>'url' AS url, value, file, line FROM quarantine.articles ORDER BY url",
            "--format",
            "csv"
        )
        #expect(
            aside.standardOutput == """
                column_name,rule,reason,url,value,file,line
                publication,references lower(trim(name)) of public.publications,publication is not in public.publications: The Times,a,The Times,articles.csv,2
                publication,references lower(trim(name)) of public.publications,publication is not in public.publications:  the times\u{20},b, the times\u{20},articles.csv,3
                publication,references lower(trim(name)) of public.publications,publication is empty,d,,articles.csv,5

                """
        )
    }

    @Test func `a name that two rows have is an error that names it`() async throws {
        let project = try await project(
            "missing: fail",
            tables: Self.tables.replacing("CREATE UNIQUE INDEX ON publications (lower(trim(name)));", with: "")
                + "; INSERT INTO publications SELECT gen_random_uuid(), n FROM unnest('{Post, post,The Times}'::text[]) n"
        )
        let result = try await project.pintail("run")
        #expect(
            result.standardError.contains(
                "2 rows of public.publications are the same for 'publication_id', compared by lower(trim(name)) of public.publications: 'post'"
            ),
            "\(result.standardError)"
        )
        #expect(try await project.rows("SELECT count(*) FROM articles") == "0")
    }

    @Test func `two rows of a name and a key are one, and no row is doubled`() async throws {
        let project = try await PostgresProject(
            tables: """
                CREATE TABLE regions (code text, name text, year int);
                INSERT INTO regions VALUES ('N', 'North', 2024), ('N', 'North', 2025), ('S', 'South', 2025);
                CREATE TABLE shops (name text, region text)
                """
        )
        try project.folder.write("name,region\na,North\nb,South\nc,North\n", to: "shops.csv")
        try project.pipeline(
            """
            - extract: shops
              from: shops.csv
            - load: shops
              into: pg.public.shops
              mode: append
              references:
                region: {from: region, table: regions, match: name, key: code, missing: fail}
            """
        )
        try await project.mustPintail("run")
        #expect(try await project.rows("SELECT * FROM shops ORDER BY name") == "a|N\nb|S\nc|N")
    }

    // MARK: Before the start

    @Test func `all that is wrong with references is told before anything is read, with its place`() async throws {
        let project = try await PostgresProject(
            tables: """
                CREATE TABLE papers (id int PRIMARY KEY, name text, country text NOT NULL);
                CREATE TABLE people (id uuid PRIMARY KEY, born date);
                CREATE TABLE articles (url text PRIMARY KEY, paper_id uuid, author_id uuid, editor_id uuid, publication_id int)
                """
        )
        try project.folder.write("url,paper,author\na,x,1\n", to: "articles.csv")
        try project.pipeline(
            """
            - extract: articles
              from: articles.csv
            - load: articles
              into: pg.public.articles
              mode: upsert
              key: url
              update: [titel]
              references:
                paper_id: {from: paper, table: papers, match: name}
                author_id: {from: writer, table: people, match: nam}
                editor_id: {from: author, table: persons, match: name}
                publication_id: {from: paper, table: papers, match: name, missing: create}
            """
        )
        let result = try await project.pintail("run")
        #expect(result.exitCode == 1)
        let wanted = [
            "load.yml:10:5: it has no column 'titel', which 'update' names",
            "'paper_id' is uuid, and public.papers.id is integer",
            "load.yml:13:25: the reference 'author_id' reads 'writer', which the rows do not have",
            "'author_id' cannot be matched by nam: column \"nam\" does not exist",
            "load.yml:14:40: the reference 'editor_id' leads to public.persons, which does not exist",
            "rows of public.papers cannot be made: id, country would have no value",
            "nothing keeps two runs from making a row of public.papers twice",
            "CREATE UNIQUE INDEX ON \"public\".\"papers\" (\"name\")",
        ]
        for words in wanted { #expect(result.standardError.contains(words), "\(words)\n\(result.standardError)") }
        #expect(result.standardError.contains("nothing was started"))
    }

    @Test func `the rights that are missing are named`() async throws {
        let server = try await PostgresServer.shared()
        let database = try await server.createDatabase()
        try await server.createUser("reader_\(database)", password: "sesame-street")
        try await server.psql(
            Self.tables
                + "; GRANT INSERT, UPDATE, SELECT ON articles TO reader_\(database); GRANT SELECT ON publications TO reader_\(database)",
            database: database
        )
        let folder = try TemporaryDirectory()
        try folder.write(Self.articles, to: "articles.csv")
        try folder.write(
            """
            pipeline: load
            retries: {attempts: 1}
            connections:
              pg: {postgres: {host: 127.0.0.1, port: \(server.port), database: \(database), user: reader_\(database), password: sesame-street}}
            steps:
              - extract: articles
                from: articles.csv
              - load: articles
                into: pg.public.articles
                mode: upsert
                key: url
                references:
                  publication_id: {from: publication, table: publications, match: lower(trim(name)), missing: create}
            """,
            to: "load.yml"
        )
        let refused = try await run(PintailBinary.path, ["run", "load.yml"], currentDirectory: folder.path)
        #expect(
            refused.standardError.contains("the user lacks the privilege INSERT on public.publications"),
            "\(refused.standardError)"
        )
        // No UPDATE of the other table, no ownership: what is named is enough.
        try await server.psql("GRANT INSERT ON publications TO reader_\(database)", database: database)
        let loaded = try await run(PintailBinary.path, ["run", "load.yml"], currentDirectory: folder.path)
        #expect(loaded.exitCode == 0, "\(loaded.standardError)")
        #expect(try await server.psql("SELECT count(*) FROM articles", database: database) == "4")
    }

    // MARK: Several, composite, quoted

    @Test func `several references, of several columns each, between quoted names`() async throws {
        let project = try await PostgresProject(
            tables: """
                CREATE SCHEMA "Ref";
                CREATE TABLE "Ref"."Places" ("Id" int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, "Town" text, country char(2),
                    UNIQUE ("Town", country));
                CREATE TABLE kinds (code varchar(4) PRIMARY KEY, label text UNIQUE);
                INSERT INTO kinds VALUES ('n', 'News'), ('o', 'Opinion');
                CREATE TABLE "Items" (id int PRIMARY KEY, "Place" int REFERENCES "Ref"."Places", kind varchar(4) REFERENCES kinds)
                """
        )
        try project.folder.write(
            "id,town,land,label\n1,Bern,CH,News\n2,Bern,US,Opinion\n3,Bern,CH,\n4,,CH,News\n",
            to: "items.csv"
        )
        try project.pipeline(
            """
            - extract: items
              from: items.csv
            - load: items
              into: pg.public.Items
              mode: append
              references:
                Place: {from: [town, land], table: Ref.Places, match: [Town, country], missing: create}
                kind: {from: label, table: kinds, match: label}
            """
        )
        try await project.mustPintail("run")
        let rows = """
            SELECT i.id, "Town", country, kind FROM "Items" i LEFT JOIN "Ref"."Places" p ON p."Id" = "Place" ORDER BY 1
            """
        #expect(try await project.rows(rows) == "1|Bern|CH|n\n2|Bern|US|o\n3|Bern|CH|\n4|||n")
        #expect(try await project.rows("SELECT count(*) FROM \"Ref\".\"Places\"") == "2")
    }

    @Test(arguments: ["append", "replace"]) func `a table that is not there is made with its references`(_ mode: String)
        async throws
    {
        let project = try await project(
            tables:
                "CREATE TABLE publications (id serial PRIMARY KEY, name text); CREATE UNIQUE INDEX ON publications (lower(trim(name)))",
            mode: mode
        )
        try await project.mustPintail("run")
        #expect(try await project.rows("SELECT count(*), count(publication_id) FROM articles") == "5|4")
        #expect(
            try await project.rows(
                "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'articles'::regclass"
            ) == "FOREIGN KEY (publication_id) REFERENCES publications(id)"
        )
    }

    @Test func `a replaced table takes its keys from the other one`() async throws {
        let project = try await project(mode: "replace")
        _ = try await project.rows(
            "INSERT INTO publications VALUES (gen_random_uuid(), 'Old'); INSERT INTO articles (url, publication_id) SELECT 'old', id FROM publications"
        )
        try project.folder.write("url,title,publication\nx,X,old\n", to: "articles.csv")
        try await project.mustPintail("run")
        #expect(try await project.rows(loaded) == "x|X|Old")
    }

    @Test func `a key may hold what a reference found, and rows put aside are not missing`() async throws {
        let project = try await PostgresProject(
            tables: """
                CREATE TABLE papers (id int PRIMARY KEY, name text); INSERT INTO papers VALUES (1, 'Post'), (2, 'Times');
                CREATE TABLE issues (paper_id int NOT NULL REFERENCES papers, n int, owner_id int REFERENCES papers, pages int,
                    PRIMARY KEY (paper_id, n));
                INSERT INTO issues VALUES (1, 1, 1, 10), (1, 2, 1, 20), (2, 1, 2, 30)
                """
        )
        try project.folder.write(
            "paper,n,owner,pages\nPost,1,Post,11\nPost,2,Nobody,22\nTimes,2,,40\n",
            to: "issues.csv"
        )
        try project.pipeline(
            """
            - extract: issues
              from: issues.csv
            - load: issues
              into: pg.public.issues
              mode: upsert
              key: [paper_id, n]
              missing_rows: delete
              references:
                paper_id: {from: paper, table: papers, match: name}
                owner_id: {from: Owner, table: papers, match: NAME, missing: quarantine}
            """
        )
        let said = try await project.mustPintail("run")
        #expect(said.contains("1 inserted, 1 updated, 0 unchanged, 1 removed, 1 quarantined"), "\(said)")
        #expect(try await project.rows("SELECT * FROM issues ORDER BY 1, 2") == "1|1|1|11\n1|2|1|20\n2|2||40")
    }

    // MARK: Keys

    @Test func `keys of ours stand in the order of time`() async throws {
        let project = try await PostgresProject(
            tables: """
                CREATE TABLE publications (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text UNIQUE);
                CREATE TABLE articles (id uuid PRIMARY KEY, url text UNIQUE, publication_id uuid REFERENCES publications)
                """
        )
        try project.pipeline(
            """
            - load: articles
              from: SELECT 'u' || i AS url, 'p' || (i % 5) AS publication FROM range(30000) t(i)
              into: pg.public.articles
              mode: append
              references:
                publication_id: {from: publication, table: publications, match: name, missing: create, generate: uuid7}
            """
        )
        try await project.mustPintail("run")
        let versions = "SELECT DISTINCT substr(id::text, 15, 1) FROM "
        #expect(try await project.rows(versions + "articles UNION " + versions + "publications") == "7")
        let order = """
            SELECT count(*) FROM (SELECT id, lag(id) OVER (ORDER BY substr(url, 2)::int) AS before FROM articles) a
            WHERE substr(id::text, 1, 13) < substr(before::text, 1, 13)
            """
        #expect(try await project.rows(order) == "0")
        #expect(try await project.rows("SELECT count(*) FROM publications") == "5")
    }

    // MARK: A table's own rows

    private func tree(_ rows: String, missing: String) async throws -> PostgresProject {
        let project = try await PostgresProject(
            tables: """
                CREATE TABLE topics (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, code text UNIQUE NOT NULL, label text,
                    parent_id int REFERENCES topics);
                INSERT INTO topics (code) VALUES ('root')
                """
        )
        try project.folder.write("code,label,parent\n\(rows)\n", to: "topics.csv")
        try project.pipeline(
            """
            - extract: topics
              from: topics.csv
            - load: topics
              into: pg.public.topics
              mode: upsert
              key: code
              references:
                parent_id: {from: parent, table: topics, match: upper(code), missing: \(missing)}
            """
        )
        return project
    }

    private let parents = "SELECT t.code, p.code FROM topics t LEFT JOIN topics p ON p.id = t.parent_id ORDER BY 1"

    @Test func `parents are found among the rows, whatever the order`() async throws {
        let project = try await tree("c,C,B\nb,B,a\na,A,ROOT\nd,D,", missing: "fail")
        let first = try await project.mustPintail("run")
        #expect(first.contains("4 inserted, 0 updated"), "\(first)")
        #expect(try await project.rows(parents) == "a|root\nb|a\nc|b\nd|\nroot|")
        let second = try await project.mustPintail("run")
        #expect(second.contains("0 inserted, 0 updated, 4 unchanged"), "\(second)")
        try project.folder.write("code,label,parent\nc,C,root\nb,B,a\na,A,ROOT\nd,D,\n", to: "topics.csv")
        let third = try await project.mustPintail("run")
        #expect(third.contains("0 inserted, 1 updated, 3 unchanged"), "\(third)")
        #expect(try await project.rows(parents) == "a|root\nb|a\nc|root\nd|\nroot|")
    }

    @Test func `rows that stand above themselves are told`() async throws {
        let project = try await tree("a,A,b\nb,B,c\nc,C,a\nd,D,a\ne,E,e", missing: "fail")
        let said = try await project.mustPintail("run")
        #expect(said.contains("rows of public.topics stand above themselves: a → b → c → a"), "\(said)")
    }

    @Test func `rows whose parents are put aside are put aside too`() async throws {
        let project = try await tree("a,A,nobody\nb,B,a\nc,C,b\nd,D,root", missing: "quarantine")
        let said = try await project.mustPintail("run")
        #expect(said.contains("3 rows were moved to quarantine.topics"), "\(said)")
        #expect(try await project.rows(parents) == "d|root\nroot|")
    }

    @Test func `a parent that nobody has ends the load, or is made`() async throws {
        let failing = try await tree("a,A,nobody\nb,B,a", missing: "fail")
        let result = try await failing.pintail("run")
        #expect(
            result.standardError.contains(
                "1 value of parent in 1 row is not in upper(code) of public.topics: 'nobody'"
            ),
            "\(result.standardError)"
        )
        #expect(try await failing.rows(parents) == "root|")
        let making = try await tree("a,A,nobody\nb,B,a", missing: "create")
        _ = try await making.rows("CREATE UNIQUE INDEX ON topics (upper(code))")
        try await making.mustPintail("run")
        #expect(try await making.rows(parents) == "a|nobody\nb|a\nnobody|\nroot|")
    }

    // MARK: Others at work

    @Test func `two loads at once make a row of the other table once`() async throws {
        let rows = (1...3000).map { "u\($0),t,Paper \($0 % 500)" }.joined(separator: "\n")
        let first = try await project(articles: "url,title,publication\n\(rows)\n")
        let second = try TemporaryDirectory()
        try await mustRun("cp", ["-R", first.folder.path + "/.", second.path])
        // Another table, so that the loads do not wait for each other before they begin.
        _ = try await first.rows("CREATE TABLE others (LIKE articles INCLUDING ALL)")
        let pipeline = try first.folder.read("pipelines/load.yml")
        try second.write(pipeline.replacing("pg.public.articles", with: "pg.public.others"), to: "pipelines/load.yml")
        // Both stop where they have made theirs, and go on together.
        async let one = run(PintailBinary.path, ["run"], currentDirectory: first.folder.path)
        async let two = run(PintailBinary.path, ["run"], currentDirectory: second.path)
        let ends = try await [one, two]
        #expect(ends.map(\.exitCode) == [0, 0], "\(ends.map(\.standardError))")
        #expect(
            try await first.rows("SELECT count(*), count(DISTINCT lower(trim(name))) FROM publications") == "500|500"
        )
        #expect(try await first.rows("SELECT count(*) FROM articles JOIN others USING (url, publication_id)") == "3000")
    }

    @Test(arguments: ["40001", "40P01"]) func `a transaction that met another one begins again`(_ state: String)
        async throws
    {
        let project = try await project()
        _ = try await project.rows(
            """
            CREATE SEQUENCE tries;
            CREATE FUNCTION collide() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF nextval('tries') < 3 THEN RAISE EXCEPTION 'met another' USING ERRCODE = '\(state)'; END IF; RETURN NULL; END $$;
            CREATE TRIGGER collide AFTER INSERT ON articles FOR EACH STATEMENT EXECUTE FUNCTION collide()
            """
        )
        let said = try await project.mustPintail("run")
        #expect(said.contains("begins again: met another"), "\(said)")
        #expect(try await project.rows("SELECT count(*) FROM articles") == "4")
        #expect(try await project.rows("SELECT count(*) FROM publications") == "2")
    }

    @Test func `a row of the other table that is deleted meanwhile is looked for again`() async throws {
        let project = try await project()
        _ = try await project.rows(
            """
            CREATE SEQUENCE tries;
            CREATE FUNCTION vanish() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF nextval('tries') < 2 THEN DELETE FROM publications; END IF; RETURN NULL; END $$;
            CREATE TRIGGER vanish BEFORE INSERT ON articles FOR EACH STATEMENT EXECUTE FUNCTION vanish()
            """
        )
        try await project.mustPintail("run")
        #expect(try await project.rows("SELECT count(*), count(publication_id) FROM articles") == "4|3")
    }
}
