import Foundation
import Testing

@testable import PintailProject

/// Files become migrations, or say all that is wrong with them.
@Suite struct MigrationFolderTests {
    private func project(_ folder: borrowing TemporaryFolder, _ connections: [String] = ["pg"]) -> Project {
        let settings = connections.map { ($0, ConnectionSettings.postgres(PostgresSettings())) }
        return Project(
            "test",
            directory: folder.path,
            database: folder.path + "/test.duckdb",
            connections: Dictionary(uniqueKeysWithValues: settings)
        )
    }

    private func read(_ files: [String: String], _ connections: [String] = ["pg"]) throws -> [String] {
        let folder = try TemporaryFolder()
        for (name, text) in files { try folder.write(text, to: "migrations/" + name) }
        do throws(Diagnostics) {
            return try MigrationFolders(of: project(folder, connections)).all().flatMap { found in
                found.migrations.map { "\(found.database.name): \($0.name)" + ($0.down == nil ? "" : " and back") }
            }
        } catch {
            return error.all.map { problem in
                let place = problem.location.map { " at \($0.file):\($0.line):\($0.column)" } ?? ""
                return problem.message + place + (problem.hint.map { " (\($0))" } ?? "")
            }
        }
    }

    @Test func `gaps are as good as none, and the order is that of the numbers`() throws {
        let files = [
            "0010_b.up.sql": "SELECT 1", "0002_a.up.sql": "SELECT 1", "0002_a.down.sql": "SELECT 1", "README.md": "",
        ]
        #expect(try read(files) == ["pg: 0002_a and back", "pg: 0010_b"])
    }

    @Test func `each database has its folder`() throws {
        let files = ["a/1_x.up.sql": "SELECT 1", "b/1_y.up.sql": "SELECT 1", "duckdb/1_z.up.sql": "SELECT 1"]
        #expect(try read(files, ["a", "b"]) == ["a: 1_x", "b: 1_y", "duckdb: 1_z"])
        #expect(try read(["duckdb/1_z.up.sql": "SELECT 1", "1_x.up.sql": "SELECT 1"]) == ["pg: 1_x", "duckdb: 1_z"])
        #expect(try read([:], []) == [])
        #expect(try read(["V1__x.sql": "COMMIT", "sqls/2020-x-up.sql": "'", "versions/a.py": ""]) == [])
    }

    @Test(arguments: [
        (
            ["1_x.up.sql": "SELECT 1"], ["a", "b"],
            "is for no database: the project has several connections (move it to migrations/a/)"
        ),
        (["1_x.up.sql": "SELECT 1"], [], "the project has no Postgres connection (move it to migrations/duckdb/)"),
        (["pgg/1_x.up.sql": "SELECT 1"], ["pg"], "'migrations/pgg' is the folder of no database (did you mean 'pg'?)"),
        (
            ["1_x.up.sql": "SELECT 1", "pg/1_x.up.sql": "SELECT 1"], ["pg"],
            "lie both in migrations/ and in migrations/pg/"
        ),
        (["x.sql": "SELECT 1", "1_y.up.sql": "SELECT 1"], ["pg"], "'migrations/x.sql' is not named like a migration"),
        (["1_x y.up.sql": "SELECT 1"], ["pg"], "is not named like a migration"),
        (["99999999999999999999_x.up.sql": "SELECT 1"], ["pg"], "is not named like a migration"),
        (["1_x.up.sql": "SELECT 1", "01_y.up.sql": "SELECT 1"], ["pg"], "two migrations have the number 1: 01_y, 1_x"),
        (["1_x.down.sql": "SELECT 1"], ["pg"], "'migrations/1_x.down.sql' has no 1_x.up.sql beside it"),
        (["1_x.up.sql": "SELECT 1", "1_y.down.sql": "SELECT 1"], ["pg"], "is it the way back of 1_x?"),
        (
            ["1_x.up.sql": "SELECT 1;\n  COMMIT;"], ["pg"],
            "a migration has no COMMIT of its own at migrations/1_x.up.sql:2:3"
        ),
        (
            ["1_x.up.sql": "COPY t FROM STDIN;"], ["pg"],
            "a migration cannot send rows along at migrations/1_x.up.sql:1:1"
        ),
        (["1_x.up.sql": "SELECT 'a;"], ["pg"], "what is opened here is never closed at migrations/1_x.up.sql:1:8"),
        (["1_x.up.sql": "-- pintail: no transacton\nSELECT 1"], ["pg"], "did you mean 'no transaction'?"),
        (
            ["1_x.up.sql": "SELECT 1;\n-- pintail: no transaction"], ["pg"],
            "stands behind the first statement at migrations/1_x.up.sql:2:1"
        ),
    ])
    func `a mistake is told with the way out`(files: [String: String], connections: [String], said: String) throws {
        let found = try read(files, connections)
        #expect(found.count == 1 && found[0].contains(said), "\(found)")
    }

