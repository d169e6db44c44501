import DuckDB

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Files of an external model, written beside those that they will replace and put in their place in one step.
struct ExternalDraft: Sendable {
    /// Which of the files that are there stay: those of a folder of which only some are written anew.
    enum Kept: Sendable {
        case none
        case all(except: [String])
    }

    /// Where the files belong.
    let location: String
    /// Where they are written: in a hidden folder beside it, on the same disk and out of the reach of `*`, which is no
    /// other model's.
    let path: String

    /// The draft of a location; object stores show a file when it is whole, and have none.
    init(of location: String) throws {
        self.location = location.count > 1 && location.hasSuffix("/") ? String(location.dropLast()) : location
        guard !location.contains("://") else {
            path = self.location
            return
        }
        let target = try FileTarget(self.location, shown: self.location)
        path = target.folder + "/.pintail-new-" + target.name + "/" + target.name
    }

    private var isDirect: Bool { path == location }

    /// Makes its folder; what a run that was killed has left there goes.
    ///
    /// - Parameter replacing: whether files that are there may be replaced, where they fill a folder.
    func prepare(replacing: Bool) throws {
        guard !isDirect else { return }
        if !replacing, !Folders.files(below: location).isEmpty {
            throw StepError(
                "the folder \(location) is not empty",
                hint:
                    "tell that its files are replaced, as in options={'overwrite': true}, or added to: unique_key='id'",
                dataState: "\(location) is as it was"
            )
        }
        Folders.removeTree(path)
        _ = try Folders.make(path.deletingLastComponent)
    }

    /// Gives the files their names; readers find the old ones or the new ones.
    func publish(_ kept: Kept) throws {
        guard !isDirect else { return }
        let target = try FileTarget(location, shown: location)
        let draft = try FileTarget(path, shown: location)
        if draft.kind == .nothing {
            // There was nothing to write: what is there stays.
            return Folders.remove([path.deletingLastComponent])
        }
        if draft.kind == .folder {
            if case .all(let dropped) = kept, target.kind == .folder { try keep(target.path, without: dropped) }
            _ = try Folders.sync(path, shown: location)
        } else {
            try syncFile()
        }
        switch (target.kind, draft.kind) {
        case (.nothing, _): try RenameInOneStep.move(path, to: target.path, .refusing, shown: location)
        case (.file, .file): try RenameInOneStep.move(path, to: target.path, .replacing, shown: location)
        default: try RenameInOneStep.move(path, to: target.path, .exchanging, shown: location)
        }
        Folders.removeTree(path)
        Folders.remove([path.deletingLastComponent])
        Folders.syncEntries(target.folder)
    }

    /// Takes the draft back.
    func drop() {
        guard !isDirect else { return }
        Folders.removeTree(path)
        Folders.remove([path.deletingLastComponent])
    }

    /// Puts old files into the new folder under their own names, without copying them.
    private func keep(_ folder: String, without dropped: [String]) throws {
        let dropped = Set(dropped.map { $0.hasPrefix(location + "/") ? String($0.dropFirst(location.count + 1)) : $0 })
        for name in Folders.files(below: folder) where !dropped.contains(name) {
            let new = "\(path)/\(name)"
            _ = try Folders.make(new.deletingLastComponent)
            // One of that name that was written anew takes the old one's place.
            guard unsafe link("\(folder)/\(name)", new) == 0 || errno == EEXIST else {
                throw FileProblem("\(location)/\(name)")
            }
        }
    }

    private func syncFile() throws(FileProblem) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileProblem(location) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw FileProblem(location) }
    }
}

/// What is left to do for an external model once its tests have passed.
struct ExternalPublication: Sendable {
    let draft: ExternalDraft
    let kept: ExternalDraft.Kept
    /// The query of the view over the files in their place.
    let query: SQL
}
