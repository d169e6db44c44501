import DuckDB
import FoundationEssentials
import PintailOrchestrator
import PintailProject
import Testing

@testable import PintailEngine

@Suite struct IncrementalExtractTests {
    let bench: ExtractBench

    init() throws { bench = try ExtractBench() }

    @Test func `a cursor takes what is greater than the greatest value taken`() async throws {
        let extract = Extract("t", from: "a.csv", incremental: .cursor("at"))
        try bench.write("a.csv", "id,at\n1,2024-01-01\n2,2024-01-02\n3,\n")
        let first = try await bench.run(extract)
        #expect(first.rows == 2)
        #expect(first.warnings == ["1 row without a value in the cursor 'at' is not taken"])
        try bench.write("a.csv", "id,at\n1,2024-01-01\n2,2024-01-02\n4,2024-01-03\n")
        #expect(try await bench.run(extract).rows == 1)
        #expect(try await bench.run(extract).rows == 0)
        #expect(try await bench.rows("SELECT id FROM t ORDER BY id") == [["1"], ["2"], ["4"]])
        bench.remove()
    }

    @Test func `a full refresh starts a cursor over`() async throws {
        let extract = Extract("t", from: "a.csv", incremental: .cursor("id"))
        try bench.write("a.csv", "id,v\n1,a\n2,b\n")
        try await bench.run(extract)
        try bench.write("a.csv", "id,v\n1,c\n2,d\n")
        #expect(try await bench.run(extract).rows == 0)
        #expect(try await bench.run(extract, fullRefresh: true).rows == 2)
        #expect(try await bench.rows("SELECT v FROM t ORDER BY id") == [["c"], ["d"]])
        bench.remove()
    }

    @Test func `only new and changed files are taken, and a changed one takes the place of its earlier rows`()
        async throws
    {
        let extract = Extract("t", from: "in/*.csv", incremental: .newFiles)
        try FileManager.default.createDirectory(atPath: bench.folder + "/in", withIntermediateDirectories: true)
        try bench.write("in/a.csv", "id,v\n1,a\n")
        try bench.write("in/b.csv", "id,v\n2,b\n")
        #expect(try await bench.run(extract).rows == 2)
        let nothing = try await bench.run(extract)
        #expect(nothing.rows == 0)
        #expect(nothing.facts["note"] == "nothing new: 2 files are as they were")
        try bench.write("in/b.csv", "id,v\n2,changed\n20,more\n")
        try bench.write("in/c.csv", "id,v,extra\n3,c,x\n")
        #expect(try await bench.run(extract).rows == 3)
        #expect(
            try await bench.rows("SELECT id, v, _source_file, extra FROM t ORDER BY id") == [
                ["1", "a", "in/a.csv", "NULL"], ["2", "changed", "in/b.csv", "NULL"], ["3", "c", "in/c.csv", "x"],
                ["20", "more", "in/b.csv", "NULL"],
            ]
        )
        bench.remove()
    }

    @Test func `a table that was dropped is filled from all files again`() async throws {
        let extract = Extract("t", from: "*.csv", incremental: .newFiles)
        try bench.write("a.csv", "id\n1\n")
        try await bench.run(extract)
        _ = try await bench.workspace.session("drop").run { try $0.execute("DROP TABLE t") }
        #expect(try await bench.run(extract).rows == 1)
        bench.remove()
    }

    @Test func `rows that do not fit the types of the table are refused, not rounded`() async throws {
        let extract = Extract("t", from: "*.csv", incremental: .newFiles)
        try bench.write("a.csv", "id,v\n1,5\n")
        try await bench.run(extract)
        try bench.write("b.csv", "id,v\n2,6.0\n")
        try await bench.run(extract)
        try bench.write("c.csv", "id,v\n3,7.5\n")
        let error = await #expect(throws: StepError.self) { try await bench.run(extract) }
        #expect(error?.message == "column 'v' is BIGINT in the table, and the new rows have '7.5'")
        #expect(try await bench.rows("SELECT id, v FROM t ORDER BY id") == [["1", "5"], ["2", "6"]])
        bench.remove()
    }

    @Test(arguments: ["in/*.csv", "in/"]) func `a folder that was emptied since has nothing new`(
        _ path: String
    ) async throws {
        let extract = Extract("t", from: ExtractSource.files([path]), incremental: .newFiles)
        try FileManager.default.createDirectory(atPath: bench.folder + "/in", withIntermediateDirectories: true)
        await #expect(throws: StepError.self) { try await bench.run(extract) }
        try bench.write("in/a.csv", "id\n1\n")
        try await bench.run(extract)
        try FileManager.default.removeItem(atPath: bench.folder + "/in/a.csv")
        let result = try await bench.run(extract)
        #expect(result.rows == 0)
        #expect(result.facts["note"] == "nothing new: there are no files")
        #expect(try await bench.rows("SELECT id FROM t") == [["1"]])
        try bench.write("in/b.csv", "id\n2\n")
        #expect(try await bench.run(extract).rows == 1)
        bench.remove()
    }

    @Test func `archives that change are taken again with all their members`() async throws {
        let extract = Extract("t", from: "*.csv.gz", incremental: .newFiles)
        try bench.write("a.csv.gz", Self.stored("id\n1\n"))
        try await bench.run(extract)
        try bench.write("a.csv.gz", Self.stored("id\n2\n3\n"))
        try await bench.run(extract)
        #expect(
            try await bench.rows("SELECT id, _source_file FROM t ORDER BY id") == [
                ["2", "a.csv.gz"], ["3", "a.csv.gz"],
            ]
        )
        bench.remove()
    }

    /// A gzip file of one block that is not compressed.
    static func stored(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        func little(_ value: UInt32, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * $0)) }
        }
        let size = UInt32(bytes.count)
        let crc = bytes.reduce(UInt32.max) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
        }
        return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 1] + little(size, 2) + little(~size, 2) + bytes + little(~crc, 4)
            + little(size, 4)
    }
}