    @Test func `a file that is not UTF-8 is told with its place`() throws {
        let folder = try TemporaryFolder()
        try folder.write("", to: "migrations/keep")
        try Data(Array("SELECT 1;\nSELECT '".utf8) + [0xE9] + Array("';".utf8)).write(
            to: URL(fileURLWithPath: folder.path + "/migrations/1_x.up.sql")
        )
        let folders = MigrationFolders(of: project(folder))
        let error = #expect(throws: Diagnostics.self) { try folders.all() }
        #expect(error?.all.first?.location == SourceLocation(file: "migrations/1_x.up.sql", line: 2, column: 9))
    }

    @Test func `a mark of UTF-8, line ends and blanks at the end are no edit`() throws {
        func checksum(_ text: String) throws -> String { try MigrationFile(Array(text.utf8), path: "x").checksum }
        let plain = try checksum("SELECT 1;\nSELECT 2;")
        #expect(try checksum("\u{FEFF}SELECT 1;\r\nSELECT 2;\r\n \n") == plain)
        #expect(try checksum("SELECT 1;\nSELECT 3;") != plain)
        #expect(try checksum("SELECT 1;\n\nSELECT 2;") != plain)
    }

    @Test func `the place of a mistake is counted in the file`() throws {
        let text = "-- ä\nSELECT 1;\r\n\r\nSELECT 'ö',\n  nme FROM t;"
        let file = try MigrationFile(Array(text.utf8), path: "x.sql")
        let statement = try #require(file.statements.last)
        #expect(
            file.location(of: statement, character: 15) == SourceLocation(file: "x.sql", line: 5, column: 3, length: 3)
        )
        #expect(file.location(of: statement, character: nil).line == 4)
        #expect(file.location(of: statement, naming: "t") == SourceLocation(file: "x.sql", line: 5, column: 12))
        #expect(file.location(of: statement, character: 10_000).line == 5)
    }

    @Test func `a new migration gets the next number in the digits of the last one`() throws {
        let folder = try TemporaryFolder()
        let place = MigrationFolders(of: project(folder))
        #expect(try place.folder(of: .connection("pg")).newFiles(named: "a").up == "migrations/0001_a.up.sql")
        try folder.write("SELECT 1", to: "migrations/20261121_x.up.sql")
        #expect(try place.folder(of: .connection("pg")).newFiles(named: "a").down == "migrations/20261122_a.down.sql")
        #expect(try place.folder(of: .duckDB).newFiles(named: "a").up == "migrations/duckdb/0001_a.up.sql")
    }

    @Test func `a database is meant by its name, or by being alone`() throws {
        let folder = try TemporaryFolder()
        let (one, none) = (MigrationFolders(of: project(folder)), MigrationFolders(of: project(folder, [])))
        let several = MigrationFolders(of: project(folder, ["a", "b"]))
        #expect(try one.database(named: nil) == .connection("pg"))
        #expect(try none.database(named: nil) == .duckDB)
        #expect(throws: Diagnostics.self) { try several.database(named: nil) }
        #expect(throws: Diagnostics.self) { try one.database(named: "pgg") }
    }
}
