import DuckDB
import Foundation
import Testing

@testable import PintailCLI

/// A case is a file `queries/NAME.sql`; a first line `-- width: 60` sets the terminal's width.
@Suite struct `Queries and what they print` {
    private static let cases = Golden.names(in: "queries", ending: ".sql")

    @Test(arguments: cases)
    func `a statement's answer is drawn, its mistake is pointed at`(name: String) throws {
        let sql = try Golden.text("queries/\(name).sql")
        let width = sql.split(separator: "\n").first.flatMap { line in
            line.hasPrefix("-- width: ") ? Int(line.dropFirst(10)) : nil
        }
        let output = try OutputFile()
        let plain = Palette(isColored: false)
        let console = Console(
            output: TextStream(output.descriptor, asTerminalOf: width ?? 80, palette: plain),
            errors: TextStream(output.descriptor, asTerminalOf: width ?? 80, palette: plain),
            isQuiet: true,
            glyphs: .unicode
        )
        let runner = QueryRunner(console: console, output: QueryOutput(format: .table, path: nil, limit: nil))
        let connection = try Database().connect()
        for statement in StatementSplitter.statements(in: sql) {
            do {
                try runner.run(statement, on: connection)
            } catch {
                _ = report(error, console)
            }
        }
        try Golden.expect(try output.text, equals: "queries/\(name).txt")
    }

    @Test(arguments: [
        (QueryFormat.csv, "a,b\n1,\"x,y\"\n2,\n"),
        (.ndjson, "{\"a\":1,\"b\":\"x,y\"}\n{\"a\":2,\"b\":null}\n"),
        (.json, "[\n\t{\"a\":1,\"b\":\"x,y\"},\n\t{\"a\":2,\"b\":null}\n]\n"),
    ])
    func `rows are written in other forms`(format: QueryFormat, expected: String) throws {
        let output = try OutputFile()
        let stream = TextStream(output.descriptor)
        try stream.write("before\n")
        let runner = QueryRunner(
            console: Console(output: stream, errors: stream, isQuiet: true, glyphs: .unicode),
            output: QueryOutput(format: format, path: nil, limit: nil)
        )
        try runner.run("FROM (VALUES (1, 'x,y'), (2, NULL)) t(a, b) -- all of it", on: Database().connect())
        // What was in the file before is still there.
        #expect(try output.text == "before\n" + expected)
    }

    @Test func `a file appears when it is whole, and not at all when the query fails`() throws {
        let output = try OutputFile()
        let path = output.path + ".parquet"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let stream = TextStream(output.descriptor)
        let runner = QueryRunner(
            console: Console(output: stream, errors: stream, isQuiet: true, glyphs: .unicode),
            output: QueryOutput(format: .parquet, path: path, limit: 3)
        )
        let connection = try Database().connect()
        #expect(throws: (any Error).self) {
            try runner.run("SELECT error('no') FROM range(100000) t(i) WHERE i > 90000", on: connection)
        }
        #expect(!FileManager.default.fileExists(atPath: path))
        try runner.run("FROM range(10)", on: connection)
        #expect(try connection.value("SELECT count(*) FROM \(literal: path)").integer == 3)
    }

    @Test func `a long result is whole`() throws {
        let output = try OutputFile()
        let stream = TextStream(output.descriptor)
        let runner = QueryRunner(
            console: Console(output: stream, errors: stream, isQuiet: true, glyphs: .unicode),
            output: QueryOutput(format: .table, path: nil, limit: nil)
        )
        try runner.run("FROM range(5000)", on: Database().connect())
        let lines = try output.text.split(separator: "\n")
        #expect(lines.count == 5004)
        #expect(lines[5002].contains("4999"))
    }

    private typealias Split = (text: String, complete: [String], rest: String?)

    /// Statements that are complete, and what is left.
    private static let splits: [Split] = [
        ("SELECT 1", [], "SELECT 1"),
        ("SELECT 1;", ["SELECT 1"], nil),
        ("SELECT 1; SELECT 2;\n", ["SELECT 1", "SELECT 2"], nil),
        ("-- which\nSELECT 1 -- one; two\n;", ["SELECT 1 -- one; two"], nil),
        ("SELECT (1; SELECT 2", ["SELECT (1"], "SELECT 2"),
        ("-- nothing\n;;  ;", [], nil),
        ("SELECT 'open", [], "SELECT 'open"),
        ("SELECT 1; /* open;", ["SELECT 1"], "/* open;"),
        ("SELECT 1; SELECT /* open;", ["SELECT 1"], "SELECT /* open;"),
        ("", [], nil),
    ]

    @Test(arguments: splits)
    func `typed statements end at their semicolons`(split: (text: String, complete: [String], rest: String?)) {
        let splitter = StatementSplitter(split.text)
        #expect(splitter.complete == split.complete)
        #expect(splitter.rest == split.rest)
    }
}

/// A file that stands for standard output.
final class OutputFile {
    let path: String
    private let handle: FileHandle

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "pintail-\(UUID().uuidString)").path
        try Data().write(to: URL(filePath: path))
        handle = try FileHandle(forUpdating: URL(filePath: path))
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var descriptor: Int32 { handle.fileDescriptor }

    var text: String {
        get throws { try String(contentsOfFile: path, encoding: .utf8) }
    }
}
