import Foundation
import TestSupport
import Testing

@Suite struct `A folder that cannot be written` {
    @Test(.enabled(if: TinyDisk.isPermitted, "mounting a disk needs root on Linux"))
    func `is validated, and a run says what it would have written`() async throws {
        let disk = try await TinyDisk(bytes: 1 << 20)
        try write("project: shown\n", to: "pintail.yml", on: disk)
        try write("id,v\n1,a\n", to: "data/a.csv", on: disk)
        try write("pipeline: p\nsteps:\n  - extract: t\n    from: data/*.csv\n", to: "pipelines/p.yml", on: disk)
        try await disk.becomeReadOnly()
        let valid = try await run(PintailBinary.path, ["validate"], currentDirectory: disk.path)
        #expect(valid.exitCode == 0, "\(valid.standardError)")
        #expect(valid.standardError.isEmpty)
        let ran = try await run(PintailBinary.path, ["run"], currentDirectory: disk.path)
        #expect(ran.exitCode != 0)
        #expect(ran.standardError.contains("Read-only file system"), "\(ran.standardError)")
    }

    private func write(_ text: String, to name: String, on disk: TinyDisk) throws {
        let file = URL(fileURLWithPath: disk.path).appendingPathComponent(name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }
}
