import DuckDB
import TestSupport
import Testing

@testable import Postgres

/// Empty tables whose constraints are made after the rows were copied.
@Suite struct LooseTableTests {
    private static let rows = 20_000

    private static let tables: SQL = """
        CREATE TABLE publications (id int PRIMARY KEY, name text);
        INSERT INTO publications SELECT i, 'p' || i FROM generate_series(0, 99) i;
        CREATE TABLE articles (id int CONSTRAINT "Key" PRIMARY KEY, url text, title text CHECK (title <> ''), n int,
            publication_id int CONSTRAINT "To" REFERENCES publications ON DELETE CASCADE DEFERRABLE,
            CONSTRAINT urls UNIQUE (url) DEFERRABLE);
        CREATE INDEX low ON articles (lower(title) text_pattern_ops) INCLUDE (n) WHERE n > 3;
        CREATE UNIQUE INDEX pair ON articles (publication_id, id DESC);
        CREATE INDEX filled ON articles (n) WITH (fillfactor = 50);
        COMMENT ON INDEX low IS 'it''s low'; COMMENT ON CONSTRAINT "To" ON articles IS 'there';
        CREATE TABLE comments (article_id int REFERENCES articles)
        """

    /// All that hangs on the table, in the server's words.
    private static let shape: SQL = """
        SELECT conname, pg_get_constraintdef(oid), convalidated, obj_description(oid, 'pg_constraint') FROM pg_constraint
        WHERE conrelid = 'articles'::regclass OR confrelid = 'articles'::regclass
        UNION ALL SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid), indisvalid, obj_description(indexrelid, 'pg_class')
        FROM pg_index WHERE indrelid = 'articles'::regclass ORDER BY 1, 2
        """

    /// Loads rows as `DuckDB` gives them, in one transaction.
    private func load(
        _ database: TestDatabase,
        _ query: SQL,
        mode: LoadMode = .append,
        making: [String] = [],
        as user: String? = nil
    ) async throws -> LoadOutcome {
        let parameters = database.parameters(of: user)
        return try await onOwnThread {
            let duck = try DuckDB.Connection.inMemory()
            let columns = try duck.describe(query).filter { !making.contains($0.name) }
            var request = LoadRequest(into: TableName("articles"), mode: mode, columns: columns)
            for name in making { request.generated[name] = true }
            let session = try LinkedSession([request.table], over: parameters, canceller: LoadCanceller())
            let table = try LinkedTable(request, on: session.connection)
            return try session.transaction { server in
                let fill = try table.begin(rows: Self.rows, on: server)
                guard fill.merge == nil else { return LoadOutcome() }
                let pump = try CopyPump(table.plan.load.projectedColumns, into: fill.target)
                let copied = try pump.copy(duck.prepare(table.plan.load.projection(of: "(\(query))")), over: server)
                return try table.finish(fill, rows: copied, on: server)
            }
        }
    }

    private func query(_ publication: SQL = "i % 100", url: SQL = "'u' || i") -> SQL {
        "SELECT i AS id, \(url) AS url, 't' || i AS title, i % 7 AS n, \(publication) AS publication_id FROM range(\(literal: Self.rows)) t(i)"
    }

    @Test(arguments: [LoadMode.append, .upsert(key: ["id"])])
    func `constraints and indexes are afterwards what they were`(mode: LoadMode) async throws {
        let database = try await TestDatabase()
        try await database.execute(Self.tables)
        let before = try await database.rows(Self.shape)
        let outcome = try await load(database, query(), mode: mode)
        #expect(outcome.isIndexedAfterwards)
        #expect(outcome.inserted == Self.rows)
        #expect(try await database.rows(Self.shape) == before)
        #expect(try await database.rows("SELECT count(*) FROM articles") == ["\(Self.rows)"])
    }

