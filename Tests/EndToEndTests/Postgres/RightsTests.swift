import Foundation
import TestSupport
import Testing

/// What a user must be granted, line by line as docs/loading.md has it, and what policies let a user do.
@Suite struct RightsTests {
    private static let tables = """
        CREATE SCHEMA shop;
        CREATE TABLE shop.publications (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE);
        INSERT INTO shop.publications (name) VALUES ('Post');
        CREATE TABLE shop.articles (url text PRIMARY KEY, title text, publication_id int REFERENCES shop.publications,
            gone timestamptz);
        INSERT INTO shop.articles VALUES ('old', 'Old');
        CREATE TABLE shop.versions (url text NOT NULL, title text, valid_from timestamptz NOT NULL, valid_to timestamptz,
            is_current boolean NOT NULL);
        CREATE TABLE shop.numbered (n serial PRIMARY KEY, url text, title text)
        """

    /// A line of the table: what the load does, and all that it needs.
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        var table = "articles"
        let mode: String
        let rights: [String]
        /// Whether a name is looked up.
        var isRelated = false
        var testDescription: String { name }
    }

    private static let parents = "SELECT ON shop.publications"
    private static let rows = [
        Row(name: "append", mode: "append", rights: ["INSERT ON shop.articles"]),
        Row(
            name: "append to a serial column",
            table: "numbered",
            mode: "append",
            rights: ["INSERT ON shop.numbered", "USAGE ON SEQUENCE shop.numbered_n_seq"]
        ),
        Row(
            name: "append with references",
            mode: "append",
            rights: ["INSERT ON shop.articles", parents, "TEMPORARY ON DATABASE"],
            isRelated: true
        ),
        Row(
            name: "references that create",
            mode: "append",
            rights: ["INSERT ON shop.articles", parents, "INSERT ON shop.publications", "TEMPORARY ON DATABASE"],
            isRelated: true
        ),
        Row(
            name: "upsert",
            mode: "upsert\n  key: url",
            rights: [
                "SELECT ON shop.articles", "INSERT ON shop.articles", "UPDATE ON shop.articles",
                "TEMPORARY ON DATABASE",
            ]
        ),
        Row(
            name: "upsert that ignores",
            mode: "upsert\n  key: url\n  on_conflict: ignore",
            rights: ["SELECT ON shop.articles", "INSERT ON shop.articles", "TEMPORARY ON DATABASE"]
        ),
        Row(
            name: "upsert that deletes",
            mode: "upsert\n  key: url\n  missing_rows: delete",
            rights: [
                "SELECT ON shop.articles", "INSERT ON shop.articles", "UPDATE ON shop.articles",
                "DELETE ON shop.articles", "TEMPORARY ON DATABASE",
            ]
        ),
        Row(
            name: "upsert that marks",
            mode: "upsert\n  key: url\n  missing_rows: {soft_delete: gone}",
            rights: [
                "SELECT ON shop.articles", "INSERT ON shop.articles", "UPDATE ON shop.articles",
                "TEMPORARY ON DATABASE",
            ]
        ),
        Row(
            name: "history",
            table: "versions",
            mode: "history\n  key: url",
            rights: [
                "SELECT ON shop.versions", "INSERT ON shop.versions", "UPDATE ON shop.versions",
                "TEMPORARY ON DATABASE",
            ]
        ),
        Row(
            name: "replace in place",
            mode: "replace",
            rights: ["INSERT ON shop.articles", "DELETE ON shop.articles"]
        ),
        Row(name: "a new table", table: "fresh", mode: "fail", rights: ["CREATE ON SCHEMA shop"]),
    ]

    private func project(_ row: Row, user: String) async throws -> PostgresProject {
        let project = try await PostgresProject(tables: Self.tables, user: user, password: "sesame")
        _ = try await project.rows(#"REVOKE TEMPORARY ON DATABASE "\#(project.database)" FROM PUBLIC"#)
        let create = row.name == "references that create"
        let others = row.name == "replace in place" ? ", NULL::INT AS publication_id, NULL::TIMESTAMPTZ AS gone" : ""
        try project.pipeline(
            """
            - load: it
              from: SELECT 'a' AS url, 'A' AS title\(row.isRelated ? ", '\(create ? "Times" : "Post")' AS publication" : "")\(others)
              into: pg.shop.\(row.table)
              mode: \(row.mode)
              \(row.isRelated ? "references: {publication_id: {from: publication, table: publications, match: name, missing: \(create ? "create" : "fail")}}" : "")
            """
        )
        return project
    }

    private func user() async throws -> String {
        let user = "user_\(UUID().uuidString.prefix(8).lowercased())"
        try await PostgresServer.shared().createUser(user, password: "sesame")
        return user
    }

    @Test(arguments: rows) func `these rights are enough, and without any of them the missing one is named`(_ row: Row)
        async throws
    {
        let user = try await user()
        let project = try await project(row, user: user)
        func grant(_ right: String) -> String {
            let on = right.replacing("ON DATABASE", with: "ON DATABASE \"\(project.database)\"")
            return "GRANT \(on) TO \(user)"
        }
        let rights = ["USAGE ON SCHEMA shop"] + row.rights
        for missing in rights {
            let all = rights.map(grant)
            _ = try await project.rows(
                (all + [grant(missing).replacing("GRANT", with: "REVOKE").replacing(" TO ", with: " FROM ")]).joined(
                    separator: "; "
                )
            )
            let result = try await project.pintail("run")
            let said = result.standardError
            #expect(result.exitCode == 1, "\(missing): \(said)")
            // The server names no sequence's schema.
            let named = missing.replacing("ON DATABASE", with: "ON DATABASE \(project.database)")
                .replacing("SEQUENCE shop.", with: "SEQUENCE ")
            #expect(said.contains("GRANT \(named) TO \(user)"), "\(missing): \(said)")
            let count =
                "SELECT (SELECT count(*) FROM shop.articles), (SELECT count(*) FROM shop.versions), to_regclass('shop.fresh') IS NULL"
            #expect(try await project.rows(count) == "1|0|t", "\(missing)")
        }
        _ = try await project.rows(rights.map(grant).joined(separator: "; "))
        try await project.mustPintail("run")
        let arrived = "SELECT count(*) FROM shop.\(row.table) WHERE url = 'a' AND title = 'A'"
        #expect(try await project.rows(arrived) == "1")
    }

    @Test func `rows may be looked up in columns that are shown, where the rest is hidden`() async throws {
        let user = try await user()
        let row = Row(name: "append with references", mode: "append", rights: [], isRelated: true)
        let project = try await project(row, user: user)
        let rights = [
            "USAGE ON SCHEMA shop", "INSERT ON shop.articles", "SELECT (id, name) ON shop.publications",
            #"TEMPORARY ON DATABASE "\#(project.database)""#,
        ]
        _ = try await project.rows(rights.map { "GRANT \($0) TO \(user)" }.joined(separator: "; "))
        try await project.mustPintail("run")
        #expect(try await project.rows("SELECT publication_id FROM shop.articles WHERE url = 'a'") == "1")
    }

    // MARK: Policies

    private static let policies = """
        ALTER TABLE shop.articles ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
        ALTER TABLE shop.publications ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
        ALTER TABLE shop.versions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
        CREATE POLICY own ON shop.articles USING (url <> 'hidden') WITH CHECK (title <> 'forbidden');
        CREATE POLICY own ON shop.versions USING (true) WITH CHECK (title <> 'forbidden');
        CREATE POLICY see ON shop.publications FOR SELECT USING (true);
        CREATE POLICY make ON shop.publications FOR INSERT WITH CHECK (name <> 'forbidden');
        INSERT INTO shop.articles VALUES ('hidden', 'Hidden')
        """

    private static let ways = [
        Row(name: "append", mode: "append", rights: []),
        Row(name: "append with references", mode: "append", rights: [], isRelated: true),
        Row(name: "references that create", mode: "append", rights: [], isRelated: true),
        Row(name: "upsert", mode: "upsert\n  key: url", rights: [], isRelated: true),
        Row(name: "upsert that deletes", mode: "upsert\n  key: url\n  missing_rows: delete", rights: []),
        Row(name: "history", table: "versions", mode: "history\n  key: url", rights: []),
    ]

    @Test(arguments: ways, [false, true]) func `policies judge each row, also those of the table's owner`(
        _ way: Row,
        isOwner: Bool
    ) async throws {
        let user = try await user()
        let project = try await project(way, user: user)
        _ = try await project.rows(
            Self.policies
                + "; GRANT ALL ON SCHEMA shop TO \(user); GRANT ALL ON ALL TABLES IN SCHEMA shop TO \(user); GRANT TEMPORARY ON DATABASE \"\(project.database)\" TO \(user)"
        )
        if isOwner {
            for table in ["articles", "publications", "versions"] {
                _ = try await project.rows("ALTER TABLE shop.\(table) OWNER TO \(user)")
            }
        }
        try await project.mustPintail("run")
        #expect(try await project.rows("SELECT title FROM shop.\(way.table) WHERE url = 'a'") == "A")
        // What the policies hide is not deleted as missing.
        #expect(try await project.rows("SELECT title FROM shop.articles WHERE url = 'hidden'") == "Hidden")
        let pipeline = try project.folder.read("pipelines/load.yml")
        try project.folder.write(
            pipeline.replacing("'a' AS url, 'A'", with: "'b' AS url, 'forbidden'"),
            to: "pipelines/load.yml"
        )
        let before = try await project.rows("SELECT * FROM shop.\(way.table) ORDER BY 1")
        let result = try await project.pintail("run")
        #expect(result.exitCode == 1)
        #expect(result.standardError.contains("violates row-level security policy"), "\(result.standardError)")
        #expect(result.standardError.contains("the table's policies decide which rows the user may write"))
        #expect(result.standardError.contains("shop.\(way.table) is unchanged"))
        #expect(try await project.rows("SELECT * FROM shop.\(way.table) ORDER BY 1") == before)
    }

    @Test func `a table whose rows are hidden from the user is not replaced`() async throws {
        let user = try await user()
        let project = try await project(Row(name: "replace", mode: "replace", rights: []), user: user)
        _ = try await project.rows(
            Self.policies
                + "; GRANT ALL ON SCHEMA shop TO \(user); GRANT ALL ON ALL TABLES IN SCHEMA shop TO \(user); ALTER TABLE shop.articles OWNER TO \(user)"
        )
        let result = try await project.pintail("run")
        #expect(result.exitCode == 1)
        #expect(
            result.standardError.contains("row-level security hides rows of it from user \(user)"),
            "\(result.standardError)"
        )
        #expect(try await project.rows("SELECT count(*) FROM shop.articles") == "2")
    }

    @Test func `a row of the other table that policies forbid is not made`() async throws {
        let user = try await user()
        let way = Row(name: "references that create", mode: "append", rights: [], isRelated: true)
        let project = try await project(way, user: user)
        _ = try await project.rows(
            Self.policies
                + "; GRANT ALL ON SCHEMA shop TO \(user); GRANT ALL ON ALL TABLES IN SCHEMA shop TO \(user); GRANT TEMPORARY ON DATABASE \"\(project.database)\" TO \(user)"
        )
        let pipeline = try project.folder.read("pipelines/load.yml")
        try project.folder.write(pipeline.replacing("'Times' AS", with: "'forbidden' AS"), to: "pipelines/load.yml")
        let result = try await project.pintail("run")
        #expect(result.exitCode == 1)
        #expect(
            result.standardError.contains("row-level security policy for table \"publications\""),
            "\(result.standardError)"
        )
        #expect(try await project.rows("SELECT count(*) FROM shop.publications") == "1")
    }
}
