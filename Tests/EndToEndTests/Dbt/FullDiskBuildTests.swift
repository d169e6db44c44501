import Foundation
import TestSupport
import Testing

/// A disk that fills up under a build: what was there yesterday is there still, and the message says why.
@Suite(.enabled(if: TinyDisk.isPermitted, "mounting a small disk takes root")) struct `A full disk under a build` {
    /// Models whose tables and files grow with the variable `rows`.
    private static let models = [
        "small": "select 42 as id",
        "big": "select range as id, md5(range::varchar) as h from range({{ var('rows', 10) }})",
        "after_big": "select count(*) as n from {{ ref('big') }}",
        "files": """
        {{ config(materialized='external', location=var('disk') ~ '/files.parquet') }}
        select range as id, md5(range::varchar) as h from range({{ var('rows', 10) }})
        """,
    ]

    private func write(_ disk: TinyDisk, to folder: String) throws {
        let files = [
            "dbt_project.yml": """
            name: shop
            version: '1.0'
            profile: shop
            models: {shop: {+materialized: table}}
            vars: {disk: \(disk.path)}
            """,
            "profiles.yml": "shop: {target: dev, outputs: {dev: {type: duckdb, path: \(disk.path)/shop.duckdb}}}\n",
            "models/schema.yml": "models: [{name: big, columns: [{name: id, data_tests: [not_null]}]}]\n",
        ]
        for (name, text) in files { try write(text, folder + "/" + name) }
        for (name, sql) in Self.models { try write(sql, "\(folder)/models/\(name).sql") }
    }

    private func write(_ text: String, _ path: String) throws {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try text.write(toFile: path, atomically: false, encoding: .utf8)
    }

    private func pintail(_ words: String..., in folder: String) async throws -> RunResult {
        try await run(PintailBinary.path, words, currentDirectory: folder)
    }

    private func counts(in folder: String) async throws -> String {
        let sql =
            "select (select count(*) from {{ ref('big') }}) * 1000 + (select count(*) from read_parquet('{{ var('disk') }}/files.parquet')) as n"
        let shown = try await pintail("show", "--inline", sql, "--output", "json", in: folder)
        #expect(shown.exitCode == 0, "\(shown.standardError)")
        return shown.standardOutput
    }

    @Test(arguments: [["build"], ["build", "--audit"]])
    func `leaves tables and files as they were`(words: [String]) async throws {
        let disk = try await TinyDisk(bytes: 8_000_000)
        let folder = try TemporaryDirectory()
        try write(disk, to: folder.path)
        let first = try await pintail("build", in: folder.path)
        try #require(first.exitCode == 0, "\(first.standardError)")
        try await disk.fill(leaving: 700_000)
        let full = try await run(
            PintailBinary.path,
            words + ["--vars", "{rows: 300000, disk: \(disk.path)}"],
            currentDirectory: folder.path
        )
        #expect(full.exitCode == 1)
        #expect(full.standardError.lowercased().contains("no space left on device"), "\(full.standardError)")
        #expect(full.standardError.contains("main.big is as it was"), "\(full.standardError)")
        let written = try FileManager.default.contentsOfDirectory(atPath: disk.path).sorted()
        #expect(written.filter { !$0.hasPrefix("shop.duckdb") } == ["files.parquet", "filling"])
        try await disk.free()
        #expect(try await counts(in: folder.path).contains("10010"))
        let again = try await pintail("build", in: folder.path)
        #expect(again.exitCode == 0, "\(again.standardError)")
    }

    @Test func `of the project itself is told, and artifacts stay whole`() async throws {
        let disk = try await TinyDisk(bytes: 8_000_000)
        let folder = disk.path + "/project"
        try write(disk, to: folder)
        let first = try await pintail("build", in: folder)
        try #require(first.exitCode == 0, "\(first.standardError)")
        let before = try String(contentsOfFile: folder + "/target/run_results.json", encoding: .utf8)
        try await disk.fill()
        let full = try await pintail("build", in: folder)
        #expect(full.exitCode == 1)
        #expect(full.standardError.lowercased().contains("no space left on device"), "\(full.standardError)")
        #expect(full.standardError.contains("target/run_results.json is as it was"), "\(full.standardError)")
        #expect(try String(contentsOfFile: folder + "/target/run_results.json", encoding: .utf8) == before)
        try await disk.free()
        #expect(try await counts(in: folder).contains("10010"))
        let again = try await pintail("build", in: folder)
        #expect(again.exitCode == 0, "\(again.standardError)")
    }
}
