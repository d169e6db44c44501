import FoundationEssentials
import PintailOrchestrator

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file or folder written beside its target, that takes the target's name when it is whole and is gone otherwise.
///
/// It is locked while its process lives, so that one left behind by a killed run can be told from one in the making.
struct Draft: ~Copyable {
    /// Where it is written: `.<name>.pintail-<run>` in the target's own folder, thus on the target's own disk.
    let path: String
    private let target: FileTarget
    private let descriptor: Int32
    private let isFolder: Bool
    private let madeFolders: [String]
    private var isPublished = false

    /// Makes an empty draft, and the folders above it that are missing.
    init(for target: FileTarget, run: RunID, isFolder: Bool = false) throws(FileProblem) {
        let path = Self.path(for: target, run: run)
        Self.removeLeftovers(beside: target)
        let made = try Folders.make(target.folder)
        let descriptor =
            isFolder ? Self.makeFolder(path) : unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            let problem = FileProblem(target.shown)
            Folders.remove(made)
            throw problem
        }
        // Nobody else knows the name, so the lock is free.
        flock(descriptor, LOCK_EX | LOCK_NB)
        if let mode = target.mode { fchmod(descriptor, mode) }
        self.path = path
        self.target = target
        self.descriptor = descriptor
        self.isFolder = isFolder
        madeFolders = made
    }

    deinit {
        // After a publication this is what was replaced: an old folder that changed places with the draft, or nothing.
        Folders.removeTree(path)
        close(descriptor)
        if !isPublished { Folders.remove(madeFolders) }
    }

    /// Begins the draft with the target's first bytes.
    ///
    /// Blocks while it copies; stops when the task is cancelled.
    borrowing func begin(withFirst count: Int) throws {
        let source = unsafe open(target.path, O_RDONLY | O_CLOEXEC)
        guard source >= 0 else { throw FileProblem(target.shown) }
        defer { close(source) }
        let writer = writer
        var rest = count
        try DescriptorBytes.forEach(of: source, shown: target.shown) { bytes in
            try writer.write(bytes.extracting(first: min(rest, bytes.count)))
            rest -= min(rest, bytes.count)
        }
    }

    /// What adds bytes at the end of a draft that is a file; good as long as the draft.
    var writer: DescriptorWriter { DescriptorWriter(descriptor: descriptor, shown: target.shown) }

    /// Gives the draft the target's name.
    ///
    /// All it holds is on the disk by then; the name changes in one step.
    /// - Parameters:
    ///   - isUpdate: the draft was made from the target, which must not have changed since.
    ///   - note: is told what the target will be the moment before.
    /// - Returns: the bytes of the draft.
    mutating func publish(
        _ rule: RenameInOneStep.Rule,
        isUpdate: Bool = false,
        noting note: (FileTarget.Identity) throws -> Void = { _ in }
    ) throws -> Int {
        let bytes = try isFolder ? Folders.sync(path, shown: target.shown) : syncFile()
        try Task.checkCancellation()
        if isUpdate, try target.again().identity != target.identity {
            throw StepError(
                "\(target.shown) was changed by somebody else meanwhile",
                dataState: "\(target.shown) is as they left it",
                isTransient: true
            )
        }
        try note(FileTarget.Identity(status()))
        try Self.rename(path, to: target, rule)
        isPublished = true
        // The rows are in place; only a power failure in the next seconds could still bring the old name back.
        Folders.syncEntries(target.folder)
        return bytes
    }

    private static func rename(_ path: String, to target: FileTarget, _ rule: RenameInOneStep.Rule) throws {
        do {
            try RenameInOneStep.move(path, to: target.path, rule, shown: target.shown)
        } catch {
            guard error.code == EEXIST else { throw error }
            throw StepError(
                "\(target.shown) was made by somebody else meanwhile",
                dataState: "\(target.shown) is as they left it",
                isTransient: true
            )
        }
    }

    private borrowing func syncFile() throws(FileProblem) -> Int {
        guard fsync(descriptor) == 0 else { throw FileProblem(target.shown) }
        return Int(try status().st_size)
    }

    private borrowing func status() throws(FileProblem) -> stat {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw FileProblem(target.shown) }
        return status
    }

    private static func makeFolder(_ path: String) -> Int32 {
        guard unsafe mkdir(path, 0o777) == 0 else { return -1 }
        return unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    }
}

extension Draft {
    /// Names may have 255 bytes; the run's own name and the rest need 60 of them.
    private static let nameLimit = 190

    /// Where the draft of a run for a target is written.
    static func path(for target: FileTarget, run: RunID) -> String {
        "\(target.folder)/\(prefix(of: target))\(run)"
    }

    private static func prefix(of target: FileTarget) -> String {
        ".\(String(decoding: target.name.utf8.prefix(nameLimit), as: UTF8.self)).pintail-"
    }

    /// Removes the drafts for a target that runs which were killed left behind.
    static func removeLeftovers(beside target: FileTarget) {
        let prefix = prefix(of: target)
        for name in Folders.names(in: target.folder) where name.hasPrefix(prefix) {
            let path = "\(target.folder)/\(name)"
            let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            // Whoever still writes holds the lock.
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { Folders.removeTree(path) }
        }
    }
}
