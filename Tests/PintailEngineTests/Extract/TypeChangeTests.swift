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

    @Test(arguments: [
        ("12.5", "DOUBLE", ["12.5", "8.0"]), ("007", "VARCHAR", ["007", "8"]), ("x", "VARCHAR", ["x", "8"]),
    ])
    func `is read with every value as it was written`(value: String, type: String, last: [String]) async throws {
        let bench = try ExtractBench()
        defer { bench.remove() }
        try Self.write(value, to: bench)
        let result = try await bench.run(Extract("t", from: "a.csv", strategy: .eager))
        #expect(result.rows == RowCount(Self.late + 1))
        #expect(result.schema?.columns.map(\.type) == [type])
        #expect(
            result.warnings == [
                "column 'n' began as BIGINT, but a.csv:5000001 has '\(value)'; it is \(type)"
            ]
        )
        let rows = try await bench.rows("SELECT n FROM t OFFSET \(literal: Self.late - 1)")
        #expect(rows == last.map { [$0] })
    }
}
