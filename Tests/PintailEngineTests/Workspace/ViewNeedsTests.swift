import DuckDB
import PintailEngine
import PintailProject
import TestSupport
import Testing

/// What speaks https is loaded for addresses that rows are read from, and for no other text.
@Suite struct ViewNeedsTests {
    static let texts = [
        ("SELECT 'https://news.example/' || i AS url FROM range(3) r(i)", false),
        ("SELECT * FROM t WHERE url LIKE 'https://%'", false),
        ("WITH a AS (SELECT 's3://bucket/' AS x) SELECT (SELECT max(x) FROM a)", false),
        ("SELECT url FROM links", false),
        ("links", false),
        ("FROM 'https://news.example/a.csv'", true),
        ("SELECT 1 WHERE EXISTS (FROM read_csv(['https://news.example/a.csv'], header = true))", true),
        ("SELECT * FROM t JOIN read_parquet('S3://bucket/' || 'x.parquet') USING (i)", true),
        ("SELECT * FROM query('FROM ''https://news.example/a.csv''')", true),
        ("FROM far", true),
        ("CREATE TABLE x AS FROM 'https://news.example/a.csv'", true),
    ]

    @Test(arguments: texts) func `an address is one where rows are read from it`(text: String, isRead: Bool)
        async throws
    {
        let folder = try TemporaryDirectory()
        let project = Project("test", directory: folder.path, database: folder.path + "/test.duckdb")
        let workspace = try Workspace(opening: project)
        let loaded = try await workspace.session("test").run { connection in
            try connection.execute(
                "CREATE TABLE t (i INT, url VARCHAR); CREATE VIEW links AS SELECT 'https://' || url AS url FROM t;"
            )
            // Such a view as a lazy extract leaves behind, but for the address, which is not there to be asked.
            try connection.execute(
                """
                CREATE MACRO fetched(address) AS TABLE SELECT 1 AS i;
                CREATE VIEW far AS SELECT i FROM fetched('https://news.example/a.csv')
                """
            )
            try workspace.prepare(toRead: [text], on: connection)
            return try connection.value(
                "SELECT loaded FROM duckdb_extensions() WHERE extension_name = 'httpfs'"
            )
        }
        #expect(loaded == .boolean(isRead))
    }
}
