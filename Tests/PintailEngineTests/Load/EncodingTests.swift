import DuckDB
import PintailEngine
import PintailOrchestrator
import PintailProject
import TestSupport
import Testing

@Suite struct EncodingTests {
    static let encodings: [(name: String, bytes: [UInt8])] = [
        ("latin-1", [0x78, 0x0D, 0x0A, 0x22, 0xE9, 0x0A, 0x22, 0x0D, 0x0A]),
        ("windows-1252", [0x78, 0x0D, 0x0A, 0x22, 0xE9, 0x0A, 0x22, 0x0D, 0x0A]),
        ("utf-8-sig", [0xEF, 0xBB, 0xBF, 0x78, 0x0D, 0x0A, 0x22, 0xC3, 0xA9, 0x0A, 0x22, 0x0D, 0x0A]),
        (
            "utf-16",
            [0xFF, 0xFE, 0x78, 0, 0x0D, 0, 0x0A, 0, 0x22, 0, 0xE9, 0, 0x0A, 0, 0x22, 0, 0x0D, 0, 0x0A, 0]
        ),
        ("UTF_16BE", [0, 0x78, 0, 0x0D, 0, 0x0A, 0, 0x22, 0, 0xE9, 0, 0x0A, 0, 0x22, 0, 0x0D, 0, 0x0A]),
    ]

    @Test(arguments: encodings)
    func `a file is written in any character set`(_ name: String, _ bytes: [UInt8]) async throws {
        let fixture = try await LoadFixture()
        let csv = CSVOutput(encoding: name, newline: .crlf)
        try await fixture.run(Load("t", from: "SELECT E'é\\n' AS x", into: "a.csv", csv: csv))
        #expect(try fixture.bytes("a.csv") == bytes)
    }

    @Test func `characters that pieces are cut through arrive whole`() async throws {
        let fixture = try await LoadFixture(
            "CREATE TABLE t AS SELECT range AS i, repeat('é€', 1 + (range % 7)::INTEGER) AS s FROM range(300_000)"
        )
        try await fixture.run(Load("t", into: "a.csv", csv: CSVOutput(encoding: "utf-16")))
        let printed = try await mustRun(
            "sh",
            ["-c", "iconv -f utf-16 -t utf-8 '\(fixture.folder.path)/a.csv' > '\(fixture.folder.path)/b.csv'"]
        )
        #expect(printed == "")
        let difference = try await fixture.rows(
            "SELECT count(*) FROM (FROM t EXCEPT FROM read_csv(\(literal: fixture.folder.path + "/b.csv")))"
        )
        #expect(difference == [["0"]])
    }

    @Test func `the row and column of a character that is lacking are named`() async throws {
        let fixture = try await LoadFixture(
            """
            CREATE TABLE t AS SELECT range AS i, E'a,\\n"b"' AS s, CASE range WHEN 123456 THEN 'x€' ELSE 'é' END AS e
            FROM range(200_000)
            """
        )
        let failure = try await fixture.failure(of: Load("t", into: "a.csv", csv: CSVOutput(encoding: "latin-1")))
        #expect(failure.message == "cannot write a.csv: latin-1 has no character '€' (U+20AC): row 123457, column 'e'")
        #expect(try fixture.names() == [])
    }
}
