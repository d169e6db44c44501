import DuckDB
import Postgres
import Testing

@testable import PintailEngine
@testable import PintailProject

/// The difference between a table that is wanted and one that is there, as statements for a person to read.
@Suite struct DraftTests {
    private static let place = TableName("articles", schema: "public")

    private func load(_ mode: PintailProject.LoadMode = .upsert, key: [String] = ["url"]) -> Load {
        Load("articles", into: .table(connection: "pg", schema: "public", name: "articles"), mode: mode, key: key)
    }

    private func draft(
        _ columns: [(String, LogicalType)],
        _ existing: TableDescription?,
        mode: PintailProject.LoadMode = .upsert,
        isGuessed: Bool = false,
        references: [WantedReference] = [],
        parents: [TableState] = []
    ) -> MigrationDraft {
        let wanted = WantedTable(
            load(mode),
            into: Self.place,
            columns: columns.map { ResultColumn(name: $0.0, type: $0.1) },
            isGuessed: isGuessed,
            references: references
        )
        var draft = MigrationDraft()
        let known = Dictionary(uniqueKeysWithValues: parents.map { ($0.name, $0) })
        draft.add(wanted, to: TableState(name: Self.place, hasSchema: true, table: existing), parents: known)
        return draft
    }

    private func table(_ columns: [TableDescription.Column], key: [String]? = ["url"]) -> TableDescription {
        TableDescription(Self.place, columns: columns, uniqueKeys: key.map { [$0] } ?? [])
    }

