/// Writes whole numbers, of which the last `scale` digits stand behind the point, as Postgres's numeric.
///
/// A numeric is a row of base-10,000 digits aligned to the point: `numeric_send` in the server's
/// https://github.com/postgres/postgres/blob/REL_15_STABLE/src/backend/utils/adt/numeric.c
struct NumericScale {
    private let scale: Int
    /// The power of ten that cuts off the digits of the last group, which may be incomplete.
    private let tail: UInt64
    private let tailFactor: UInt64

    /// Four words stand before the digits: their number, the first one's weight, the sign, the scale.
    static let headerSize = 8

    init(_ scale: Int) {
        self.scale = scale
        tail = Self.powers[scale % 4]
        tailFactor = scale % 4 == 0 ? 1 : Self.powers[4 - scale % 4]
    }

    private static let powers: [UInt64] = [1, 10, 100, 1000]

    /// Four groups fit into every 64-bit number.
    private static let fourGroups: UInt128 = 10_000_000_000_000_000

    @inline(__always)
    func size<Magnitude: FixedWidthInteger>(of magnitude: Magnitude) -> Int {
        Self.headerSize + 2 * groups(magnitude)
    }

    @inline(__always)
    private func groups<Magnitude: FixedWidthInteger>(_ magnitude: Magnitude) -> Int {
        if magnitude == 0 { return 0 }
        let incomplete = tail > 1 ? 1 : 0
        if Magnitude.bitWidth <= 64 { return Self.groups(UInt64(magnitude) / tail) + incomplete }
        return Self.groups(wide: UInt128(magnitude) / UInt128(tail)) + incomplete
    }

    @inline(__always)
    private static func groups(_ value: UInt64) -> Int {
        if value < 10_000 { return value == 0 ? 0 : 1 }
        if value < 100_000_000 { return 2 }
        if value < 1_000_000_000_000 { return 3 }
        return value < 10_000_000_000_000_000 ? 4 : 5
    }

    private static func groups(wide value: UInt128) -> Int {
        guard value > UInt128(UInt64.max) else { return groups(UInt64(value)) }
        return 4 + groups(wide: value / fourGroups)
    }

    /// Writes a number's field without its length word, and tells how many bytes it took.
    @inline(__always)
    func write<Magnitude: FixedWidthInteger>(
        _ magnitude: Magnitude,
        isNegative: Bool,
        into bytes: inout MutableRawSpan,
        at offset: Int
    ) -> Int {
        let count = groups(magnitude)
        let weight = count == 0 ? 0 : count - 1 - (scale + 3) / 4
        NumericHeader(groups: count, weight: weight, sign: isNegative ? 0x4000 : 0, scale: scale)
            .write(into: &bytes, at: offset)
        var cursor = offset + Self.headerSize + 2 * count
        guard count > 0 else { return Self.headerSize }
        if Magnitude.bitWidth <= 64 {
            writeGroups(UInt64(magnitude), into: &bytes, before: &cursor)
        } else {
            writeGroups(wide: UInt128(magnitude), into: &bytes, before: &cursor)
        }
        return Self.headerSize + 2 * count
    }

    @inline(__always)
    private func writeGroups(_ value: UInt64, into bytes: inout MutableRawSpan, before cursor: inout Int) {
        var rest = value
        if tail > 1 {
            Self.writeGroup(rest % tail * tailFactor, into: &bytes, before: &cursor)
            rest /= tail
        }
        while rest > 0 {
            Self.writeGroup(rest % 10_000, into: &bytes, before: &cursor)
            rest /= 10_000
        }
    }

    private func writeGroups(wide value: UInt128, into bytes: inout MutableRawSpan, before cursor: inout Int) {
        if value <= UInt128(UInt64.max) { return writeGroups(UInt64(value), into: &bytes, before: &cursor) }
        var rest = value
        if tail > 1 {
            Self.writeGroup(UInt64(rest % UInt128(tail)) * tailFactor, into: &bytes, before: &cursor)
            rest /= UInt128(tail)
        }
        while rest > UInt128(UInt64.max) {
            let (higher, lower) = rest.quotientAndRemainder(dividingBy: Self.fourGroups)
            var four = UInt64(lower)
            for _ in 0..<4 {
                Self.writeGroup(four % 10_000, into: &bytes, before: &cursor)
                four /= 10_000
            }
            rest = higher
        }
        NumericScale(0).writeGroups(UInt64(rest), into: &bytes, before: &cursor)
    }

    @inline(__always)
    private static func writeGroup(_ group: UInt64, into bytes: inout MutableRawSpan, before cursor: inout Int) {
        cursor -= 2
        bytes.storeBytes(of: UInt16(truncatingIfNeeded: group).bigEndian, toByteOffset: cursor, as: UInt16.self)
    }
}

/// The four words before a numeric's digits.
struct NumericHeader {
    let groups: Int
    let weight: Int
    let sign: UInt16
    let scale: Int

    func write(into bytes: inout MutableRawSpan, at offset: Int) {
        bytes.storeBytes(of: Int16(truncatingIfNeeded: groups).bigEndian, toByteOffset: offset, as: Int16.self)
        bytes.storeBytes(of: Int16(truncatingIfNeeded: weight).bigEndian, toByteOffset: offset + 2, as: Int16.self)
        bytes.storeBytes(of: sign.bigEndian, toByteOffset: offset + 4, as: UInt16.self)
        bytes.storeBytes(of: Int16(truncatingIfNeeded: scale).bigEndian, toByteOffset: offset + 6, as: Int16.self)
    }
}
