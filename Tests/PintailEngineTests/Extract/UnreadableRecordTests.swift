import PintailOrchestrator
import PintailProject
import TestSupport
import Testing

@testable import PintailEngine

/// A record that cannot be read, far from the first rows, where a table's rows are not stored.
@Suite struct UnreadableRecordTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        /// What stands after 100,000 good rows.
        let last: [UInt8]
        let told: String
        let hint: String

        init(_ description: String, _ last: String, _ told: String, hint: String) {
            self.init(description, Array(last.utf8), told, hint: hint)
        }

        init(_ description: String, _ last: [UInt8], _ told: String, hint: String) {
            testDescription = description
            self.last = last
            self.told = told
            self.hint = hint
        }
    }

    static let cases = [
        Case(
            "too many fields",
            "7,a,b\n",
            "a.csv:100002: the row has 3 fields where the header has 2: 7,a,b",
            hint: "'on_bad_rows: quarantine' keeps the good rows and puts this one aside"
        ),
        Case(
            "too few fields",
            "7\n8,a\n",
            "a.csv:100002: the row has 1 field where the header has 2: 7",
            hint: "'on_bad_rows: quarantine' keeps the good rows and puts this one aside"
        ),
        Case(
            "a quote that is not closed",
            "7,\"a\n8,a\n",
            "a.csv:100002: a quote is opened and never closed: 7,\"a",
            hint:
                "'on_bad_rows: quarantine' keeps the good rows; 'csv: {quote: \"\"}' reads quotes as ordinary characters"
        ),
        Case(
            "text after a quote",
            "7,\"a\"b\n8,a\n",
            "a.csv:100002: there is text between a closing quote and the next delimiter: 7,\"a\"b",
            hint:
                "'on_bad_rows: quarantine' keeps the good rows; 'csv: {quote: \"\"}' reads quotes as ordinary characters"
        ),
        Case(
            "a byte of another encoding",
            Array("7,caf".utf8) + [0xE9] + Array("\n".utf8),
            "a.csv:100002: the byte 0xE9 at byte 6 of the line is not UTF-8: 7,caf\u{FFFD}",
            hint:
                "'strategy: eager' detects the character set in the whole file, and 'csv: {encoding: windows-1252}' gives it"
        ),
        Case(
            "a line longer than DuckDB reads",
            "7,\(String(repeating: "a", count: 40_000_000))\n",
            "a.csv, record 100002: Maximum line size of 32000000 bytes exceeded. Actual Size:40000002 bytes: 7,aaa",
            hint: "'strategy: eager' may find another way to read it"
        ),
    ]

    @Test(arguments: cases, [LoadStrategyChoice.lazy, .streaming])
    func `is told as where rows are stored`(_ file: Case, strategy: LoadStrategyChoice) async throws {
        let bench = try ExtractBench()
        defer { bench.remove() }
        try bench.write(
            "a.csv",
            Array("id,text\n".utf8) + Array(String(repeating: "7,seven\n", count: 100_000).utf8) + file.last
        )
        let extract = Extract("t", from: "a.csv", strategy: strategy)
        let load = Load("out", from: .table("t"), into: .file("out.csv"))
        let pipeline = Pipeline("test", steps: [.extract(extract), .load(load)], retries: Retries(attempts: 1))
        let summary = try await pipeline.run(in: bench.folder)
        guard case .failed(let failure)? = summary["load:out"]?.status else {
            throw FixtureError("the load did not fail: \(summary)")
        }
        #expect(failure.causes.last?.hasPrefix(file.told) == true, "\(failure)")
        #expect(failure.message.hasSuffix(failure.causes.last ?? "?"))
        #expect(failure.causes.last?.contains("\n") == false)
        #expect(failure.hint == file.hint)
    }
}
