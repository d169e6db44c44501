#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// An open file, closed with its owner and never passed on to a program that is started.
struct FileDescriptor: ~Copyable {
    let number: Int32

    init(owning number: Int32) {
        self.number = number
    }

    init(opening path: String, _ flags: Int32) throws {
        number = unsafe open(path, flags | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw FixtureError("cannot open \(path): \(lastSystemError())") }
    }

    deinit {
        close(number)
    }

    /// Writes all bytes; false when nobody reads them any more.
    @discardableResult
    func write(_ bytes: [UInt8]) -> Bool {
        unsafe bytes.withUnsafeBytes { buffer in
            var sent = 0
            while sent < buffer.count {
                let count = unsafe systemWrite(number, buffer.baseAddress.map { unsafe $0 + sent }, buffer.count - sent)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return false }
                sent += count
            }
            return true
        }
    }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    #if canImport(Glibc)
        unsafe Glibc.write(descriptor, bytes, count)
    #else
        unsafe Darwin.write(descriptor, bytes, count)
    #endif
}

/// A pipe as its two ends.
struct Pipe: ~Copyable {
    let read: FileDescriptor
    let write: FileDescriptor

    init() throws {
        // A reader that has gone must be an error to see, not a signal that ends the tests.
        signal(SIGPIPE, SIG_IGN)
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { throw FixtureError("cannot make a pipe: \(lastSystemError())") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        read = FileDescriptor(owning: ends[0])
        write = FileDescriptor(owning: ends[1])
    }
}

/// What the last failed call to the system says.
func lastSystemError() -> String {
    unsafe String(cString: strerror(errno))
}
