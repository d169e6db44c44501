import DuckDB
import Foundation
import PintailProject
import TestSupport
import Testing

@testable import PintailEngine

/// Files as openpyxl, pyarrow and Polars write them: `Golden/Writers/NAME.txt` is what is read from each.
///
/// `PINTAIL_RECORD=1` writes what came, to be read before it is committed.
@Suite struct WriterTests {
    static let golden = Checkout.path + "/Tests/Golden/Writers"

    /// A file, what is taken of it, and the name of what is expected where that is not the file's.
    struct Case: CustomTestStringConvertible, Sendable {
        let file: String
        var excel = ExcelLayout()
        var name: String?
        var testDescription: String { name ?? file }
    }

    static let cases = [
        Case(file: "openpyxl.xlsx"),
        Case(file: "openpyxl.xlsx", excel: ExcelLayout(sheet: "zweites Blatt"), name: "openpyxl-second"),
        Case(file: "openpyxl.xlsx", excel: ExcelLayout(sheet: "leer"), name: "openpyxl-empty"),
        Case(file: "openpyxl-1904.xlsx"),
        Case(file: "openpyxl-rows.xlsx"),
        Case(file: "pyarrow.parquet"),
        Case(file: "pyarrow-empty.parquet"),
        Case(file: "pyarrow-int96.parquet"),
        Case(file: "polars.parquet"),
        Case(file: "polars.csv"),
        Case(file: "polars.ndjson"),
    ]

    // Made once for all cases.
    static let folder = Task {
        let folder = try TemporaryDirectory()
        try await mustRun(Checkout.program("test-venv/bin/python"), ["\(golden)/write-files", folder.path])
        return folder
    }

    @Test(arguments: cases)
    func `what other programs wrote is read as they meant it`(wanted: Case) async throws {
        let files = try await Self.folder.value
        let bench = try ExtractBench(sources: files.path)
        defer { bench.remove() }
        let extract = Extract("t", from: .files([wanted.file]), excel: wanted.excel, strategy: .eager)
        let found = await GoldenExtractTests.outcome(extract, bench)
        let expected = "\(Self.golden)/\(wanted.testDescription).txt"
        if GoldenExtractTests.isRecording {
            try found.write(toFile: expected, atomically: false, encoding: .utf8)
        } else {
            #expect(try found == String(contentsOfFile: expected, encoding: .utf8))
        }
        #expect(bench.spooled == [])
    }

    @Test(arguments: [LoadStrategyChoice.eager, .lazy, .streaming])
    func `row groups in another page format are read whole, by any strategy`(strategy: LoadStrategyChoice) async throws
    {
        let bench = try ExtractBench(sources: try await Self.folder.value.path)
        defer { bench.remove() }
        try await bench.run(Extract("t", from: .files(["pyarrow-groups.parquet"]), strategy: strategy))
        let sums = try await bench.rows("SELECT count(*), sum(id), count(DISTINCT text) FROM t")
        #expect(sums == [["1000", "499500", "7"]])
    }
}
