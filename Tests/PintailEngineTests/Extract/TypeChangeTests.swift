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
    static let late = 5_000_000

    /// A CSV file of whole numbers but for one value.
    private static func write(_ value: String, to bench: ExtractBench) throws {
        var bytes = Array("n\n".utf8)
        bytes.reserveCapacity(2 * late + 40)
        for _ in 1..<late { bytes += [UInt8(ascii: "7"), UInt8(ascii: "\n")] }
        bytes += Array("\(value)\n8\n".utf8)
        try bench.write("a.csv", bytes)
    }

    @Test func `is read with every value as it was written`() async throws {
        let bench = try ExtractBench()
        defer { bench.remove() }
        try Self.write("12.5", to: bench)
        let result = try await bench.run(Extract("t", from: "a.csv", strategy: .eager))
        #expect(result.rows == RowCount(Self.late + 1))
        #expect(result.schema?.columns.map(\.type) == ["DOUBLE"])
        #expect(result.warnings == ["column 'n' began as BIGINT, but a.csv:5000001 has '12.5'; it is DOUBLE"])
        let found = try await bench.rows("SELECT count(*) FILTER (n = 7), sum(n) FROM t")
        #expect(found == [["4999999", "35000013.5"]])
    }

    @Test func `in a stream stops the load, which names value, column and file and the way out`() async throws {
        let bench = try ExtractBench()
        defer { bench.remove() }
        try Self.write("12.5", to: bench)
        try await bench.run(Extract("t", from: "a.csv", strategy: .streaming))
        let failure = try await bench.failure(of: Load("t", into: .file(bench.folder + "/out.csv")))
        #expect(
            failure.causes.last == """
                column 'n' of a.csv: '12.5' is no BIGINT, but its type was taken from the first rows, as the rows are not \
                stored; settle it in 'types:', or use 'strategy: eager'
                """,
            "\(failure)"
        )
        #expect(!FileManager.default.fileExists(atPath: bench.folder + "/out.csv"))
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
