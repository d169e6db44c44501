import Foundation
import TestSupport
import Testing

/// Files as people have them, each copied to a CSV: what comes out, or what is said.
@Suite struct `Messy files` {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let bytes: [UInt8]
        let written: String
        var warning = ""

        var testDescription: String { name }

        init(
            _ name: String,
            _ text: String,
            _ encoding: String.Encoding = .utf8,
            gives written: String,
            warning: String = ""
        ) {
            self.name = name
            bytes = text.data(using: encoding).map { Array($0) } ?? []
            self.written = written
            self.warning = warning
        }
    }

    static let readable = [
        Case("empty.csv", "", gives: "column0\n", warning: "is empty"),
        Case("header.csv", "a,b", gives: "a,b\n"),
        Case("crlf.csv", "a,b\r\n1,2\r\n", gives: "a,b\n1,2\n"),
        Case("cr.csv", "a,b\r1,2\r3,4\r", gives: "a,b\n1,2\n3,4\n"),
        Case("utf16.csv", "a;b\n1;é\n", .utf16, gives: "a,b\n1,é\n"),
        Case("latin.csv", "a;b\n1;é\n2;ñandú\n", .isoLatin1, gives: "a,b\n1,é\n2,ñandú\n"),
        Case("bom.csv", "\u{FEFF}a,b\n1,2\n", gives: "a,b\n1,2\n"),
        Case("daten ünïcode 数 (1).csv", "a,b\n1,2\n", gives: "a,b\n1,2\n"),
        Case("it's;--.csv", "a,b\n1,2\n", gives: "a,b\n1,2\n"),
        Case(
            "names.csv",
            "a b,,\"c\"\"d\",a b\n1,2,3,4\n",
            gives: "a b,column1,\"c\"\"d\",a b_1\n1,2,3,4\n",
            warning: "no name"
        ),
        Case("zeros.csv", "zip,n\n007,10\n010,2.5\n", gives: "zip,n\n007,10.0\n010,2.5\n"),
        Case("quoted.csv", "a,b\n\"x,\"\"y\"\"\nz\",2\n", gives: "a,b\n\"x,\"\"y\"\"\nz\",2\n"),
        Case("tabs.tsv", "a\tb\n1\tx y\n", gives: "a,b\n1,x y\n"),
        Case("lines.ndjson", "{\"a\":1}\n{\"a\":2,\"b\":\"x\"}\n", gives: "a,b\n1,\n2,x\n"),
    ]

    @Test(arguments: readable)
    func `are read as they are meant`(file: Case) async throws {
        let folder = try TemporaryDirectory()
        try folder.write(file.bytes, to: file.name)
        let result = try await run(PintailBinary.path, ["copy", file.name, "out.csv"], currentDirectory: folder.path)
        try #require(result.exitCode == 0, "\(result.standardError)")
        #expect(try folder.read("out.csv") == file.written)
        #expect(file.warning.isEmpty || result.standardError.contains(file.warning), "\(result.standardError)")
    }

    static let unreadable: [(name: String, bytes: [UInt8], words: String)] = [
        ("ragged.csv", Array("a,b\n1,2\n3\n4,5,6\n".utf8), "ragged.csv:3: the row has 1 field where the header has 2"),
        ("quote.csv", Array("a,b\n1,\"abc\n2,d\n".utf8), "quote.csv:2: a quote is opened and never closed"),
        (
            "binary.csv", Array(repeating: Array(0...255), count: 50).flatMap { $0 },
            "binary.csv:3: the row has 2 fields"
        ),
        ("cut.json", Array("[{\"a\":1},{\"a\":".utf8), "cut.json: this is not JSON"),
        ("cut.parquet", Array("PAR1abcdefgh".utf8), "cut.parquet is cut short"),
        ("fake.csv.gz", Array("a,b\n1,2\n".utf8), "is named like a gzip file, but is none"),
        ("cut.csv.gz", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0x4B], "cannot be unpacked"),
        ("notes.xlsx", Array("no workbook".utf8), "notes.xlsx"),
    ]

    @Test(arguments: unreadable.indices)
    func `that cannot be read are told with their place, and nothing is made of them`(index: Int) async throws {
        let (name, bytes, words) = Self.unreadable[index]
        let folder = try TemporaryDirectory()
        try folder.write(bytes, to: name)
        let result = try await run(PintailBinary.path, ["copy", name, "out.csv"], currentDirectory: folder.path)
        #expect(result.exitCode == 1)
        #expect(result.standardError.contains(words), "\(result.standardError)")
        #expect(try folder.names() == [name])
    }

    @Test func `a thousand columns keep their order and values`() async throws {
        let folder = try TemporaryDirectory()
        let header = (0..<1_000).map { "c\($0)" }.joined(separator: ",")
        let row = (0..<1_000).map { "\($0)" }.joined(separator: ",")
        try folder.write("\(header)\n\(row)\n\(row)\n", to: "wide.csv")
        let result = try await run(PintailBinary.path, ["copy", "wide.csv", "out.csv"], currentDirectory: folder.path)
        #expect(result.exitCode == 0, "\(result.standardError)")
        #expect(try folder.read("out.csv") == folder.read("wide.csv"))
    }

    @Test func `a line of fifty million characters is a line`() async throws {
        let folder = try TemporaryDirectory()
        let long = String(repeating: "x", count: 50_000_000)
        try folder.write("a,b\n1,\(long)\n2,y\n", to: "long.csv")
        let result = try await run(PintailBinary.path, ["copy", "long.csv", "out.csv"], currentDirectory: folder.path)
        #expect(result.exitCode == 0, "\(result.standardError)")
        #expect(try folder.read("out.csv") == folder.read("long.csv"))
    }

    @Test func `a project may lie in a folder with spaces, quotes and signs of every language`() async throws {
        let project = try TestProject(
            """
            - extract: "bestellungen ü"
              from: "data/*.csv"
            - load: "bestellungen ü"
              into: "out/größe '1'.csv"
            """,
            in: "my \"project\" 数 it's"
        )
        try project.write("größe;n\n1;2\n", to: "data/été 1.csv")
        let result = try await project.pintail("run")
        #expect(result.exitCode == 0, "\(result.standardError)")
        #expect(try project.read("out/größe '1'.csv") == "größe,n\n1,2\n")
        #expect(try await project.rows("SELECT n FROM \"bestellungen ü\"") == ["2"])
    }

    @Test func `rows that cannot be read go to quarantine with file, line and text`() async throws {
        let project = try TestProject(
            """
            - extract: t
              from: t.csv
              on_bad_rows: quarantine
              types: {n: int64}
            """
        )
        try project.write("id,n\n1,10\n2\n3,abc\n4,40\n", to: "t.csv")
        let result = try await project.pintail("run")
        #expect(result.exitCode == 0, "\(result.standardError)")
        #expect(try await project.rows("SELECT id, n FROM t ORDER BY id") == ["1,10", "4,40"])
        #expect(try await project.rows("SELECT count(*) FROM quarantine.t") == ["2"])
    }
}
