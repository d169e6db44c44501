import DuckDB
import PintailOrchestrator
import PintailProject

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Delivers rows into a folder of files, which takes the place of the old one as a whole.
struct FolderDelivery {
    private let output: FileOutput
    private let target: FileTarget
    private let run: RunID
    private let note: AdditionNote?

    /// What is written, and where, and what is noted of it.
    init(_ output: FileOutput, _ target: FileTarget, _ run: RunID, _ note: AdditionNote? = nil) {
        self.note = note
        self.output = output
        self.target = target
        self.run = run
    }

    /// Writes the tree beside the old one and lets them change places.
    func run(_ connection: borrowing Connection) throws -> NodeResult {
        guard output.encoding.isPlain else {
            throw StepError("the files of a folder are written in utf-8, not in \(output.encoding.name)")
        }
        var draft = try Draft(for: target, run: run, isFolder: true)
        let rows = try connection.execute(Self.statement(output, draft.path, filesNamed: Self.names(of: run)))
        let isUpdate = output.load.mode == .append && target.kind == .folder
        let old = isUpdate ? try linkOldFiles(into: draft.path) : 0
        let bytes = try draft.publish(target.kind == .folder ? .exchanging : .refusing, isUpdate: isUpdate) {
            try note?.write($0, rows: rows, connection)
        }
        return NodeResult(rows: RowCount(rows), bytes: Bytes(bytes - old))
    }

    /// What the files of a run are called: its own name keeps those of several appends apart.
    static func names(of run: RunID) -> String { "data_\(run)" }

    /// The statement that writes a folder's files.
    ///
    /// - Parameter isShared: The folder may hold files already.
    static func statement(
        _ output: FileOutput,
        _ folder: String,
        filesNamed name: String,
        isShared: Bool = false
    ) throws -> SQL {
        let copy = try output.statement()
        guard output.load.partitionBy.isEmpty else {
            return copy.partitioned(by: output.load.partitionBy, filesNamed: name, isShared: isShared).to(folder)
        }
        return copy.to("\(folder)/\(name)\(output.format.ending)")
    }

    /// Puts the files that are there into the new tree, under their own names and without copying them.
    ///
    /// - Returns: their bytes.
    private func linkOldFiles(into folder: String) throws -> Int {
        var bytes = 0
        for name in Folders.files(below: target.path) {
            try Task.checkCancellation()
            let (old, new) = ("\(target.path)/\(name)", "\(folder)/\(name)")
            _ = try Folders.make(new.deletingLastComponent)
            guard unsafe link(old, new) == 0 else { throw FileProblem("\(target.shown)/\(name)") }
            bytes += try FileTarget(new, shown: target.shown).size
        }
        return bytes
    }
}
