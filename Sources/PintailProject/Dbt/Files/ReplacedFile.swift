#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file that is written beside the one it replaces, which readers see whole until then.
///
/// Nobody waits for the disk: what is written this way can be made again. What is not finished is taken away.
package struct ReplacedFile: ~Copyable {
    private let path: String
    private let draft: String
    private let descriptor: Int32
    private var isFinished = false

    /// Begins the file that is to lie at a path.
    ///
    /// - Throws: a ``Diagnostic`` when nothing can be written there.
    package init(_ path: String) throws(Diagnostic) {
        self.path = path
        draft = "\(path).\(getpid())-\(UInt32.random(in: 0 ... .max)).tmp"
        descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw Self.failure(path) }
    }

    deinit {
        close(descriptor)
        if !isFinished { unsafe unlink(draft) }
    }

    /// Asks for the place on the disk that is going to be needed, where it is known how much that is.
    ///
    /// A file whose place is found while it is written is sent to the disk when it is renamed, and its writer waits.
    package func reserve(_ count: Int) {
        #if os(Linux)
            _ = posix_fallocate(descriptor, 0, off_t(count))
        #endif
    }

    /// Adds bytes.
    package func write(_ bytes: [UInt8]) throws(Diagnostic) {
        let failure: Diagnostic? = unsafe bytes.withUnsafeBytes { bytes in
            do throws(Diagnostic) {
                try unsafe write(bytes)
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(Diagnostic) {
        var rest = unsafe bytes
        while rest.count > 0 {
            #if canImport(Darwin)
                let count = unsafe Darwin.write(descriptor, rest.baseAddress, rest.count)
            #elseif canImport(Musl)
                let count = unsafe Musl.write(descriptor, rest.baseAddress, rest.count)
            #else
                let count = unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
            #endif
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failure(path) }
            unsafe rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// Puts the file in its place.
    package consuming func publish() throws(Diagnostic) { _ = try finish() }

    /// Puts the file in its place, and says what it is known by from now on.
    consuming func finish() throws(Diagnostic) -> FileStamp {
        guard unsafe rename(draft, path) == 0 else { throw Self.failure(path) }
        isFinished = true
        // Of the file that is open here, whatever else came to lie at the path meanwhile.
        return FileStamp(ofOpen: descriptor)
    }

    private static func failure(_ path: String) -> Diagnostic {
        Diagnostic(
            "\(path) cannot be written: \(unsafe String(cString: strerror(errno)))",
            hint: "look at the folder's owner and permissions, and at the space on the disk"
        )
    }
}
