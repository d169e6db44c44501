import DuckDB
import Foundation
import PintailOrchestrator
import PintailProject
import TestSupport
import Testing

@testable import PintailEngine

/// A column that changes its type five million rows on, where no sample reaches.
@Suite struct TypeChangeTests {
    /// The row that has the other type, counted from the first after the header.
    static let lateRow = 5_000_000

    /// A CSV file of whole numbers but for one value.
    private static func write(_ value: String, to bench: ExtractBench) throws {
        var bytes = Array("n\n".utf8)
        bytes.reserveCapacity(2 * lateRow + 40)
        for _ in 1..<lateRow { bytes += [UInt8(ascii: "7"), UInt8(ascii: "\n")] }
        bytes += Array("\(value)\n8\n".utf8)
        try bench.write("a.csv", bytes)
    }

    @Test func `is read with every value as it was written`() async throws {
        let bench = try ExtractBench()
        defer { bench.remove() }
        try Self.write("12.5", to: bench)
        let result = try await bench.run(Extract("t", from: "a.csv", strategy: .eager))
        #expect(result.rows == RowCount(Self.lateRow + 1))
        #expect(result.schema?.columns.map(\.type) == ["DOUBLE"])
        #expect(result.warnings == ["column 'n' began as BIGINT, but a.csv:5000001 has '12.5'; it is DOUBLE"])
        let found = try await bench.rows("SELECT count(*) FILTER (n = 7), sum(n) FROM t")
        #expect(found == [["4999999", "35000013.5"]])
    }

    @Test func `in a stream stops the load, which names line, column and value and the way out`() async throws {
        let bench = try ExtractBench()
        defer { bench.remove() }
        try Self.write("12.5", to: bench)
        let failure = try await Self.failure(of: Extract("t", from: "a.csv", strategy: .streaming), in: bench)
        #expect(
            failure.causes.last == """
                a.csv:5000001: column 'n': '12.5' is no BIGINT, but its type was taken from the first rows, as the rows are \
                not stored; settle it in 'types:', or use 'strategy: eager'
                """,
            "\(failure)"
        )
        #expect(!FileManager.default.fileExists(atPath: bench.folder + "/out.csv"))
    }

    /// How a run fails that streams an extract into a file.
    private static func failure(of extract: Extract, in bench: ExtractBench) async throws -> NodeFailure {
        let load = Load("out", from: .table("t"), into: .file("out.csv"))
        let pipeline = Pipeline("test", steps: [.extract(extract), .load(load)], retries: Retries(attempts: 1))
        let summary = try await pipeline.run(in: bench.folder)
        guard case .failed(let failure)? = summary["load:out"]?.status else {
            throw FixtureError("the load did not fail: \(summary)")
        }
        return failure
    }

    /// A file whose last row does not fit what the rows before it promised, and where the load says it stands.
    struct Late: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var file = "a.csv"
        var header = ""
        let row: String
        let last: String
        var types: [String: ColumnType] = [:]
        var dates: DateHandling = .keep
        var csv = CSVDialect()
        var rename: Rename?
        let told: String
    }

    static let late = [
        Late(
            testDescription: "a type the user gave",
            header: "n\n",
            row: "7\n",
            last: "12.5\n",
            types: ["n": "int64"],
            told: "a.csv:30002: column 'n': '12.5' does not fit the type given in 'types:'"
        ),
        Late(
            testDescription: "a column without values before",
            header: "id,late\n",
            row: "1,\n",
            last: "2,x\n",
            told: "a.csv:30002: column 'late' has a value, but its type was taken from the first rows, which have none"
        ),
        Late(
            testDescription: "days of a form",
            header: "day\n",
            row: "31/12/2024\n",
            last: "soon\n",
            dates: .auto,
            told: "a.csv:30002: column 'day': 'soon' is no DATE, but its type was taken from the first rows"
        ),
        Late(
            testDescription: "rows of two lines, and another name",
            header: "Text,N\n",
            row: "\"a\nb\",7\n",
            last: "c,x\n",
            rename: .lower,
            told: "a.csv:60002: column 'n': 'x' is no BIGINT, but"
        ),
        Late(
            testDescription: "a long value",
            header: "n\n",
            row: "7\n",
            last: String(repeating: "0123456789", count: 30) + "\n",
            told: "a.csv:30002: column 'n': '\(String(repeating: "0123456789", count: 6))…' is no BIGINT, but"
        ),
        Late(
            testDescription: "digits in groups",
            header: "n\n",
            row: "1.000\n",
            last: "1.234,5\n",
            types: ["n": "int64"],
            csv: CSVDialect(delimiter: ";", decimalSeparator: ",", thousands: "."),
            told: "a.csv:30002: column 'n': '1234,5' does not fit the type given in 'types:'"
        ),
        Late(
            testDescription: "JSON, which has rows and no lines",
            file: "a.ndjson",
            row: "{\"n\": \"7\"}\n",
            last: "{\"n\": \"x\"}\n",
            types: ["n": "int64"],
            told: "a.ndjson, row 30,001: column 'n': 'x' does not fit the type given in 'types:'"
        ),
    ]

    @Test(arguments: late)
    func `in a stream is told with its line`(late: Late) async throws {
        let bench = try ExtractBench()
        defer { bench.remove() }
        try bench.write(late.file, late.header + String(repeating: late.row, count: 30_000) + late.last)
        let extract = Extract(
            "t",
            from: .files([late.file]),
            csv: late.csv,
            rename: late.rename,
            types: late.types,
            dates: late.dates,
            strategy: .streaming
        )
        let failure = try await Self.failure(of: extract, in: bench)
        #expect(failure.causes.last?.hasPrefix(late.told) == true, "\(failure)")
    }

    @Test func `in a stream of two files is told with the file that has it`() async throws {
        let bench = try ExtractBench()
        defer { bench.remove() }
        try bench.write("a.csv", "n\n" + String(repeating: "7\n", count: 30_000))
        try bench.write("b.csv", "n\n8\nx\n")
        let failure = try await Self.failure(of: Extract("t", from: "*.csv", strategy: .streaming), in: bench)
        #expect(failure.causes.last?.hasPrefix("b.csv:3: column 'n': 'x' is no BIGINT, but") == true, "\(failure)")
    }

    @Test func `in a stream keeps every value where the type was given, and names the one that does not fit`()
        async throws
    {
        let bench = try ExtractBench()
        defer { bench.remove() }
        try bench.write("a.csv", "n\n" + String(repeating: "7\n", count: 30_000) + "12.5\n8\n")
        try await bench.run(Extract("t", from: "a.csv", types: ["n": "string"], strategy: .streaming))
        #expect(try await bench.rows("SELECT n FROM t OFFSET 30000") == [["12.5"], ["8"]])
        try await bench.run(Extract("t", from: "a.csv", types: ["n": "int64"], strategy: .streaming))
        let error = await #expect(throws: DuckDBError.self) { try await bench.rows("SELECT max(n) FROM t") }
        #expect(error?.message.contains("column 'n' of a.csv: '12.5' does not fit the type given in 'types:'") == true)
    }
}
