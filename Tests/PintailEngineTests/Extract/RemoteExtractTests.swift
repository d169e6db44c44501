import DuckDB
import PintailOrchestrator
import PintailProject
import TestSupport
import Testing

@testable import PintailEngine

@Suite struct RemoteExtractTests {
    @Test func `files behind a web address are read, packed ones too`() async throws {
        let files = try TemporaryDirectory()
        try files.write("id,name\n1,x\n", to: "a.csv")
        try files.write(IncrementalExtractTests.stored("id,name\n2,y\n"), to: "b.csv.gz")
        let server = try await HTTPFileServer(folder: files.path)
        let bench = try ExtractBench()
        let result = try await bench.run(Extract("t", from: .files([server.url("a.csv"), server.url("b.csv.gz")])))
        #expect(result.rows == 2)
        #expect(try await bench.rows("SELECT * FROM t ORDER BY id") == [["1", "x"], ["2", "y"]])
        #expect(bench.spooled == [])
        bench.remove()
    }

    @Test func `a file that the server does not have is an error that names it`() async throws {
        let server = try await HTTPFileServer(folder: try TemporaryDirectory().path)
        let bench = try ExtractBench()
        let url = server.url("missing.csv")
        let error = await #expect(throws: StepError.self) { try await bench.run(Extract("t", from: .files([url]))) }
        #expect(error?.message.hasPrefix("cannot fetch \(url): ") == true)
        #expect(error?.isTransient == false)
        bench.remove()
    }
}