    @Test func `a table that is missing is made, with its key`() {
        let draft = draft(
            [("url", .varchar), ("Words", .bigint), ("tags", .list(.varchar)), ("at", .timestampWithZone)],
            nil
        )
        #expect(
            draft.up == """

                -- load articles
                CREATE TABLE public.articles (
                    url text NOT NULL,
                    "Words" bigint,
                    tags text[],
                    at timestamp with time zone,
                    PRIMARY KEY (url)
                );

                """
        )
        #expect(draft.down == "DROP TABLE public.articles;\n")
    }

    @Test func `a table that fits needs nothing`() {
        let draft = draft([("URL", .varchar), ("n", .integer)], table([.init("url", .text), .init("n", .bigint)]))
        #expect(draft.isEmpty && draft.up.isEmpty)
    }

    @Test func `columns are added, types widened and the key made unique, and all of it goes back`() {
        let draft = draft(
            [("url", .varchar), ("n", .bigint), ("price", .decimal(width: 12, scale: 4)), ("new", .date)],
            table(
                [.init("url", .text), .init("n", .integer), .init("price", .numeric(precision: 10, scale: 2))],
                key: nil
            )
        )
        #expect(
            draft.up == """

                -- load articles
                ALTER TABLE public.articles ALTER COLUMN n TYPE bigint;
                ALTER TABLE public.articles ALTER COLUMN price TYPE numeric(12,4);
                ALTER TABLE public.articles ADD COLUMN new date;
                ALTER TABLE public.articles ADD CONSTRAINT articles_url_key UNIQUE (url);

                """
        )
        #expect(
            draft.down == """
                ALTER TABLE public.articles DROP CONSTRAINT articles_url_key;
                ALTER TABLE public.articles DROP COLUMN new;
                ALTER TABLE public.articles ALTER COLUMN price TYPE numeric(10,2);
                ALTER TABLE public.articles ALTER COLUMN n TYPE integer;

                """
        )
    }

    @Test func `what a person has to decide is a comment`() {
        let existing = table([
            .init("url", .text), .init("n", .integer), .init("day", .integer), .init("owner", .text, isNullable: false),
        ])
        let draft = draft([("url", .varchar), ("n", .bigint), ("day", .date)], existing, isGuessed: true)
        #expect(draft.isEmpty)
        for words in [
            "-- if the file's numbers outgrow integer: ALTER TABLE public.articles ALTER COLUMN n TYPE bigint;",
            "-- public.articles.day is integer and the load brings DATE",
            "-- public.articles.owner takes no NULL and the load does not bring it",
        ] { #expect(draft.up.contains(words), "\(draft.up)") }
    }

    private static let widenings: [(PostgresType, PostgresType, String?)] = [
        (PostgresType.smallint, PostgresType.bigint, "bigint"), (.bigint, .integer, nil),
        (.integer, .double, "double precision"),
        (.bigint, .numeric(precision: 10, scale: 2), "numeric(21,2)"),
        (.numeric(precision: 10, scale: 2), .integer, "numeric(12,2)"),
        (.numeric(precision: nil, scale: 0), .bigint, nil),
        (.numeric(precision: 5, scale: 1), .numeric(precision: nil, scale: 0), "numeric"),
        (.date, .timestamp, "timestamp without time zone"), (.timestamp, .date, nil), (.varchar(10), .text, nil),
        (.text, .bigint, nil),
        (.real, .double, "double precision"), (.uuid, .text, nil),
    ]

    @Test(arguments: widenings)
    func `a type is widened only to one that holds both`(own: PostgresType, other: PostgresType, wider: String?) {
        #expect(own.widened(for: other)?.description == wider)
    }

    @Test func `a table that others replace or make themselves is left to them`() {
        #expect(draft([("url", .varchar), ("x", .date)], table([.init("url", .text)]), mode: .replace).up.isEmpty)
        #expect(draft([("url", .varchar)], nil, mode: .fail).up.contains("is made by the load itself"))
    }

    @Test func `a view is left to a person`() {
        let view = TableDescription(Self.place, kind: .view, columns: [.init("url", .text)])
        let draft = draft([("url", .varchar), ("x", .date)], view, mode: .append)
        #expect(draft.isEmpty && draft.up.contains("-- public.articles is no table"))
    }

    @Test func `a reference makes its parent, its column and its foreign key`() {
        let reference = WantedReference(
            column: "publication_id",
            source: ["publication"],
            parent: TableName("publications", schema: "public"),
            match: ["name"]
        )
        let made = draft([("url", .varchar), ("publication", .varchar)], nil, references: [reference])
        #expect(
            made.up == """

                -- load articles
                CREATE TABLE public.publications (
                    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
                    name text NOT NULL,
                    UNIQUE (name)
                );
                CREATE TABLE public.articles (
                    url text NOT NULL,
                    publication_id uuid,
                    PRIMARY KEY (url)
                );
                ALTER TABLE public.articles ADD CONSTRAINT articles_publication_id_fkey FOREIGN KEY (publication_id) REFERENCES public.publications (id);

                """
        )
        let parent = TableDescription(
            TableName("publications", schema: "public"),
            columns: [.init("key", .bigint, isNullable: false), .init("name", .text)],
            uniqueKeys: [["key"]]
        )
        let state = TableState(name: parent.name, hasSchema: true, table: parent)
        let added = draft(
            [("url", .varchar), ("publication", .varchar)],
            table([.init("url", .text)]),
            references: [reference],
            parents: [state]
        )
        #expect(
            added.up == """

                -- load articles
                ALTER TABLE public.publications ADD CONSTRAINT publications_name_key UNIQUE (name);
                ALTER TABLE public.articles ADD COLUMN publication_id bigint;
                ALTER TABLE public.articles ADD CONSTRAINT articles_publication_id_fkey FOREIGN KEY (publication_id) REFERENCES public.publications (key);

                """
        )
    }

    @Test func `what is compared by an expression is unique by it`() {
        let reference = WantedReference(
            column: "publication_id",
            source: ["publication"],
            parent: TableName("publications", schema: "news"),
            match: ["lower(trim(name))"]
        )
        let made = draft([("url", .varchar), ("publication", .varchar)], nil, references: [reference])
        #expect(made.up.contains("    name text NOT NULL\n);\n"), "\(made.up)")
        let index = "CREATE UNIQUE INDEX publications_name_key ON news.publications ((lower(trim(name))));\n"
        #expect(made.up.contains(index), "\(made.up)")
        #expect(
            made.down.contains("DROP INDEX news.publications_name_key;\nDROP TABLE news.publications;"),
            "\(made.down)"
        )
        let parent = TableDescription(
            reference.parent,
            columns: [.init("id", .uuid), .init("name", .text)],
            uniqueKeys: [["id"]]
        )
        let state = TableState(name: parent.name, hasSchema: true, table: parent)
        let noted = draft([("url", .varchar)], table([.init("url", .text)]), references: [reference], parents: [state])
        #expect(noted.up.contains("-- unless there is one: " + index), "\(noted.up)")
    }

    @Test func `names are quoted where Postgres wants it, and cut to its length`() {
        #expect(
            DraftSQL.names(["plain_1", "Order", "order", "1st", "a b", "größe"]).text
                == #"plain_1, "Order", "order", "1st", "a b", "größe""#
        )
        let long = DraftSQL.constraint(TableName(String(repeating: "t", count: 60)), ["column"], "key").text
        #expect(long.utf8.count == 63 && long.hasSuffix("_key"))
    }
}
