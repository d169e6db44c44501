import FoundationEssentials
import PintailProject

/// The `target` folder: compiled SQL, SQL that ran, and what runs leave.
struct ArtifactFolder: Sendable {
    let path: String
    private let root: String

    init(_ path: String, root: String) {
        self.path = path
        self.root = root
    }

    /// Writes a node's SQL under `compiled` or `run`, and tells where it is, from the project's folder on.
    @discardableResult
    func write(_ text: String, of node: Node, in folder: String) -> String? {
        write(text, package: node.package, file: node.compiledFile, in: folder)
    }

    /// Writes SQL of a file that belongs to a package.
    func write(_ text: String, package: String, file: String, in folder: String) -> String? {
        let place = "\(path)/\(folder)/\(package)/\(file)"
        let directory = place.deletingLastComponent
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(filePath: place))
        } catch {
            // It is there to be looked at: without it the run is as good.
            return nil
        }
        return place.hasPrefix(root + "/") ? String(place.dropFirst(root.utf8.count + 1)) : place
    }

    /// Writes an artifact in one step.
    func write(_ bytes: [UInt8], named name: String) throws {
        let file = path + "/" + name
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            try Data(bytes).write(to: URL(filePath: file), options: .atomic)
        } catch {
            let shown = file.hasPrefix(root + "/") ? String(file.dropFirst(root.utf8.count + 1)) : file
            throw StepError(
                "cannot write an artifact",
                cause: FileProblem(shown, error),
                dataState: "\(shown) is as it was"
            )
        }
    }
}

extension Node {
    /// Where its compiled SQL lies: beside its file, and for generic tests in a folder named as the property file.
    var compiledFile: String {
        kind == .test && test != nil ? originalFilePath + "/" + path : originalFilePath
    }
}
