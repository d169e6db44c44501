import Foundation
import Testing

/// Files that tests compare with; `PINTAIL_REGENERATE=1 swift test --filter PintailCLITests` writes them anew.
enum Golden {
    static let repository = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
    static let folder = repository.appending(path: "Tests/Golden/CLI")
    private static let isRegenerating = ProcessInfo.processInfo.environment["PINTAIL_REGENERATE"] == "1"

    /// The names of the files in a folder that have an ending, without it, in alphabetical order.
    static func names(in path: String, ending: String) -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.appending(path: path).path)) ?? []
        return files.filter { $0.hasSuffix(ending) }.map { String($0.dropLast(ending.count)) }.sorted()
    }

    static func text(_ path: String) throws -> String {
        try String(contentsOf: folder.appending(path: path), encoding: .utf8)
    }

    /// Compares a text with a file below `Tests/Golden/CLI`.
    static func expect(_ text: String, equals path: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        try expect(text, equals: folder.appending(path: path), sourceLocation: sourceLocation)
    }

    /// Compares a text with any file of the repository.
    static func expect(_ text: String, equals file: URL, sourceLocation: SourceLocation = #_sourceLocation) throws {
        if isRegenerating {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: file)
            return
        }
        let expected = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        #expect(text == expected, "\(file.lastPathComponent) is stale", sourceLocation: sourceLocation)
    }
}
