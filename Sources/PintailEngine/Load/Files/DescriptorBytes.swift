#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file's bytes, a piece at a time.
enum DescriptorBytes {
    /// What a pipe holds at most on Linux, and a good measure for files too.
    static let pieceSize = 1 << 20

    /// Hands over the bytes of an open file, from where it stands to its end; stops when the task is cancelled.
    static func forEach(
        of descriptor: Int32,
        shown: String,
        _ body: (Span<UInt8>) throws -> Void
    ) throws {
        var buffer = [UInt8](repeating: 0, count: pieceSize)
        while true {
            try Task.checkCancellation()
            let count = try buffer.fill(from: descriptor, shown: shown)
            if count == 0 { return }
            try body(buffer.span.extracting(first: count))
        }
    }
}

extension [UInt8] {
    /// Reads what comes, up to the array's size; zero at the end.
    mutating func fill(from descriptor: Int32, shown: String) throws(FileProblem) -> Int {
        while true {
            let count = unsafe withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 { return count }
            guard errno == EINTR else { throw FileProblem(shown) }
        }
    }
}

/// Adds bytes at the end of an open file, which stays its owner's.
struct DescriptorWriter: Sendable {
    let descriptor: Int32
    /// The file, as messages call it.
    let shown: String

    /// Writes all bytes; blocks while a pipe is full.
    func write(_ bytes: Span<UInt8>) throws(FileProblem) {
        var done = 0
        while done < bytes.count {
            let rest = bytes.extracting(droppingFirst: done)
            let written = unsafe rest.withUnsafeBytes { unsafe Self.put(descriptor, $0) }
            guard written >= 0 || errno == EINTR else { throw FileProblem(shown) }
            done += max(0, written)
        }
    }

    /// Writes all bytes.
    func write(_ bytes: [UInt8]) throws(FileProblem) { try write(bytes.span) }

    private static func put(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
            unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #elseif canImport(Musl)
            unsafe Musl.write(descriptor, bytes.baseAddress, bytes.count)
        #else
            unsafe Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }
}
