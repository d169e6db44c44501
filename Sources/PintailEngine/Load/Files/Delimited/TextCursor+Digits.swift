/// Whole numbers as decimal digits, eight at a time.
///
/// The digits of a number below 10^8 are found in one word: it is split in halves of four digits, those in halves of
/// two, those in single digits, and each step treats all halves at once.
extension TextCursor {
    /// Writes a number without leading zeros.
    @inline(__always)
    mutating func append(number: UInt64) {
        if number < 100_000_000 { return appendFirst(number) }
        let upper = number / 100_000_000
        if upper < 100_000_000 {
            appendFirst(upper)
        } else {
            appendFirst(upper / 100_000_000)
            append(Self.text(upper % 100_000_000), count: 8)
        }
        append(Self.text(number % 100_000_000), count: 8)
    }

    /// Writes a number without leading zeros.
    @inline(__always)
    mutating func append(number: UInt128) {
        if let number = UInt64(exactly: number) { append(number: number) } else { appendLarge(number) }
    }

    /// Writes a number in exactly so many digits.
    @inline(__always)
    mutating func append(_ number: UInt64, digits: Int) {
        if digits <= 8 { return append(Self.text(number) >> UInt64(8 * (8 - digits)), count: digits) }
        appendLong(number, digits: digits)
    }

    /// Writes a number in exactly so many digits.
    mutating func append(_ number: UInt128, digits: Int) {
        guard digits > 16 else { return append(UInt64(truncatingIfNeeded: number), digits: digits) }
        append(number / Self.sixteenDigits, digits: digits - 16)
        append(UInt64(truncatingIfNeeded: number % Self.sixteenDigits), digits: 16)
    }

    private mutating func appendLong(_ number: UInt64, digits: Int) {
        append(number / 100_000_000, digits: digits - 8)
        append(Self.text(number % 100_000_000), count: 8)
    }

    private mutating func appendLarge(_ number: UInt128) {
        append(number: number / Self.sixteenDigits)
        append(UInt64(truncatingIfNeeded: number % Self.sixteenDigits), digits: 16)
    }

    /// Writes a number of up to eight digits.
    @inline(__always)
    private mutating func appendFirst(_ number: UInt64) {
        let digits = Self.digits(number)
        let zeros = min(digits.trailingZeroBitCount >> 3, 7)
        append((digits | Self.zeros) >> UInt64(8 * zeros), count: 8 - zeros)
    }

    /// Eight digits as text, the first in the lowest byte.
    @inline(__always)
    static func text(_ number: UInt64) -> UInt64 { digits(number) | zeros }

    @inline(__always)
    private static func digits(_ number: UInt64) -> UInt64 {
        let upper = number / 10_000
        let fours = upper | (number &- upper &* 10_000) << 32
        // Multiplied and shifted, for want of a division of several numbers at once; exact below 10,000 and 100.
        let hundreds = ((fours &* 10_486) >> 20) & 0x0000_007F_0000_007F
        let twos = hundreds | (fours &- hundreds &* 100) << 16
        let tens = ((twos &* 103) >> 10) & 0x000F_000F_000F_000F
        return tens | (twos &- tens &* 10) << 8
    }

    private static var zeros: UInt64 { 0x3030_3030_3030_3030 }
    private static var sixteenDigits: UInt128 { 10_000_000_000_000_000 }
}
