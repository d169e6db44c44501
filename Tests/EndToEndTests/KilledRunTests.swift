import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `kill -9` at any moment: the next run goes on as if nothing had been.
@Suite struct `A killed run` {
    static let steps = """
        - extract: raw
          from: in/*.csv
          incremental: new_files
        - check: raw
          columns: {id: [not_null, unique]}
        - transform: sums
          sql: SELECT count(*) AS n, count(DISTINCT id) AS distinct_n FROM raw
        - load: raw
          into: out/raw.csv
        - load: sums
          into: out/sums.csv
        - load: parts
          from: SELECT id, id % 3 AS part FROM raw
          into: out/parts/
          format: parquet
          partition_by: [part]
        """
    static let rowsOfAFile = 6_000

    @Test func `loses no row, doubles none, and leaves each output old or new`() async throws {
        let project = try TestProject(Self.steps)
        // How long the last whole run took, on this machine and with what else it does.
        var whole = Duration.zero
        for round in 0..<22 {
            try addFile(round, to: project)
            let child = try project.start("run", "--quiet")
            // Twice over the time that a run takes, from its first millisecond on.
            try await Task.sleep(for: whole * (round % 11) / 10)
            child.send(SIGKILL)
            _ = try await child.wait()
            try expectWholeOutput(of: project)

            let start = ContinuousClock.now
            let result = try await project.pintail("run", "--quiet")
            whole = ContinuousClock.now - start
            try #require(result.exitCode == 0, "round \(round): \(result.standardError)")
            let total = (round + 1) * Self.rowsOfAFile
            try #require(try project.read("out/sums.csv") == "n,distinct_n\n\(total),\(total)\n", "round \(round)")
            #expect(try project.leftovers() == [], "round \(round)")
        }
        let total = 22 * Self.rowsOfAFile
        #expect(try await project.rows("SELECT count(*) FROM 'out/parts/**/*.parquet'") == ["\(total)"])
        #expect(try await project.tables() == ["main.raw", "main.sums"])
        #expect(try await project.runs().contains { $0["status"] as? String == "interrupted" })
    }

    private func addFile(_ round: Int, to project: TestProject) throws {
        let rows = (0..<Self.rowsOfAFile).map { "\(round * Self.rowsOfAFile + $0),x\($0)\n" }.joined()
        try project.write("id,text\n" + rows, to: "in/\(round).csv")
    }

    private func expectWholeOutput(of project: TestProject) throws {
        guard project.exists("out/raw.csv") else { return }
        let lines = try project.bytes("out/raw.csv").count { $0 == UInt8(ascii: "\n") }
        #expect((lines - 1) % Self.rowsOfAFile == 0)
    }
}
