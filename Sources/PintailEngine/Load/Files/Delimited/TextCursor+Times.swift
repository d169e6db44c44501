/// Days and times as DuckDB's casts to VARCHAR write them.
extension TextCursor {
    /// The most bytes a timestamp takes: a year of six digits, `(BC)`, nine digits behind the second.
    static var widestTime: Int { 48 }

    /// Writes a day that is counted from 1970.
    @inline(__always)
    mutating func append(day: Int64) {
        let (year, month, dayOfMonth) = Self.civil(day)
        if year > 0, year <= 9999 {
            let text = Self.text(UInt64(year * 10_000 + month * 100 + dayOfMonth))
            let hyphen = UInt64(UInt8(ascii: "-"))
            append(text & 0xFFFF_FFFF | hyphen << 32 | (text >> 32 & 0xFFFF) << 40 | hyphen << 56, count: 8)
            append(text >> 48, count: 2)
        } else {
            appendFar(year, month, dayOfMonth)
        }
    }

    private mutating func appendFar(_ year: Int64, _ month: Int64, _ day: Int64) {
        let shown = UInt64(year > 0 ? year : 1 - year)
        if shown <= 9999 { append(shown, digits: 4) } else { append(number: shown) }
        append(UInt8(ascii: "-"))
        append(UInt64(month), digits: 2)
        append(UInt8(ascii: "-"))
        append(UInt64(day), digits: 2)
        if year <= 0 { append(ShortText(" (BC)".utf8)) }
    }

    /// Writes a time of day, counted in parts of a second of which there are 10^`digits`.
    @inline(__always)
    mutating func append(timeOfDay: UInt64, second: UInt64, digits: Int) {
        let seconds = timeOfDay / second
        let fraction = timeOfDay - seconds * second
        let text = Self.text(seconds / 3600 * 10_000 + seconds / 60 % 60 * 100 + seconds % 60) >> 16
        let colon = UInt64(UInt8(ascii: ":"))
        append(text & 0xFFFF | colon << 16 | (text >> 16 & 0xFFFF) << 24 | colon << 40 | (text >> 32) << 48, count: 8)
        if fraction != 0 { append(fraction: fraction, digits: digits, atLeast: 1) }
    }

    /// Writes a point and digits, without the zeros at their end but for the first ones.
    @inline(__always)
    mutating func append(fraction: UInt64, digits: Int, atLeast least: Int) {
        var (fraction, digits) = (fraction, digits)
        while digits > least, fraction % 10 == 0 {
            fraction /= 10
            digits -= 1
        }
        append(UInt8(ascii: "."))
        append(fraction, digits: digits)
    }

    /// Writes what stands for a day or time without end.
    mutating func append(infinity isNegative: Bool) {
        if isNegative { append(UInt8(ascii: "-")) }
        append(ShortText("infinity".utf8))
    }

    /// A day as year, month and day of the month.
    ///
    /// http://howardhinnant.github.io/date_algorithms.html#civil_from_days
    @inline(__always)
    private static func civil(_ day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        // Unsigned and short numbers are divided by constants faster.
        let dayOfEra = UInt32(truncatingIfNeeded: shifted - era * 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = Int64(yearOfEra) + era * 400 + (month <= 2 ? 1 : 0)
        return (year, Int64(month), Int64(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1))
    }
}
