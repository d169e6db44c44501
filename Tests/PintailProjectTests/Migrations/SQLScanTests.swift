import Testing

@testable import PintailProject

/// A file falls apart into the statements that Postgres's own client would send.
@Suite struct SQLScanTests {
    private func statements(_ text: String) -> [String] {
        let bytes = Array(text.utf8)
        return SQLScan(bytes).statements.map { String(decoding: bytes[$0.range], as: UTF8.self) }
    }

    @Test(arguments: [
        ("", []), ("  \n-- nothing\n/* at all */ ;;\n", []),
        ("SELECT 1", ["SELECT 1"]), ("SELECT 1;\r\nSELECT 2;\r\n", ["SELECT 1", "SELECT 2"]),
        ("-- head\n\nSELECT 1 -- tail\n;", ["SELECT 1 -- tail"]),
        ("SELECT ';', \";\", E'\\';', 'it''s;'; SELECT 2", ["SELECT ';', \";\", E'\\';', 'it''s;'", "SELECT 2"]),
        ("DO $$ BEGIN; END $$; DO $a$ ; $$ ; $a$;", ["DO $$ BEGIN; END $$", "DO $a$ ; $$ ; $a$"]),
        ("SELECT $x$a;$$;b$x$; SELECT 'it''s;'", ["SELECT $x$a;$$;b$x$", "SELECT 'it''s;'"]),
        ("SELECT $1; SELECT a$b$c; SELECT 3", ["SELECT $1", "SELECT a$b$c", "SELECT 3"]),
        ("/* a /* ; */ ; */ SELECT 1; -- x; y\nSELECT 2", ["SELECT 1", "SELECT 2"]),
        (
            "CREATE RULE r AS ON INSERT TO t DO (DELETE FROM u; SELECT 1); SELECT 2",
            ["CREATE RULE r AS ON INSERT TO t DO (DELETE FROM u; SELECT 1)", "SELECT 2"]
        ),
        (
            "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN a THEN 1 END; SELECT 2; END; SELECT 3",
            [
                "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN a THEN 1 END; SELECT 2; END",
                "SELECT 3",
            ]
        ),
        ("INSERT INTO t VALUES ('ä;ö');SELECT '日本;'", ["INSERT INTO t VALUES ('ä;ö')", "SELECT '日本;'"]),
    ])
    func `a semicolon ends a statement where the server would think so`(text: String, expected: [String]) {
        #expect(statements(text) == expected)
    }

    @Test(arguments: [
        "BEGIN", "begin;", "COMMIT", "END", "ROLLBACK", "ABORT", "START TRANSACTION READ ONLY",
        "PREPARE TRANSACTION 'x'",
    ])
    func `what would end the transaction is told`(text: String) {
        #expect(SQLScan(Array(text.utf8)).statements.map(\.endsTransaction) == [true])
    }

    @Test(arguments: [
        "ROLLBACK TO SAVEPOINT a", "SAVEPOINT a", "PREPARE p AS SELECT 1", "DO 'BEGIN END'", "SELECT 1 AS commit",
    ])
    func `what leaves it alone is let through`(text: String) {
        #expect(SQLScan(Array(text.utf8)).statements.map(\.endsTransaction) == [false])
    }

    @Test(arguments: ["SELECT 'a", "SELECT \"a", "DO $x$ ; $$", "SELECT 1; /* never /* ended */", "SELECT E'\\'"])
    func `what is never closed is found`(text: String) {
        #expect(SQLScan(Array(text.utf8)).openAt != nil)
    }

    @Test func `any bytes are taken`() {
        var random = SystemRandomNumberGenerator()
        let signs = Array("';$\"-/*()\\ \nEae1CREATE FUNCTION BEGIN END".utf8) + [0xC3, 0xFF]
        for _ in 0..<2000 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in signs.randomElement(using: &random) ?? 0
            }
            let scan = SQLScan(bytes)
            #expect(scan.statements.allSatisfy { $0.range.upperBound <= bytes.count && !$0.range.isEmpty })
        }
    }
}
