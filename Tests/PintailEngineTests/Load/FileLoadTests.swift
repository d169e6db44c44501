import DuckDB
import PintailEngine
import PintailOrchestrator
import PintailProject
import TestSupport
import Testing

@Suite struct FileLoadTests {
    static let people: SQL = """
        CREATE TABLE people AS SELECT * FROM (VALUES
            (1, 'Ann', DATE '2024-02-29'), (2, 'B, "b"', NULL), (3, NULL, DATE '1999-12-31'), (4, '', NULL)
        ) AS people (id, name, born)
        """

    /// A load of `people` and what the file then holds.
    struct Written: CustomTestStringConvertible {
        let load: Load
        let file: String
        var text = ""
        var testDescription: String { file }
    }

    static let texts = [
        Written(
            load: Load("people", into: "a.csv"),
            file: "a.csv",
            text: "id,name,born\n1,Ann,2024-02-29\n2,\"B, \"\"b\"\"\",\n3,,1999-12-31\n4,\"\",\n"
        ),
        Written(
            load: Load("people", into: "b.csv", csv: CSVOutput(delimiter: ";", quote: "'", header: false, null: "NA")),
            file: "b.csv",
            text: "1;Ann;2024-02-29\n2;B, \"b\";NA\n3;NA;1999-12-31\n4;;NA\n"
        ),
        Written(
            load: Load("people", from: "SELECT id, name FROM people WHERE id < 3;", into: "c.tsv"),
            file: "c.tsv",
            text: "id\tname\n1\tAnn\n2\t\"B, \"\"b\"\"\"\n"
        ),
        Written(
            load: Load("people", from: "FROM people WHERE id = 1 -- one", into: "d.csv", sortColumns: true),
            file: "d.csv",
            text: "born,id,name\n2024-02-29,1,Ann\n"
        ),
        Written(
            load: Load("x", from: "SELECT E'a\\nb' AS x, 1 AS y", into: "e.csv", csv: CSVOutput(newline: .crlf)),
            file: "e.csv",
            text: "x,y\r\n\"a\nb\",1\r\n"
        ),
        Written(
            load: Load("x", from: "SELECT E'a\\nb' AS x, 1 AS y", into: "f.csv", csv: CSVOutput(newline: .cr)),
            file: "f.csv",
            text: "x,y\r\"a\nb\",1\r"
        ),
        Written(
            load: Load("x", from: "SELECT 1 AS x, 'b' AS y", into: "deep/er/g.ndjson"),
            file: "deep/er/g.ndjson",
            text: "{\"x\":1,\"y\":\"b\"}\n"
        ),
        Written(
            load: Load("x", from: "SELECT 1 AS x", into: "h.txt", format: .json),
            file: "h.txt",
            text: "[\n\t{\"x\":1}\n]\n"
        ),
        Written(
            load: Load("people", from: "FROM people WHERE false", into: "i.csv"),
            file: "i.csv",
            text: "id,name,born\n"
        ),
    ]

    @Test(arguments: texts)
    func `a text file is written as asked`(_ written: Written) async throws {
        let fixture = try await LoadFixture(Self.people)
        let result = try await fixture.run(written.load)
        #expect(try fixture.read(written.file) == written.text)
        #expect(result.bytes == Bytes(written.text.utf8.count))
        #expect(try fixture.names().allSatisfy { !$0.hasPrefix(".") })
    }

    @Test(arguments: ["a.parquet", "a.csv.gz", "a.csv.zst", "a.json", "a.ndjson.gz"])
    func `what was written is read back the same`(_ name: String) async throws {
        let fixture = try await LoadFixture("CREATE TABLE t AS SELECT range AS i, 'n' || range AS s FROM range(5000)")
        let result = try await fixture.run(Load("t", into: .file(name)))
        #expect(result.rows == 5000)
        let path = "\(fixture.folder.path)/\(name)"
        let difference: SQL = "FROM (FROM \(literal: path) EXCEPT FROM t)"
        #expect(try await fixture.rows("SELECT count(*) \(difference)") == [["0"]])
        #expect(try await fixture.rows("SELECT count(*) FROM \(literal: path)") == [["5000"]])
    }

    @Test func `a workbook is written`() async throws {
        let fixture = try await LoadFixture(Self.people)
        try await fixture.run(Load("people", into: "a.xlsx"))
        let rows = try await fixture.rows(
            "SELECT count(*), max(name) FROM read_xlsx(\(literal: fixture.folder.path + "/a.xlsx"))"
        )
        #expect(rows == [["4", "B, \"b\""]])
    }

    @Test func `rows keep the table's order`() async throws {
        let fixture = try await LoadFixture("CREATE TABLE t AS SELECT range AS i FROM range(1_000_000)")
        try await fixture.run(Load("t", into: "t.csv"))
        let lines = try fixture.read("t.csv").split(separator: "\n").dropFirst()
        #expect(zip(lines, 0...).allSatisfy { $0 == String($1) })
    }

    @Test func `parquet is written with the codec and row groups asked for`() async throws {
        let fixture = try await LoadFixture("CREATE TABLE t AS SELECT range AS i FROM range(10_000)")
        try await fixture.run(
            Load("t", into: "t.parquet", parquet: ParquetOutput(compression: .gzip, rowGroupRows: 4096))
        )
        let facts = try await fixture.rows(
            "SELECT count(*), any_value(compression) FROM parquet_metadata(\(literal: fixture.folder.path + "/t.parquet"))"
        )
        #expect(facts == [["3", "GZIP"]])
    }

    @Test func `a link stays a link, and a file keeps its rights`() async throws {
        let fixture = try await LoadFixture()
        let real = try fixture.folder.write("old", to: "elsewhere/real.csv")
        try await mustRun("ln", ["-s", real, "\(fixture.folder.path)/link.csv"])
        try await mustRun("chmod", ["640", real])
        try await fixture.run(Load("x", from: "SELECT 1 AS x", into: "link.csv"))
        #expect(try fixture.read("elsewhere/real.csv") == "x\n1\n")
        let rights = try await run("stat", ["-c", "%a %F", real, "\(fixture.folder.path)/link.csv"])
        #expect(rights.standardOutput == "640 regular file\n777 symbolic link\n")
    }

    @Test func `a device is written to, not replaced`() async throws {
        let fixture = try await LoadFixture()
        let result = try await fixture.run(Load("x", from: "SELECT 1 AS x", into: "/dev/null"))
        #expect(result.rows == 1)
        #expect(try await run("stat", ["-c", "%F", "/dev/null"]).standardOutput == "character special file\n")
    }

    @Test func `drafts of killed runs are removed, those of live ones are not`() async throws {
        let fixture = try await LoadFixture()
        try fixture.folder.write("half", to: ".a.csv.pintail-20200101-000000-0000")
        let live = try fixture.folder.write("half", to: ".a.csv.pintail-20200101-000000-0001")
        // Waits for the lock where the question below has it for a moment.
        let holder = try ChildProcess("flock", [live, "sleep", "86400"])
        try await eventually("somebody holds the lock") { try await run("flock", ["-n", live, "true"]).exitCode != 0 }
        try await fixture.run(Load("x", from: "SELECT 1 AS x", into: "a.csv"))
        #expect(try fixture.names() == [".a.csv.pintail-20200101-000000-0001", "a.csv"])
        _ = holder
    }
}
