import Testing

@testable import PintailProject

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Files that tests compare with; `PINTAIL_REGENERATE=1 swift test --filter PintailProjectTests` writes them anew.
enum Golden {
    static let repository = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
    static let projects = repository + "/Tests/Golden/Project"
    static let isRegenerating = ProcessInfo.processInfo.environment["PINTAIL_REGENERATE"] == "1"

    /// The names in a folder of golden cases.
    static func names(in folder: String) -> [String] {
        ProjectFiles(root: folder).names(in: ".").filter { !$0.hasPrefix(".") || $0 == ".env" }
    }

    static func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Compares, or writes when asked to.
    static func expect(_ actual: String, in path: String, sourceLocation: Testing.SourceLocation = #_sourceLocation) {
        if isRegenerating {
            _ = FileManager.default.createFile(atPath: path, contents: Data(actual.utf8))
        } else {
            #expect(actual == text(path), "\(path)", sourceLocation: sourceLocation)
        }
    }
}

/// A folder that is removed at the end of its test.
struct TemporaryFolder: ~Copyable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/pintail-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file, its folders included, and gives its path.
    @discardableResult
    func write(_ bytes: [UInt8], to name: String) throws -> String {
        let file = path + "/" + name
        try FileManager.default.createDirectory(
            atPath: ProjectFiles.folder(of: file),
            withIntermediateDirectories: true
        )
        _ = FileManager.default.createFile(atPath: file, contents: Data(bytes))
        return file
    }

    @discardableResult
    func write(_ text: String, to name: String) throws -> String { try write(Array(text.utf8), to: name) }
}
