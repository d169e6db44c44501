import Foundation
import Testing

@testable import PintailEngine

/// A file that somebody writes while it is read.
@Suite struct SourceChangesTests {
    private let bench: ExtractBench

    init() throws { bench = try ExtractBench() }

    /// What is said of a file that is found, changed, and looked at again.
    private func outcome(_ change: (String) throws -> Void) throws -> [String] {
        defer { bench.remove() }
        let path = bench.folder + "/a.csv"
        try Data("a\n1\n2\n".utf8).write(to: URL(filePath: path))
        let files = try SourceFiles(directory: bench.folder).find(["a.csv"])
        try change(path)
        return try SourceChanges(files: files).warnings()
    }

    @Test func `as long as nobody writes it nothing is said`() throws {
        #expect(try outcome { _ in } == [])
    }

    @Test func `that grew is told of`() throws {
        let said = try outcome { path in
            let file = try FileHandle(forWritingTo: URL(filePath: path))
            try file.seekToEnd()
            try file.write(contentsOf: Data("3\n".utf8))
            try file.close()
        }
        #expect(
            said == ["a.csv grew while it was read: of what was added some rows may be in, the last of them in part"]
        )
    }

    @Test(arguments: ["a\n1\n", "a\n3\n4\n"])
    func `that became another is an error that may pass`(text: String) throws {
        let error = #expect(throws: StepError.self) {
            try outcome { path in
                try Data(text.utf8).write(to: URL(filePath: path))
                // Clocks of file systems may be coarse.
                let time = Date(timeIntervalSince1970: 1_000_000_000)
                try FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: path)
            }
        }
        #expect(error?.message == "a.csv was changed while it was read")
        #expect(error?.isTransient == true)
    }

    @Test func `that is gone was read all the same`() throws {
        #expect(try outcome { try FileManager.default.removeItem(atPath: $0) } == [])
    }
}
