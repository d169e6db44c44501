import FoundationEssentials
import PintailOrchestrator

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What the system said when a file could not be made, written or renamed.
struct FileProblem: NodeError, Hashable {
    /// The file, as the user would call it.
    let path: String
    /// The system's number for the reason: `errno`.
    let code: Int32

    /// Reads `errno` unless the number is given.
    init(_ path: String, code: Int32 = errno) {
        self.path = path
        self.code = code
    }

    /// Takes the system's number out of what Foundation says of a file.
    init(_ path: String, _ error: any Error) {
        let below = unsafe (error as? CocoaError)?.userInfo["NSUnderlyingError"] as? POSIXError
        self.init(path, code: below?.code.rawValue ?? EIO)
    }

    /// The file and the system's words.
    var message: String { "\(path): \(reason)" }

    /// The system's words.
    var reason: String { unsafe String(cString: strerror(code)) }

    var isTransient: Bool { code == EAGAIN || code == EBUSY || code == ETXTBSY }

    var hint: String? { Self.hint(for: code) }

    /// The way out of what DuckDB repeats of the system's words.
    static func hint(inWords text: String) -> String? {
        [ENOSPC, EDQUOT, EACCES, EROFS, ENOTDIR].first { text.contains(unsafe String(cString: strerror($0))) }
            .flatMap { hint(for: $0) }
    }

    /// The way out of what the system refused.
    static func hint(for code: Int32) -> String? {
        switch code {
        case ENOSPC, EDQUOT: "free some space, or write to another disk"
        case EACCES, EPERM: "the user who runs this may not write there"
        case EROFS: "the disk is mounted for reading only"
        case ENOTDIR: "a part of the path is a file, where a folder is needed"
        case ENAMETOOLONG: "give the file a shorter name"
        default: nil
        }
    }
}
