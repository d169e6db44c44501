#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Files of a few lines, read and written with plain system calls.
enum SmallFile {
    /// Far more than any file that is read here has.
    private static let limit = 65_536

    /// The text of a file, up to 64 KiB; nil when it cannot be read.
    static func read(_ path: String) -> String? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        // Files of /proc do not know their size: read until nothing comes.
        while bytes.count < limit {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe Self.readSome(descriptor, into: $0) }
            if count <= 0 { break }
            bytes += chunk[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func readSome(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        #if canImport(Glibc)
            unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        #elseif canImport(Musl)
            unsafe Musl.read(descriptor, buffer.baseAddress, buffer.count)
        #else
            unsafe Darwin.read(descriptor, buffer.baseAddress, buffer.count)
        #endif
    }

    /// Adds one line at the end of a file, which is made when it is missing.
    ///
    /// The line goes out in one system call, so that processes that write to the same file do not mix their lines.
    static func append(line: String, to path: String) throws(FileError) {
        let descriptor = unsafe open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError(path: path, code: errno) }
        defer { close(descriptor) }
        let bytes = Array((line + "\n").utf8)
        let written = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
        guard written >= 0 else { throw FileError(path: path, code: errno) }
        // A short write means that the disk is full; the next call would say so.
        guard written == bytes.count else { throw FileError(path: path, code: ENOSPC) }
    }
}

/// What the system said when a file could not be used.
package struct FileError: NodeError, Hashable {
    /// The file.
    package let path: String
    /// The system's number for the reason: `errno`.
    package let code: Int32

    /// The file and the system's words.
    package var message: String { "\(path): \(unsafe String(cString: strerror(code)))" }
    /// Whether another try may find it otherwise: only when the call was interrupted.
    package var isTransient: Bool { code == EINTR || code == EAGAIN }
}
