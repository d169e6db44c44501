#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file's content where the system has it, without a copy of our own.
enum MappedFile {
    /// Lends the bytes of a file with what it is known by; nil for what is none, or cannot be read.
    ///
    /// Files that are replaced stay whole for who has them; one that is cut short in its place would end the program.
    static func read<Result>(
        _ path: String,
        _ body: (UnsafeRawBufferPointer, FileStamp) throws(Diagnostic) -> Result?
    ) throws(Diagnostic) -> Result? {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        let stamp = FileStamp(ofOpen: file)
        guard stamp.size > 0, let start = unsafe mmap(nil, Int(stamp.size), PROT_READ, MAP_PRIVATE, file, 0),
            unsafe start != MAP_FAILED
        else { return nil }
        defer { unsafe munmap(start, Int(stamp.size)) }
        return try unsafe body(UnsafeRawBufferPointer(start: start, count: Int(stamp.size)), stamp)
    }
}
