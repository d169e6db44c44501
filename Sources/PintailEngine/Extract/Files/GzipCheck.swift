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

    /// Whether the file's last eight bytes agree; a file of several members, whose last tells only of itself, is believed.
    func agrees(with trailer: [UInt8]) -> Bool {
        guard trailer.count == 8 else { return false }
        func number(_ start: Int) -> UInt32 { (0..<4).reduce(0) { $0 | UInt32(trailer[start + $1]) << UInt32(8 * $1) } }
        return number(4) != length || number(0) == ~checksum
    }
}
