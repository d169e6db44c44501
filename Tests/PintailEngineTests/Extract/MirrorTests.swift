import DuckDB
import FoundationEssentials
import PintailOrchestrator
import PintailProject
import Testing

@testable import PintailEngine

/// Tables that hold what their files hold: what `extract_all` makes.
@Suite struct MirrorTests {
    let bench: ExtractBench

    init() throws {
        bench = try ExtractBench()
        try FileManager.default.createDirectory(atPath: bench.folder + "/in", withIntermediateDirectories: true)
    }

    @Test func `of many files only those that are new or changed are read, and rows of files that are gone go`()
        async throws
    {
        let extract = Extract("t", from: "in/*.csv", incremental: .mirror)
        for name in ["a", "b", "c"] { try bench.write("in/\(name).csv", "id,v\n1,\(name)\n") }
        #expect(try await bench.run(extract).rows == 3)
        #expect(try await bench.run(extract).rows == 0)
        try bench.write("in/b.csv", "id,v\n1,changed\n2,more\n")
        try bench.write("in/d.csv", "id,v\n1,d\n")
        try FileManager.default.removeItem(atPath: bench.folder + "/in/c.csv")
        let second = try await bench.run(extract)
        #expect(second.rows == 3)
        #expect(try await bench.rows("SELECT v FROM t ORDER BY v") == [["a"], ["changed"], ["d"], ["more"]])
        #expect(try await positions == ["file:in/a.csv", "file:in/b.csv", "file:in/d.csv"])
        bench.remove()
    }

    @Test func `when files are gone and nothing is new, nothing is read and their rows go`() async throws {
        let extract = Extract("t", from: "in/*.csv", incremental: .mirror)
        for name in ["a", "b"] { try bench.write("in/\(name).csv", "id,v\n1,\(name)\n") }
        try await bench.run(extract)
        try FileManager.default.removeItem(atPath: bench.folder + "/in/a.csv")
        let second = try await bench.run(extract)
        #expect(second.rows == 0)
        #expect(second.facts["note"] == "nothing new: 1 file is as it was, and the rows of 1 that are gone went")
        #expect(try await bench.rows("SELECT v FROM t") == [["b"]])
        #expect(try await positions == ["file:in/b.csv"])
        bench.remove()
    }

    @Test func `a table of one file has no column for its name, and is read whole when the file changes`() async throws
    {
        let extract = Extract("t", from: "a.csv", incremental: .mirror)
        try bench.write("a.csv", "id,v\n1,a\n2,b\n")
        #expect(try await bench.run(extract).rows == 2)
        #expect(try await bench.run(extract).rows == 0)
        try bench.write("a.csv", "id,v,w\n3,longer than before,x\n")
        #expect(try await bench.run(extract).rows == 1)
        #expect(try await bench.rows("FROM t") == [["3", "longer than before", "x"]])
        bench.remove()
    }

    @Test func `another path for a table brings its rows and takes the old ones away`() async throws {
        try bench.write("a.csv", "v\na\n")
        try bench.write("in/b.csv", "v\nb\n")
        try bench.write("in/c.csv", "v\nc\n")
        try await bench.run(Extract("t", from: "a.csv", incremental: .mirror))
        try await bench.run(Extract("t", from: "in/*.csv", incremental: .mirror))
        #expect(
            try await bench.rows("SELECT v, _source_file FROM t ORDER BY v") == [
                ["b", "in/b.csv"], ["c", "in/c.csv"],
            ]
        )
        try await bench.run(Extract("t", from: "in/c.csv", incremental: .mirror))
        #expect(try await bench.rows("FROM t") == [["c"]])
        #expect(try await positions == ["file:in/c.csv"])
        bench.remove()
    }

    @Test func `a path that leads nowhere leaves table and positions as they were`() async throws {
        let extract = Extract("t", from: "in/*.csv", incremental: .mirror)
        try bench.write("in/a.csv", "v\na\n")
        try await bench.run(extract)
        try FileManager.default.removeItem(atPath: bench.folder + "/in/a.csv")
        await #expect(throws: StepError.self) { try await bench.run(extract) }
        #expect(try await bench.rows("SELECT v FROM t") == [["a"]])
        #expect(try await positions == ["file:in/a.csv"])
        bench.remove()
    }

    private var positions: [String] {
        get async throws {
            try await bench.rows("SELECT key FROM _pintail.positions WHERE step = 't' ORDER BY key").map { $0[0] }
        }
    }
}
