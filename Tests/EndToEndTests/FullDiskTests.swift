import Foundation
import TestSupport
import Testing

/// A disk that fills up, under the database, the spool or an output; and folders that may not be written.
@Suite(.enabled(if: TinyDisk.isPermitted, "mounting a small disk takes root")) struct `A full disk` {
    private func bigProject(_ steps: String, settings: String = "") throws -> TestProject {
        let project = try TestProject(steps, settings: settings)
        let rows = (0..<150_000).map { "\($0),\(String($0 &* 2_654_435_761, radix: 36)),\($0 &* 7_919)\n" }.joined()
        try project.write("id,h,n\n" + rows, to: "big.csv")
        return project
    }

    @Test func `under an output leaves the old file`() async throws {
        let disk = try await TinyDisk(bytes: 1_000_000)
        try "old\n".write(toFile: disk.path + "/t.csv", atomically: false, encoding: .utf8)
        let project = try bigProject("- extract: t\n  from: big.csv\n- load: t\n  into: \(disk.path)/t.csv")
        let result = try await project.pintail("run")
        #expect(result.exitCode == 1)
        #expect(result.standardError.contains("No space left on device"))
        #expect(result.standardError.contains("t.csv is as it was"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path) == ["t.csv"])
        #expect(try String(contentsOfFile: disk.path + "/t.csv", encoding: .utf8) == "old\n")
    }

    @Test func `under a folder of Parquet files leaves the old folder`() async throws {
        let disk = try await TinyDisk(bytes: 1_000_000)
        let project = try bigProject(
            """
            - extract: t
              from: big.csv
            - load: t
              from: SELECT *, id % 3 AS part FROM t
              into: \(disk.path)/parts/
              format: parquet
              partition_by: [part]
            """
        )
        let result = try await project.pintail("run")
        #expect(result.exitCode == 1)
        #expect(result.standardError.contains("No space left on device"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path) == [])
    }

    @Test func `under the database leaves yesterday's table, and a run works once there is room`() async throws {
        let disk = try await TinyDisk(bytes: 4_000_000)
        let project = try bigProject(
            "- transform: t\n  sql: SELECT 42 AS id",
            settings: "database: \(disk.path)/t.duckdb"
        )
        #expect(try await project.pintail("run").exitCode == 0)
        try await disk.fill(leaving: 500_000)
        try project.write(steps: "- extract: t\n  from: big.csv")
        let result = try await project.pintail("run")
        #expect(result.exitCode == 1)
        #expect(result.standardError.contains("No space left on device"), "\(result.standardError)")
        #expect(try await project.rows("FROM t") == ["42"])
        try await disk.free()
        try project.write(steps: "- extract: t\n  from: big.csv\n  types: {h: string}\n  strategy: eager")
        let room = try await TinyDisk(bytes: 30_000_000)
        try await mustRun("cp", ["\(disk.path)/t.duckdb", "\(room.path)/t.duckdb"])
        try project.write("project: test\ndatabase: \(room.path)/t.duckdb\n", to: "pintail.yml")
        let again = try await project.pintail("run")
        #expect(again.exitCode == 0, "\(again.standardError)")
        #expect(try await project.rows("SELECT count(*) FROM t") == ["150000"])
    }

    @Test func `under rows that are put aside is told at once, and blamed on no file`() async throws {
        let disk = try await TinyDisk(bytes: 4_000_000)
        let project = try bigProject(
            "- extract: t\n  from: big.csv\n  on_bad_rows: quarantine\n  types: {h: date}",
            settings: "database: \(disk.path)/t.duckdb"
        )
        let result = try await project.pintail("run")
        #expect(result.exitCode == 1)
        #expect(result.standardError.contains("cannot build t"), "\(result.standardError)")
        #expect(result.standardError.contains("No space left on device"))
        #expect(result.standardError.contains("hint: free some space"))
        #expect(!result.standardError.contains("attempt"), "\(result.standardError)")
    }

    @Test func `under the spool fails the extract that needs it, with nothing left`() async throws {
        let disk = try await TinyDisk(bytes: 2_000_000)
        let folder = try TemporaryDirectory()
        let rows = (0..<200_000).map { "\($0),abcdefghijk\n" }.joined()
        try folder.write("id,h\n" + rows, to: "big.csv")
        try await mustRun("gzip", [folder.path + "/big.csv"])
        try "project: test\ndatabase: \(folder.path)/t.duckdb\n".write(
            toFile: disk.path + "/pintail.yml",
            atomically: false,
            encoding: .utf8
        )
        try FileManager.default.createDirectory(atPath: disk.path + "/pipelines", withIntermediateDirectories: true)
        try "pipeline: test\nsteps:\n  - extract: t\n    from: \(folder.path)/big.csv.gz\n".write(
            toFile: disk.path + "/pipelines/test.yml",
            atomically: false,
            encoding: .utf8
        )
        let result = try await run(PintailBinary.path, ["run"], currentDirectory: disk.path)
        #expect(result.exitCode == 1)
        #expect(result.standardError.contains("no space left on device"), "\(result.standardError)")
        #expect(result.standardError.contains("hint: free some space"), "\(result.standardError)")
        let spool = disk.path + "/.pintail/spool"
        #expect(try FileManager.default.contentsOfDirectory(atPath: spool) == [])
    }
}

@Suite struct `A folder that may not be written` {
    /// Root may write anywhere, so that power is given up; another user might not be let near the program.
    private func withoutPowers(_ folder: String, _ arguments: [String]) async throws -> RunResult {
        try await run(
            "setpriv",
            ["--bounding-set", "-dac_override,-dac_read_search", "--", PintailBinary.path] + arguments,
            currentDirectory: folder
        )
    }

    @Test(.enabled(if: TinyDisk.isPermitted, "mounting a small disk takes root"))
    func `can be asked, and a run says what is missing`() async throws {
        let project = try TestProject("- transform: t\n  sql: SELECT 42 AS id")
        #expect(try await project.pintail("run").exitCode == 0)
        try await mustRun("chmod", ["-R", "a-w", project.folder.path])
        let asked = try await withoutPowers(project.path, ["query", "-f", "csv", "FROM t"])
        try #require(asked.exitCode == 0, "\(asked.standardError)")
        #expect(asked.standardOutput == "id\n42\n")
        let ran = try await withoutPowers(project.path, ["run"])
        #expect(ran.exitCode == 1)
        #expect(ran.standardError.contains("Permission denied"))
    }
}
