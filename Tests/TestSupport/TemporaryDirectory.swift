import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A new empty folder, removed with all it holds when its owner goes or the tests die.
package final class TemporaryDirectory: Sendable {
    /// The folder's absolute path.
    package let path: String

    private let watch: Watchdog.Entry

    /// Makes the folder.
    package init() throws {
        let parent = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        var template = Array("\(parent)/pintail-tests.XXXXXX".utf8CString)
        guard let made = unsafe mkdtemp(&template) else {
            throw FixtureError("cannot make a folder in \(parent): \(lastSystemError())")
        }
        path = unsafe String(cString: made)
        watch = try Watchdog.onDeath("rm -rf \(shellQuoted(path))")
    }

    deinit {
        // A file that cannot be removed is left to the system: nothing of a test depends on it.
        try? FileManager.default.removeItem(atPath: path)
        watch.cancel()
    }

    /// Writes a file in the folder, with the folders it lies in, and returns its path.
    @discardableResult
    package func write(_ text: String, to name: String) throws -> String {
        try write(Array(text.utf8), to: name)
    }

    /// Writes a file in the folder, with the folders it lies in, and returns its path.
    @discardableResult
    package func write(_ bytes: [UInt8], to name: String) throws -> String {
        let file = URL(fileURLWithPath: path).appendingPathComponent(name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
        return file.path
    }

    /// The text of a file in the folder.
    package func read(_ name: String) throws -> String {
        try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
    }

    /// The names of the folder's files and folders, sorted, hidden ones too.
    package func names(in folder: String = "") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)").sorted()
    }
}
