import DuckDB
import PintailEngine
import PintailOrchestrator
import PintailProject
import TestSupport
import Testing

@Suite struct FileModeTests {
    /// A file that is there, rows that are added, and what it holds then.
    struct Append: Sendable, CustomTestStringConvertible {
        let name: String
        let old: [UInt8]
        let rows: LoadSource
        var csv = CSVOutput()
        let new: [UInt8]
        var testDescription: String { "\(name): \(String(decoding: old, as: UTF8.self).debugDescription)" }

        init(_ name: String, _ old: String, _ rows: LoadSource, csv: CSVOutput = CSVOutput(), _ new: String) {
            self.init(name, Array(old.utf8), rows, csv: csv, Array(new.utf8))
        }

        init(_ name: String, _ old: [UInt8], _ rows: LoadSource, csv: CSVOutput = CSVOutput(), _ new: [UInt8]) {
            (self.name, self.old, self.rows, self.csv, self.new) = (name, old, rows, csv, new)
        }
    }

    static let appends = [
        Append("a.csv", "x,y\n1,2\n", "SELECT 3 AS x, 4 AS y", "x,y\n1,2\n3,4\n"),
        Append("a.csv", "x,y\n1,2", "SELECT 4 AS y, 3 AS x", "x,y\n1,2\n3,4\n"),
        Append("a.csv", "x,y", "SELECT 3 AS x, 4 AS y", "x,y\n3,4\n"),
        Append("a.csv", "", "SELECT 3 AS x", "x\n3\n"),
        Append(
            "a.csv",
            "\u{FEFF}\"x \"\"1\"\"\";Y\n",
            "SELECT 3 AS \"x \"\"1\"\"\", 4 AS y",
            csv: CSVOutput(delimiter: ";"),
            "\u{FEFF}\"x \"\"1\"\"\";Y\n3;4\n"
        ),
        Append(
            "a.csv",
            "1,2\r\n",
            "SELECT 3 AS x, 4 AS y",
            csv: CSVOutput(header: false, newline: .crlf),
            "1,2\r\n3,4\r\n"
        ),
        Append(
            "a.csv",
            [0x78, 0x0A, 0xE9, 0x0A],
            "SELECT 'ü' AS x",
            csv: CSVOutput(encoding: "latin-1"),
            [0x78, 0x0A, 0xE9, 0x0A, 0xFC, 0x0A]
        ),
        Append(
            "a.csv",
            [0xFF, 0xFE, 0x78, 0, 0x0A, 0],
            "SELECT 'ü' AS x",
            csv: CSVOutput(encoding: "utf-16"),
            [0xFF, 0xFE, 0x78, 0, 0x0A, 0, 0xFC, 0, 0x0A, 0]
        ),
        Append(
            "a.csv",
            [0xFE, 0xFF, 0, 0x78],
            "SELECT 'ü' AS x",
            csv: CSVOutput(encoding: "utf-16"),
            [0xFE, 0xFF, 0, 0x78, 0, 0x0A, 0, 0xFC, 0, 0x0A]
        ),
        Append("a.tsv", "x\ty\n", "SELECT 3 AS x, 4 AS y", "x\ty\n3\t4\n"),
        Append("a.ndjson", "{\"x\":1}", "SELECT 2 AS y", "{\"x\":1}\n{\"y\":2}\n"),
        Append("a.json", "[{\"x\":1}] \n", "SELECT 2 AS x", "[{\"x\":1},\n\t{\"x\":2}\n]\n"),
        Append("a.json", "[ ]", "SELECT 2 AS x", "[\n\t{\"x\":2}\n]\n"),
        Append("a.json", "[{\"x\":1}]", "SELECT 2 AS x WHERE false", "[{\"x\":1}\n]\n"),
    ]

    @Test(arguments: appends)
    func `rows are added after what a text file holds`(_ append: Append) async throws {
        let fixture = try await LoadFixture()
        try fixture.folder.write(append.old, to: append.name)
        let load = Load("t", from: append.rows, into: .file(append.name), mode: .append, csv: append.csv)
        let result = try await fixture.run(load)
        #expect(try fixture.bytes(append.name) == append.new)
        #expect(result.bytes == Bytes(append.new.count - append.old.count))
        #expect(try fixture.names() == [append.name])
    }

    @Test func `rows are added to parquet by column name, and its types may become wider`() async throws {
        let fixture = try await LoadFixture()
        try await fixture.run(Load("t", from: "SELECT 1::INTEGER AS x, 'a' AS y", into: "a.parquet"))
        let result = try await fixture.run(
            Load("t", from: "SELECT true AS z, 5_000_000_000 AS x", into: "a.parquet", mode: .append)
        )
        #expect(result.rows == 1)
        let rows = try await fixture.rows("FROM \(literal: fixture.folder.path + "/a.parquet")")
        #expect(rows == [["1", "a", "NULL"], ["5000000000", "NULL", "true"]])
    }

    @Test func `replace takes the place of what was there`() async throws {
        let fixture = try await LoadFixture()
        try fixture.folder.write("old", to: "a.csv")
        try await fixture.run(Load("t", from: "SELECT 1 AS x", into: "a.csv"))
        #expect(try fixture.read("a.csv") == "x\n1\n")
    }

    @Test func `a folder is published as a whole`() async throws {
        let fixture = try await LoadFixture("CREATE TABLE t AS SELECT range AS i, range % 2 AS p FROM range(10)")
        let load = Load("t", into: "tree/", partitionBy: ["p"])
        try await fixture.run(load)
        try fixture.folder.write("old", to: "tree/p=7/old.parquet")
        let result = try await fixture.run(load)
        #expect(result.rows == 10)
        #expect(try fixture.folder.names(in: "tree") == ["p=0", "p=1"])
        #expect(try fixture.names() == ["tree"])
        let rows = try await fixture.rows(
            "SELECT p, sum(i)::BIGINT FROM read_parquet(\(literal: fixture.folder.path + "/tree/*/*.parquet")) GROUP BY p ORDER BY p"
        )
        #expect(rows == [["0", "20"], ["1", "25"]])
    }

    @Test(arguments: [["p"], []]) func `a folder takes new files beside the old ones`(_ columns: [String]) async throws
    {
        let fixture = try await LoadFixture("CREATE TABLE t AS SELECT range AS i, range % 2 AS p FROM range(10)")
        let load = Load("t", into: "tree/", mode: .append, partitionBy: columns, format: .csv)
        try await fixture.run(load, as: "20261121-090512-0001")
        let result = try await fixture.run(load, as: "20261121-090512-0002")
        #expect(result.rows == 10)
        let files = fixture.folder.path + "/tree/**/*.csv"
        #expect(
            try await fixture.rows("SELECT count(*), sum(i)::BIGINT FROM read_csv(\(literal: files))") == [
                ["20", "90"]
            ]
        )
        #expect(try fixture.names() == ["tree"])
    }
}
