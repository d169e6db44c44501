#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The place a file load delivers to, as it was found before anything was written.
struct FileTarget: Hashable, Sendable {
    /// What lies there.
    enum Kind: Hashable, Sendable {
        case nothing, file, folder
        /// A pipe, terminal or other device: written to, never replaced.
        case device
    }

    /// Tells whether a file is still the same, unchanged.
    struct Identity: Hashable, Sendable {
        let device, inode, size, seconds, nanoseconds: Int
    }

    /// The path with links followed, so that a link stays one when what it points at is replaced.
    let path: String
    /// As the user wrote it, for messages.
    let shown: String
    let kind: Kind
    let identity: Identity?
    /// The access rights that a file put in its place gets.
    let mode: mode_t?

    /// Looks at a path; one that leads through a file cannot be looked at.
    init(_ path: String, shown: String) throws(FileProblem) {
        let trimmed = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        self.path = Self.followed(trimmed) ?? trimmed
        self.shown = shown
        var status = stat()
        guard unsafe stat(self.path, &status) == 0 else {
            guard errno == ENOENT else { throw FileProblem(shown) }
            kind = .nothing
            identity = nil
            mode = nil
            return
        }
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            default: .device
            }
        identity = Identity(status)
        mode = status.st_mode & 0o7777
    }

    /// The folder the target lies in.
    var folder: String { path.deletingLastComponent }

    /// The target's own name.
    var name: String { path.split(separator: "/").last.map(String.init) ?? path }

    /// The target as it is now.
    func again() throws(FileProblem) -> FileTarget { try FileTarget(path, shown: shown) }

    /// The bytes the file has.
    var size: Int { identity?.size ?? 0 }

    /// What is true after a load that failed.
    var untouched: String { kind == .nothing ? "nothing was written" : "\(shown) is as it was" }

    private static func followed(_ path: String) -> String? {
        guard let real = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }
}

extension FileTarget.Identity {
    /// What a file's status tells.
    init(_ status: stat) {
        #if canImport(Darwin)
            let changed = status.st_mtimespec
        #else
            let changed = status.st_mtim
        #endif
        self.init(
            device: Int(status.st_dev),
            inode: Int(status.st_ino),
            size: Int(status.st_size),
            seconds: changed.tv_sec,
            nanoseconds: changed.tv_nsec
        )
    }
}
