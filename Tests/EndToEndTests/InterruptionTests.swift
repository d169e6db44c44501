import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Ctrl-C in the middle of each kind of work: it ends with 130, and all is as it was before.
@Suite struct `Ctrl-C` {
    /// A step that goes on for hours unless it is cancelled, and the line that tells it has begun.
    static let work: [(name: String, steps: String, begun: String)] = [
        (
            "transform",
            """
            - transform: t
              sql: SELECT count(*) AS id FROM range(4000000) a, range(4000000) b WHERE (a.range * b.range) % 7 = 3
            """,
            "start t "
        ),
        (
            "CSV load",
            """
            - transform: rows
              sql: SELECT range AS id, md5(range::varchar) AS h FROM range(10000000000)
              materialized: view
            - load: rows
              into: out/t.csv
            """,
            "start load:rows"
        ),
        (
            "encoded load",
            """
            - transform: rows
              sql: SELECT range AS id, md5(range::varchar) AS h FROM range(10000000000)
              materialized: view
            - load: rows
              into: out/t.csv
              csv: {encoding: latin-1}
            """,
            "start load:rows"
        ),
        (
            "partitioned load",
            """
            - transform: rows
              sql: SELECT range AS id, md5(range::varchar) AS h, range % 3 AS part FROM range(10000000000)
              materialized: view
            - load: rows
              into: out/parts/
              format: parquet
              partition_by: [part]
            """,
            "start load:rows"
        ),
        (
            "command",
            """
            - command: sleep 1000; echo done > out/done.txt
            """,
            "start command:sleep"
        ),
    ]

    @Test(arguments: work.indices)
    func `leaves tables and files as they were`(index: Int) async throws {
        let (_, steps, begun) = Self.work[index]
        let project = try TestProject("- transform: t\n  sql: SELECT 42 AS id")
        #expect(try await project.pintail("run").exitCode == 0)
        try project.write("old\n", to: "out/t.csv")
        try project.write("old\n", to: "out/parts/old.txt")
        try project.write(steps: steps)

        let child = try project.start("run")
        try await eventually("the step has begun") { child.standardError.contains(begun) }
        child.send(SIGINT)
        let end = try await child.wait()

        #expect(end == .exited(130), "\(child.standardError)")
        #expect(child.standardError.contains("cancelled"))
        try await expectUntouched(project)
        #expect(try await project.runs().first?["status"] as? String == "cancelled")
    }

    @Test func `stops an extract, whose table stays as it was`() async throws {
        let project = try TestProject("- extract: t\n  from: data/small.csv")
        try project.write("id\n42\n", to: "data/small.csv")
        #expect(try await project.pintail("run").exitCode == 0)
        try project.write("old\n", to: "out/t.csv")
        try project.write("old\n", to: "out/parts/old.txt")
        // A pipe that nobody closes: this extract never comes to its end.
        try await mustRun("mkfifo", ["\(project.path)/pipe"])
        try project.write(steps: "- extract: t\n  from: '-'\n  format: csv")
        let child = try ChildProcess(
            PintailBinary.path,
            ["run"],
            currentDirectory: project.path,
            hasInput: true
        )
        child.write("id\n" + String(repeating: "1\n", count: 100_000))
        try await eventually("the extract has begun") { child.standardError.contains("start t ") }
        child.send(SIGINT)
        let end = try await child.wait()
        #expect(end == .exited(130), "\(child.standardError)")
        try await expectUntouched(project)
    }

    @Test func `stops an extract of a pipe that nobody writes`() async throws {
        let project = try TestProject("- extract: t\n  from: pipe.csv")
        try await mustRun("mkfifo", ["pipe.csv"], currentDirectory: project.path)
        let run = try project.start("run")
        try await eventually("the extract waits") { run.standardError.contains("start t ") }
        run.send(SIGINT)
        #expect(try await run.wait() == .exited(130), "\(run.standardError)")
        #expect(run.standardError.contains("cancelled"), "\(run.standardError)")
    }

    @Test func `stops an extract of a big file half-way`() async throws {
        let project = try TestProject("- transform: t\n  sql: SELECT 42 AS id")
        #expect(try await project.pintail("run").exitCode == 0)
        try project.write("old\n", to: "out/t.csv")
        try project.write("old\n", to: "out/parts/old.txt")
        let line = "123456,abcdefghijklmnop,2024-01-01,3.14159\n"
        try project.write("id,a,b,c\n" + String(repeating: line, count: 2_000_000), to: "data/big.csv")
        try project.write(steps: "- extract: t\n  from: data/big.csv")
        let child = try project.start("run")
        try await eventually("the extract has begun") { child.standardError.contains("start t ") }
        child.send(SIGINT)
        let end = try await child.wait()
        // A fast machine may have ended the extract by then.
        if end == .exited(0) { return }
        #expect(end == .exited(130), "\(child.standardError)")
        try await expectUntouched(project)
    }

    @Test func `a second one ends at once, and takes along what a command has started`() async throws {
        let project = try TestProject(
            """
            - command: trap '' TERM INT; echo $$ > pid; echo ready; while true; do sleep 1; done
              name: stubborn
            """
        )
        let child = try project.start("run")
        try await eventually("the command runs") { try project.exists("pid") && !project.read("pid").isEmpty }
        let command = try #require(Int32(try project.read("pid").trimmingCharacters(in: .newlines)))
        child.send(SIGINT)
        try await eventually("the first is noticed") { child.standardError.contains("cancelling") }
        child.send(SIGINT)
        #expect(try await child.wait() == .exited(130))
        try await eventually("the command is gone") { kill(command, 0) != 0 }
    }

    private func expectUntouched(_ project: TestProject) async throws {
        #expect(try await project.rows("FROM t") == ["42"])
        #expect(try project.read("out/t.csv") == "old\n")
        #expect(try project.files().filter { $0.hasPrefix("out/parts") } == ["out/parts/old.txt"])
        #expect(!project.exists("out/done.txt"))
        #expect(try project.leftovers() == [])
        #expect(try await project.tables().filter { $0.contains("pintail") } == [])
    }
}
