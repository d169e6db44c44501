#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file's content as it is.
enum FileBytes {
    /// The bytes of a file; nil for what is none, or cannot be read.
    static func read(_ path: String) -> [UInt8]? {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var facts = stat()
        guard unsafe fstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return nil }
        let size = Int(facts.st_size)
        return unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let read = unsafe pread(file, buffer.baseAddress?.advanced(by: count), size - count, off_t(count))
                if read <= 0 { break }
                count += read
            }
        }
    }

    /// How many bytes a file has; none where there is no file.
    static func size(of path: String) -> Int {
        var facts = stat()
        return unsafe stat(path, &facts) == 0 ? Int(facts.st_size) : 0
    }

    static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }
}
