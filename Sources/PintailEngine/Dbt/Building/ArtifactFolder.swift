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

    /// Where SQL of a node is written, from the project's folder on.
    func place(of node: Node, in folder: String) -> String {
        shown("\(path)/\(folder)/\(node.package)/\(node.compiledFile)")
    }

    private func shown(_ place: String) -> String {
        place.hasPrefix(root + "/") ? String(place.dropFirst(root.utf8.count + 1)) : place
    }

    /// Writes SQL of a file that belongs to a package.
    func write(_ text: String, package: String, file: String, in folder: String) -> String? {
        let place = "\(path)/\(folder)/\(package)/\(file)"
        let directory = place.deletingLastComponent
        // The folder is there for all of its files but the first. It is there to be looked at: without it the run is as good.
        if !PlainFile.write(Array(text.utf8), to: place) {
            try? FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            guard PlainFile.write(Array(text.utf8), to: place) else { return nil }
        }
        return shown(place)
    }

    /// Writes an artifact in one step.
    func write(_ bytes: [UInt8], named name: String) throws {
        let file = path + "/" + name
        let shown = file.hasPrefix(root + "/") ? String(file.dropFirst(root.utf8.count + 1)) : file
        func failure(_ cause: any Error) -> StepError {
            StepError("cannot write an artifact", cause: cause, dataState: "\(shown) is as it was")
        }
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw failure(FileProblem(shown, error))
        }
        do throws(Diagnostic) {
            let draft = try ReplacedFile(file)
            try draft.write(bytes)
            try draft.publish()
        } catch {
            throw failure(error)
        }
    }
}

extension Node {
    /// Where its compiled SQL lies: beside its file, and for generic tests in a folder named as the property file.
    var compiledFile: String {
        kind == .test && test != nil ? originalFilePath + "/" + path : originalFilePath
    }
}
