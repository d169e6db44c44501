#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Files that are there to be looked at.
package enum PlainFile {
    /// Writes a file in its place, without waiting for the disk; false where that cannot be done.
    package static func write(_ bytes: [UInt8], to path: String) -> Bool {
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard file >= 0 else { return false }
        let isWritten = unsafe bytes.withUnsafeBytes { unsafe write($0, to: file) }
        return close(file) == 0 && isWritten
    }

    private static func write(_ bytes: UnsafeRawBufferPointer, to file: Int32) -> Bool {
        var place = 0
        while place < bytes.count {
            let count = unsafe pwrite(file, bytes.baseAddress?.advanced(by: place), bytes.count - place, off_t(place))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            place += count
        }
        return true
    }
}
