import FoundationEssentials
import PintailOrchestrator
package import PintailProject

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A folder for what a step must put on disk while it runs: unpacked and transcoded sources, piped input.
final class Spool: Sendable {
    private let folder: String

    /// Names the folder of a step's run, below where the project or a scratch database keeps such; it is made when first used.
    init(in state: String, run: RunID, step: String) {
        let safe = step.unicodeScalars.map {
            $0.properties.isAlphabetic || $0.properties.numericType != nil ? Character($0) : "_"
        }
        folder = state + "/spool/\(run.name)/\(String(safe))"
    }

    /// A place for a new file.
    func path(_ name: String) throws -> String {
        try make(folder)
        let safe = name.split(separator: "/").last.map { String($0) } ?? "file"
        var path = folder + "/" + safe
        var number = 2
        while FileManager.default.fileExists(atPath: path) {
            path = folder + "/\(number)-" + safe
            number += 1
        }
        return path
    }

    /// Makes a folder in the run's, which another step may be taking away: its own was the last in it.
    private func make(_ folder: String, attempts: Int = 10) throws {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch let error as CocoaError where error.code == .fileNoSuchFile && attempts > 1 {
            try make(folder, attempts: attempts - 1)
        }
    }

    /// Removes the folder with all that is in it, and the run's when it was the last.
    func remove() {
        // What cannot be removed now is removed by `removeLeftovers` at the next start.
        try? FileManager.default.removeItem(atPath: folder)
        // Only while it is empty: another step may be making its own in this moment.
        _ = unsafe rmdir(folder.deletingLastComponent)
    }
}

/// What killed runs left on disk.
package enum SpoolLeftovers {
    /// Removes every spool file; called when a project is opened, before anything runs.
    package static func remove(_ project: Project) {
        try? FileManager.default.removeItem(atPath: project.stateDirectory + "/spool")
    }
}
