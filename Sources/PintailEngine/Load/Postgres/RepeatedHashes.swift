/// Tells which of many hashes may have come before, in sixteen bits for each.
///
/// A bit stands for all hashes that begin alike, so that one in thirty is named that comes once; none that comes again is
/// missed. Counting every hash would take some fifty times the memory to find the few that matter.
struct RepeatedHashes {
    private var words: [UInt64]
    private let shift: Int

    /// Makes room for so many hashes; with more of them more are named for nothing.
    init(expecting count: Int) {
        var bits = Self.leastBits
        while bits / Self.bitsPerHash < count { bits *= 2 }
        words = [UInt64](repeating: 0, count: bits / 64)
        shift = 63 - bits.trailingZeroBitCount
    }

    private static let leastBits = 1 << 16
    private static let bitsPerHash = 16

    /// Notes a hash of 63 bits, and tells whether it, or one that begins like it, was noted before.
    mutating func note(_ hash: Int64) -> Bool {
        let place = Int(hash >> Int64(shift))
        let bit = UInt64(1) << UInt64(place & 63)
        let word = words[place >> 6]
        words[place >> 6] = word | bit
        return word & bit != 0
    }
}
