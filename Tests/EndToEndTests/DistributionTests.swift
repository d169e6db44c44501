import Foundation
import TestSupport
import Testing

/// A program that leaves the checkout: installed under a prefix, or packed and unpacked elsewhere.
@Suite struct `A distribution` {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    @Test func `is installed under a prefix, and runs from there with an empty environment`() async throws {
        let prefix = "\(folder.path)/a prefix"
        try await make("install", "PREFIX=\(prefix)")
        try await expectSelfContained("\(prefix)/bin/pintail", in: "\(prefix)/bin/../lib/pintail")
    }

    @Test func `is packed, and runs wherever it is unpacked, by a link to it as well`() async throws {
        let said = try await make("dist", "DIST=\(folder.path)/dist")
        let name = try #require(try folder.names(in: "dist").first)
        #expect(name.wholeMatch(of: /pintail-\d+\.\d+\.\d+-\w+-\w+\.tar\.gz/) != nil, "\(name)")
        #expect(said.contains("made \(folder.path)/dist/\(name)"))
        let elsewhere = "\(folder.path)/une autre boîte"
        try await mustRun("mkdir", [elsewhere])
        try await mustRun("tar", ["-xf", "\(folder.path)/dist/\(name)"], currentDirectory: elsewhere)
        let unpacked = "\(elsewhere)/\(name.dropLast(".tar.gz".count))"
        try await expectSelfContained("\(unpacked)/pintail", in: unpacked)
        try await mustRun("ln", ["-s", "\(unpacked)/pintail", "\(folder.path)/linked"])
        try await expectSelfContained("\(folder.path)/linked", in: unpacked)
    }

    @Test func `that needs Swift where it runs is told of`() async throws {
        let needs = try await run("ldd", [PintailBinary.path]).standardOutput.contains("libswiftCore")
        let said = try await run("\(repository)/scripts/dist", ["test", PintailBinary.path, folder.path])
        #expect(said.exitCode == 0, "\(said.standardError)")
        #expect(said.standardError.contains("without --static-swift-stdlib") == needs, "\(said.standardError)")
    }

    @Test func `is not installed where nothing can be written, and the way out is told`() async throws {
        let prefix = try folder.write("", to: "a file")
        let refused = try await run("\(repository)/scripts/install", [prefix, PintailBinary.path])
        #expect(refused.exitCode == 1)
        #expect(refused.standardError.contains("name another folder with PREFIX="), "\(refused.standardError)")
    }

    /// Runs a target of the Makefile with the program that the tests have.
    @discardableResult
    private func make(_ target: String, _ setting: String) async throws -> String {
        try await mustRun("make", ["-C", repository, target, setting, "BINARY=\(PintailBinary.path)"])
    }

    /// Runs a pipeline that needs DuckDB and an extension of it, and looks where both come from.
    private func expectSelfContained(_ program: String, in home: String) async throws {
        let project = try TestProject(
            """
            - extract: t
              from: t.csv
            - load: t
              into: t.parquet
            """
        )
        try project.write("id,name\n1,a\n2,ü\n", to: "t.csv")
        let ran = try await run("env", ["-i", program, "run"], currentDirectory: project.path)
        #expect(ran.exitCode == 0, "\(ran.standardError)")
        let asked = try await run(
            "env",
            ["-i", program, "query", "--format", "csv", "FROM 't.parquet'"],
            currentDirectory: project.path
        )
        #expect(asked.standardOutput == "id,name\n1,a\n2,ü\n", "\(asked.standardError)")
        let doctor = try await run("env", ["-i", program, "doctor"], currentDirectory: project.path)
        #expect(doctor.exitCode == 0, "\(doctor.standardOutput)")
        #expect(doctor.standardOutput.contains("excel in \(home)/extensions"), "\(doctor.standardOutput)")
        #if os(Linux)
            let loaded = try await run("env", ["-i", "LD_DEBUG=files", program, "version"])
            let library = loaded.standardError.split(separator: "\n").first {
                $0.contains("calling init: ") && $0.contains("/libduckdb.")
            }
            #expect(library?.contains(home) == true, "\(library ?? "none")")
        #endif
    }
}

/// `scripts/setup` when all that it makes is there.
@Suite struct `A second set-up` {
    @Test func `says nothing, fetches nothing and touches nothing`() async throws {
        let before = try Self.stamps()
        let again = try await run(
            "\(repository)/scripts/setup",
            ["--test"],
            environment: ["PIP_NO_INDEX": "1", "PIP_INDEX_URL": "http://127.0.0.1:1"]
        )
        #expect(again.exitCode == 0, "\(again.standardError)")
        #expect(again.standardOutput.isEmpty)
        #expect(again.standardError.isEmpty, "\(again.standardError)")
        #expect(try Self.stamps() == before)
    }

    /// Each file that set-up makes, with its number and when it was changed.
    private static func stamps() throws -> [String: [String]] {
        var stamps: [String: [String]] = [:]
        let folders = ["duckdb", "nycflights13", "seaweedfs"].map { "\(repository)/.deps/\($0)" }
        for folder in folders + ["\(repository)/Examples/flights/data"] {
            let inside = FileManager.default.enumerator(atPath: folder)?.allObjects.compactMap { $0 as? String } ?? []
            for path in [folder] + inside.map({ "\(folder)/\($0)" }) {
                let attributes = try FileManager.default.attributesOfItem(atPath: path)
                stamps[path] = [
                    "\(attributes[.systemFileNumber] ?? "")", "\(attributes[.modificationDate] ?? "")",
                ]
            }
        }
        return stamps
    }
}
