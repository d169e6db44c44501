#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Bytes that are read once, from the first to the last.
protocol ByteSource: AnyObject {
    /// Adds up to `limit` bytes to `bytes` and tells how many; 0 at the end.
    func read(_ limit: Int, into bytes: inout [UInt8]) throws -> Int
}

extension ByteSource {
    /// The next bytes, as many as there are up to `limit`.
    func read(_ limit: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(limit)
        while bytes.count < limit, try read(limit - bytes.count, into: &bytes) > 0 {}
        return bytes
    }
}

/// A file's bytes, or those of a pipe.
@safe final class FileBytes: ByteSource {
    fileprivate let descriptor: Int32
    private let ownsDescriptor: Bool
    private let path: String

    /// Opens a file for reading; a pipe that nobody writes yet is waited for when it is read, so that it can be given up.
    init(_ path: String, isPipe: Bool = false) throws(SystemError) {
        #if os(Linux)
            // https://man7.org/linux/man-pages/man7/fifo.7.html; poll() waits there for the first writer.
            let waiting = isPipe ? O_NONBLOCK : 0
        #else
            let waiting: Int32 = 0
        #endif
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | waiting)
        guard descriptor >= 0 else { throw SystemError(path, errno) }
        self.descriptor = descriptor
        self.path = path
        ownsDescriptor = true
    }

    /// Reads from a descriptor that stays open.
    init(descriptor: Int32, named name: String) {
        self.descriptor = descriptor
        path = name
        ownsDescriptor = false
    }

    deinit { if ownsDescriptor { close(descriptor) } }

    func read(_ limit: Int, into bytes: inout [UInt8]) throws -> Int {
        try waitForBytes()
        var failure: Int32?
        let piece = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, filled in
            var count = -1
            repeat {
                count = unsafe systemRead(descriptor, buffer.baseAddress, limit)
            } while count < 0 && errno == EINTR
            if count < 0 { failure = errno }
            filled = max(0, count)
        }
        if let failure { throw SystemError(path, failure) }
        bytes += piece
        return piece.count
    }

    /// Waits until a pipe has something to read, unless its reader is cancelled; a file always has.
    private func waitForBytes() throws {
        var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        repeat { try Task.checkCancellation() } while unsafe poll(&state, 1, Self.patience) == 0
    }

    /// Milliseconds between two looks at whether the reader is cancelled.
    private static let patience: Int32 = 100
}

/// A new file's bytes, one piece after another.
@safe final class FileWriter {
    private let descriptor: Int32
    private let path: String

    /// Makes a file that only its owner can read; one that is there already is emptied.
    init(_ path: String) throws(SystemError) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SystemError(path, errno) }
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    /// Adds bytes at the end.
    func write(_ bytes: ArraySlice<UInt8>) throws(SystemError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe systemWrite(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemError(path, errno) }
            rest = rest.dropFirst(count)
        }
    }
}

private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    unsafe read(descriptor, buffer, count)
}

private func systemWrite(_ descriptor: Int32, _ buffer: UnsafeRawPointer?, _ count: Int) -> Int {
    unsafe write(descriptor, buffer, count)
}

/// What the system said when a file could not be used.
struct SystemError: Error, Hashable {
    let path: String
    let code: Int32

    init(_ path: String, _ code: Int32) {
        self.path = path
        self.code = code
    }

    /// Whether a disk had no room left.
    var isDiskFull: Bool { code == ENOSPC }

    /// The system's words: `permission denied`.
    var reason: String { unsafe String(cString: strerror(code)).lowercased() }
}

/// What kind of thing a path leads to, and how big and how old it is.
struct FileStatus: Hashable {
    enum Kind: Hashable {
        case file, directory, pipe, other
    }

    let kind: Kind
    let size: Int64
    /// Nanoseconds since 1970.
    let modified: Int64

    /// Asks the system; links are followed.
    init(_ path: String) throws(SystemError) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { throw SystemError(path, errno) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: kind = .file
        case S_IFDIR: kind = .directory
        case S_IFIFO: kind = .pipe
        default: kind = .other
        }
        size = Int64(status.st_size)
        #if canImport(Darwin)
            let time = status.st_mtimespec
        #else
            let time = status.st_mtim
        #endif
        modified = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

extension FileBytes {
    /// The file's last bytes.
    func readLast(_ count: Int) throws -> [UInt8] {
        guard lseek(descriptor, -off_t(count), SEEK_END) >= 0 else { return [] }
        return try read(count)
    }
}