    /// A key that the load makes comes in order, and is made again before the others.
    @Test func `a key that comes in order is afterwards what it was`() async throws {
        let database = try await TestDatabase()
        try await database.execute(Self.tables)
        try await database.execute(
            "ALTER TABLE articles DROP id CASCADE, ADD code uuid PRIMARY KEY; CREATE INDEX late ON articles (url, code)"
        )
        let before = try await database.rows(Self.shape)
        let made: SQL = "SELECT * EXCLUDE id, uuidv7() AS code FROM (\(query()))"
        #expect(try await load(database, made, making: ["code"]).isIndexedAfterwards)
        #expect(try await database.rows(Self.shape) == before)
        #expect(try await database.rows("SELECT count(DISTINCT code) FROM articles") == ["\(Self.rows)"])
        let twice: SQL = "SELECT * REPLACE ('00000000-0000-7000-8000-000000000000'::uuid AS code) FROM (\(made))"
        try await database.execute("TRUNCATE articles")
        let error = await #expect(throws: PostgresError.self) { try await load(database, twice, making: ["code"]) }
        #expect(error?.sqlState == "23505")
        #expect(try await database.rows(Self.shape) == before)
    }

    @Test(arguments: [("i % 101", "'u' || i", "23503"), ("i % 100", "'u' || (i // 2)", "23505")])
    func `no row escapes them, and what they were is there again`(_ publication: String, _ url: String, _ state: String)
        async throws
    {
        let database = try await TestDatabase()
        try await database.execute(Self.tables)
        let before = try await database.rows(Self.shape)
        let error = await #expect(throws: PostgresError.self) {
            try await load(database, query(SQL(verbatim: publication), url: SQL(verbatim: url)))
        }
        #expect(error?.sqlState == state)
        #expect(try await database.rows(Self.shape) == before)
        #expect(try await database.rows("SELECT count(*) FROM articles") == ["0"])
    }

    @Test(arguments: [
        "INSERT INTO articles VALUES (-1)",
        "CREATE TABLE heirs () INHERITS (articles)",
        "ALTER TABLE articles FORCE ROW LEVEL SECURITY",
    ])
    func `a table that is not plainly ours and empty keeps them on`(_ change: String) async throws {
        let database = try await TestDatabase()
        try await database.execute(Self.tables)
        try await database.execute(SQL(verbatim: change))
        let outcome = try await load(database, query())
        #expect(!outcome.isIndexedAfterwards)
        #expect(outcome.inserted == Self.rows)
    }

    @Test func `another's table keeps them on`() async throws {
        let database = try await TestDatabase()
        try await database.execute(Self.tables)
        let user = "writer_\(database.name)"
        try await database.execute(
            "CREATE USER \(identifier: user); GRANT ALL ON articles, publications TO \(identifier: user)"
        )
        let outcome = try await load(database, query(), as: user)
        #expect(!outcome.isIndexedAfterwards)
        #expect(try await database.rows("SELECT count(*) FROM articles") == ["\(Self.rows)"])
    }

    @Test func `what others stand on, or nobody could make again just so, stays`() async throws {
        let database = try await TestDatabase()
        try await database.execute(Self.tables)
        try await database.execute(
            """
            CREATE VIEW grouped AS SELECT id, title FROM articles GROUP BY id;
            ALTER TABLE articles ADD CONSTRAINT loose FOREIGN KEY (n) REFERENCES publications NOT VALID;
            ALTER TABLE articles ALTER publication_id SET NOT NULL, REPLICA IDENTITY USING INDEX pair; ALTER TABLE articles CLUSTER ON filled
            """
        )
        let before = try await database.rows(Self.shape)
        let outcome = try await load(database, query())
        #expect(outcome.isIndexedAfterwards)
        #expect(try await database.rows(Self.shape) == before)
        #expect(try await database.rows("SELECT count(*) FROM grouped") == ["\(Self.rows)"])
    }

    @Test(arguments: [
        ("lower(trim(name))", ["name"]), ("name || 'a.b'' c'", ["name"]),
        ("\"Odd \"\"Name\" || x.y", ["Odd \"Name", "x", "y"]),
        ("code::text COLLATE \"C\"", ["code", "collate", "C"]), ("upper( Name )", ["name"]),
    ])
    func `an expression tells the columns that it is over`(_ text: String, _ names: [String]) {
        #expect(MatchExpression.names(in: text) == Set(names))
    }
}
