import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Two builds of one project at once: they take turns.
@Suite struct `Builds at once` {
    /// A project of which a build with `slow` goes on for hours.
    private func project() throws -> TemporaryDirectory {
        let folder = try TemporaryDirectory()
        try folder.write("name: shop\nversion: '1.0'\nprofile: shop\n", to: "dbt_project.yml")
        try folder.write("shop: {target: dev, outputs: {dev: {type: duckdb, path: shop.duckdb}}}\n", to: "profiles.yml")
        try folder.write("select 1 as id", to: "models/quick.sql")
        try folder.write(
            "{{ config(materialized='table') }} select count(*) as n from range(4000000) a, range({{ var('slow', 1) }}) b where a.range * b.range % 7 = 3",
            to: "models/long.sql"
        )
        return folder
    }

    private func start(_ words: String..., in folder: TemporaryDirectory) throws -> ChildProcess {
        try ChildProcess(PintailBinary.path, words, currentDirectory: folder.path)
    }

    /// A build that is in the middle of its work.
    private func working(in folder: TemporaryDirectory) async throws -> ChildProcess {
        let first = try start("build", "--vars", "{slow: 4000000}", in: folder)
        try await eventually("the first build works") { first.standardError.contains("start long") }
        return first
    }

    @Test func `the second waits, says for whom, and goes on when the first was killed`() async throws {
        let folder = try project()
        let first = try await working(in: folder)
        let second = try start("build", in: folder)
        try await eventually("the second waits") { second.standardError.contains("Ctrl-C leaves") }
        let told = "waiting: pintail build (process \(first.id), since 20"
        #expect(second.standardError.contains(told), "\(second.standardError)")
        #expect(second.standardError.contains("has shop.duckdb open"))
        first.send(SIGKILL)
        _ = try await first.wait()
        #expect(try await second.wait() == .exited(0), "\(second.standardError)")
        #expect(second.standardError.contains("going on after"))
    }

    @Test func `the second is refused at once where it is not to wait, or not for long`() async throws {
        let folder = try project()
        let first = try await working(in: folder)
        for words in [["build", "--no-wait"], ["build", "--wait", "10ms"], ["run", "--no-wait", "--changed"]] {
            let refused = try await run(PintailBinary.path, words, currentDirectory: folder.path)
            #expect(refused.exitCode == 1)
            #expect(
                refused.standardError.contains("cannot open the database: pintail build (process \(first.id), since"),
                "\(refused.standardError)"
            )
        }
        let wrong = try await run(PintailBinary.path, ["build", "--wait", "soon"], currentDirectory: folder.path)
        #expect(wrong.exitCode == 2)
        first.send(SIGKILL)
        _ = try await first.wait()
    }

    @Test func `retry waits for a build that is at work, and does what that has left`() async throws {
        let folder = try project()
        let first = try await working(in: folder)
        let again = try start("retry", "--vars", "{slow: 1}", in: folder)
        try await eventually("it waits") { again.standardError.contains("Ctrl-C leaves") }
        #expect(again.standardError.contains("waiting: pintail build (process \(first.id), since 20"))
        first.send(SIGKILL)
        _ = try await first.wait()
        #expect(try await again.wait() == .exited(0), "\(again.standardError)")
        #expect(again.standardError.contains("1 model"), "\(again.standardError)")
    }

    @Test func `Ctrl-C ends the wait`() async throws {
        let folder = try project()
        let first = try await working(in: folder)
        let second = try start("build", in: folder)
        try await eventually("the second waits") { second.standardError.contains("Ctrl-C leaves") }
        second.send(SIGINT)
        #expect(try await second.wait() == .exited(130), "\(second.standardError)")
        first.send(SIGKILL)
        _ = try await first.wait()
    }

    @Test func `what another program has open is waited for as well`() async throws {
        let folder = try project()
        #expect(try await run(PintailBinary.path, ["build"], currentDirectory: folder.path).exitCode == 0)
        let query = "select count(*) from range(4000000) a, range(4000000) b where a.range * b.range % 7 = 3"
        let reader = try start("show", "--inline", query, in: folder)
        try await eventually("the reader has the database") {
            let tried = try await run(PintailBinary.path, ["build", "--no-wait"], currentDirectory: folder.path)
            return tried.standardError.contains("(process \(reader.id)")
        }
        let second = try start("build", in: folder)
        try await eventually("the build waits") { second.standardError.contains("waiting: ") }
        reader.send(SIGKILL)
        _ = try await reader.wait()
        #expect(try await second.wait() == .exited(0), "\(second.standardError)")
    }
}
