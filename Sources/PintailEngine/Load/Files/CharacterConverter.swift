#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Converts text from one character set to another, a piece at a time.
@safe struct CharacterConverter: ~Copyable {
    /// A character that the other set does not have, or bytes that are no character.
    struct Unconvertible: Error {
        /// Where it stands in the piece.
        let offset: Int
    }

    private let handle: iconv_t
    private var output = [UInt8](repeating: 0, count: 1 << 16)

    /// Opens a conversion; `nil` when the C library does not know one of the names.
    init?(from source: String, to destination: String) {
        // iconv_open answers with minus one, which is no address: https://man7.org/linux/man-pages/man3/iconv_open.3.html
        guard let handle = unsafe iconv_open(destination, source), Int(bitPattern: handle) != -1 else { return nil }
        unsafe self.handle = unsafe handle
    }

    deinit { unsafe iconv_close(handle) }

    /// Converts a piece and hands over what it becomes.
    ///
    /// - Returns: how many bytes were used; those left are the start of a character that the next piece completes.
    mutating func convert(_ piece: inout [UInt8], emit: (Span<UInt8>) throws -> Void) throws -> Int {
        let total = piece.count
        var used = 0
        while used < total {
            let (step, made, problem) = unsafe piece.withUnsafeMutableBytes { unsafe self.step($0, from: used) }
            used += step
            try emit(output.span.extracting(first: made))
            if problem == EINVAL { break }
            if problem == EILSEQ { throw Unconvertible(offset: used) }
        }
        return used
    }

    /// One call: bytes used, bytes made, and why it stopped before the end.
    private mutating func step(_ piece: UnsafeMutableRawBufferPointer, from used: Int) -> (Int, Int, Int32) {
        let handle = unsafe handle
        return unsafe output.withUnsafeMutableBytes { output in
            var source = unsafe piece.baseAddress.map { unsafe ($0 + used).assumingMemoryBound(to: CChar.self) }
            var destination = unsafe output.baseAddress.map { unsafe $0.assumingMemoryBound(to: CChar.self) }
            var left = piece.count - used
            var room = output.count
            let result = unsafe iconv(handle, &source, &left, &destination, &room)
            let problem = result < 0 ? errno : 0
            return (piece.count - used - left, output.count - room, problem)
        }
    }
}
