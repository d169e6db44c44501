/// Compares what came out of a gzip file with the length and checksum at its end, which libarchive passes over.
///
/// https://www.rfc-editor.org/rfc/rfc1952#section-2.3.1
struct GzipCheck {
    private var checksum: UInt32 = .max
    private var length: UInt32 = 0

    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }

    /// Takes in bytes that came out.
    mutating func add(_ bytes: [UInt8]) {
        var checksum = checksum
        for byte in bytes { checksum = Self.table[Int((checksum ^ UInt32(byte)) & 0xFF)] ^ (checksum >> 8) }
        self.checksum = checksum
        length &+= UInt32(truncatingIfNeeded: bytes.count)
    }

    /// What a file's end says of all that came out of it.
    enum Verdict: Hashable {
        case agrees
        /// The length is right, and the content is not.
        case differs
        /// The last member has another length: there are several of which it tells nothing, or the file is damaged.
        case otherLength
    }

    /// Compares with the last bytes of a file, which may be followed by zeros that fill a block of a tape or disk.
    func verdict(on end: [UInt8]) -> Verdict {
        let content = end.lastIndex { $0 != 0 }.map { $0 + 1 } ?? 0
        var verdict = Verdict.otherLength
        // The length itself mostly ends in zeros.
        for last in content...max(content, min(end.count, content + 8)) where last >= 8 && last <= end.count {
            func number(_ start: Int) -> UInt32 {
                (0..<4).reduce(0) { $0 | UInt32(end[last - 8 + start + $1]) << UInt32(8 * $1) }
            }
            guard number(4) == length else { continue }
            if number(0) == ~checksum { return .agrees }
            verdict = .differs
        }
        return verdict
    }

    /// Whether a member may begin anywhere behind the first: by the bytes that each begins with.
    static func hasSeveralMembers(_ source: FileBytes) throws -> Bool {
        var window: [UInt8] = []
        _ = try source.read(4, into: &window)
        window.removeFirst(min(4, window.count))
        while true {
            guard try source.read(1 << 20, into: &window) > 0 else { return false }
            try Task.checkCancellation()
            for index in window.indices.dropLast(3) where window[index] == 0x1F {
                // The fourth byte has five flags; deflate is the only method there is.
                if window[index + 1] == 0x8B, window[index + 2] == 8, window[index + 3] < 0x20 { return true }
            }
            window.removeFirst(max(0, window.count - 3))
        }
    }
}
