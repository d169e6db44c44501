import Foundation
import TestSupport

/// A project in a new folder, on which tests run the built program as its user would.
struct TestProject {
    let folder: TemporaryDirectory

    /// The folder the project lies in.
    let path: String

    /// Makes a project of one pipeline, `steps` being what stands under `steps:`.
    ///
    /// - Parameters:
    ///   - settings: lines of `pintail.yml` beside the project's name.
    ///   - subfolder: where the project lies in its temporary folder.
    init(_ steps: String = "", settings: String = "", in subfolder: String = "project") throws {
        folder = try TemporaryDirectory()
        path = "\(folder.path)/\(subfolder)"
        try write("project: test\n\(settings)\n", to: "pintail.yml")
        if !steps.isEmpty { try write(steps: steps) }
    }

    /// Copies an example of this repository, with the files that set-up fetched for it when it names them.
    init(example: String, fetched: [String] = []) async throws {
        folder = try TemporaryDirectory()
        path = "\(folder.path)/\(example)"
        try await mustRun("cp", ["-R", "\(repository)/Examples/\(example)", path])
        try await mustRun("rm", ["-rf", "\(path)/.pintail", "\(path)/out"])
        try FileManager.default.createDirectory(atPath: "\(path)/data", withIntermediateDirectories: true)
        for name in fetched {
            try await mustRun("cp", ["-f", "\(repository)/.deps/nycflights13/\(name)", "\(path)/data/\(name)"])
        }
    }

    /// Replaces the pipeline's steps.
    func write(steps: String) throws {
        let indented = steps.split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)" }
        try write("pipeline: test\nsteps:\n\(indented.joined(separator: "\n"))\n", to: "pipelines/test.yml")
    }

    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        try write(Array(text.utf8), to: name)
    }

    @discardableResult
    func write(_ bytes: [UInt8], to name: String) throws -> String {
        let file = URL(fileURLWithPath: path).appendingPathComponent(name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
        return file.path
    }

    func read(_ name: String) throws -> String {
        String(decoding: try bytes(name), as: UTF8.self)
    }

    func bytes(_ name: String) throws -> [UInt8] {
        try Array(Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")))
    }

    func exists(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(path)/\(name)")
    }

    /// Every file below the project's folder, by its path from there, sorted.
    func files() throws -> [String] {
        let all = FileManager.default.enumerator(atPath: path)?.allObjects.compactMap { $0 as? String } ?? []
        return try all.filter { name in
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")
            return attributes[.type] as? FileAttributeType != .typeDirectory
        }.sorted()
    }

    /// What a run that did not end well may not leave: half-written outputs and spooled sources.
    func leftovers() throws -> [String] {
        try files().filter { $0.contains("pintail-") || $0.contains("/spool/") || $0.hasSuffix(".tmp") }
    }

    /// Runs the program in the project's folder.
    func pintail(
        _ arguments: String...,
        environment: [String: String] = [:],
        input: String? = nil
    ) async throws -> RunResult {
        try await run(
            PintailBinary.path,
            arguments,
            environment: environment,
            currentDirectory: path,
            input: input
        )
    }

    /// Starts the program in the project's folder, for a test that disturbs it.
    func start(_ arguments: String...) throws -> ChildProcess {
        try ChildProcess(PintailBinary.path, arguments, currentDirectory: path)
    }

    /// What a query on the project's database prints as CSV, one text for each row, without the header.
    func rows(_ sql: String) async throws -> [String] {
        let result = try await pintail("query", "--quiet", "--format", "csv", sql)
        guard result.exitCode == 0 else { throw FixtureError("'\(sql)' failed: \(result.standardError)") }
        return result.standardOutput.split(whereSeparator: \.isNewline).dropFirst().map { String($0) }
    }

    /// The tables and views in the database, as `schema.name`, the program's own bookkeeping left out.
    func tables() async throws -> [String] {
        try await rows(
            """
            SELECT table_schema || '.' || table_name FROM information_schema.tables
            WHERE table_schema <> '_pintail' ORDER BY ALL
            """
        )
    }

    /// The latest runs as `pintail runs` tells them, the newest first.
    func runs() async throws -> [[String: Any]] {
        let result = try await pintail("runs", "--json", "--limit", "1000")
        return try JSONSerialization.jsonObject(with: Data(result.standardOutput.utf8)) as? [[String: Any]] ?? []
    }

    /// The number of the newest run.
    func latestRun() async throws -> String {
        try await runs().first?["run"] as? String ?? ""
    }
}

/// The folder of this repository.
let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

/// The JSON value of a text.
func json(_ text: String) throws -> Any {
    try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
}
