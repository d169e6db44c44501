/// A day and a time of day as read from text, not yet checked against the calendar.
struct CivilTime: Hashable {
    var year = 0
    var month = 0
    var day = 0
    var microseconds: Int64 = 0

    /// Days since 1970-01-01; `nil` when the calendar has no such day.
    ///
    /// http://howardhinnant.github.io/date_algorithms.html#days_from_civil
    @inline(__always)
    var days: Int32? {
        guard year >= 1, month >= 1, month <= 12, day >= 1, day <= Self.length(of: month, in: year) else { return nil }
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return Int32(era * 146_097 + dayOfEra - 719_468)
    }

    /// Microseconds since 1970-01-01.
    @inline(__always)
    var timestamp: Int64? { days.map { Int64($0) * 86_400_000_000 + microseconds } }

    @inline(__always)
    private static func length(of month: Int, in year: Int) -> Int {
        if month == 2 { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28 }
        return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31
    }
}

/// Reads dates and times in ISO 8601's form, and nothing that would lose a part.
enum DateText {
    /// `2024-01-31`, as days since 1970-01-01.
    @inline(__always)
    static func date(_ text: Span<UInt8>) -> Int32? {
        guard text.count == 10, let civil = isoDay(text) else { return nil }
        return civil.days
    }

    /// `2024-01-31 12:30[:15[.123456]]`, or `T` between, or the day alone, as microseconds since 1970-01-01.
    static func timestamp(_ text: Span<UInt8>) -> Int64? {
        guard text.count >= 10, var civil = isoDay(text) else { return nil }
        if text.count == 10 { return civil.timestamp }
        guard text[10] == UInt8(ascii: " ") || text[10] == UInt8(ascii: "T") else { return nil }
        var index = 11
        guard let time = clock(text, &index), index == text.count else { return nil }
        civil.microseconds = time
        return civil.timestamp
    }

    /// A timestamp with blanks around it.
    static func lenientTimestamp(_ text: Span<UInt8>) -> Int64? {
        timestamp(text.extracting(NumberText.trimmed(text)))
    }

    /// A day with blanks around it, or the beginning of one: a time of day would be lost.
    static func lenientDate(_ text: Span<UInt8>) -> Int32? {
        guard let time = lenientTimestamp(text) else { return nil }
        let (days, rest) = time.quotientAndRemainder(dividingBy: 86_400_000_000)
        return rest == 0 ? Int32(days) : nil
    }

    /// A timestamp with `Z` or an offset after it, as microseconds since 1970-01-01 UTC.
    static func zonedTimestamp(_ text: Span<UInt8>) -> Int64? {
        guard text.count > 16, var civil = isoDay(text) else { return nil }
        guard text[10] == UInt8(ascii: " ") || text[10] == UInt8(ascii: "T") else { return nil }
        var index = 11
        guard let time = clock(text, &index), let offset = offset(text, from: index) else { return nil }
        civil.microseconds = time
        return civil.timestamp.map { $0 - offset }
    }

    /// `12:30:15[.123456]`, as microseconds since midnight.
    static func time(_ text: Span<UInt8>) -> Int64? {
        guard text.count >= 8, text[5] == UInt8(ascii: ":") else { return nil }
        var index = 0
        guard let time = clock(text, &index), index == text.count else { return nil }
        return time
    }

    @inline(__always)
    private static func isoDay(_ text: Span<UInt8>) -> CivilTime? {
        guard text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
            let century = two(text, 0), let year = two(text, 2), let month = two(text, 5), let day = two(text, 8)
        else { return nil }
        return CivilTime(year: century * 100 + year, month: month, day: day)
    }

    /// Reads `hh:mm[:ss[.f]]` and stands behind it; seconds go to 59, fractions to six digits.
    static func clock(_ text: Span<UInt8>, _ index: inout Int) -> Int64? {
        guard index + 5 <= text.count, text[index + 2] == UInt8(ascii: ":"),
            let hour = two(text, index), hour < 24, let minute = two(text, index + 3), minute < 60
        else { return nil }
        index += 5
        var microseconds = Int64(hour * 3600 + minute * 60) * 1_000_000
        guard index + 3 <= text.count, text[index] == UInt8(ascii: ":") else { return microseconds }
        guard let second = two(text, index + 1), second < 60 else { return nil }
        index += 3
        microseconds += Int64(second) * 1_000_000
        guard index < text.count, text[index] == UInt8(ascii: ".") else { return microseconds }
        guard let fraction = fraction(text, &index) else { return nil }
        return microseconds + fraction
    }

    private static func fraction(_ text: Span<UInt8>, _ index: inout Int) -> Int64? {
        index += 1
        var unit: Int64 = 100_000
        var value: Int64 = 0
        let start = index
        while index < text.count, text[index] &- UInt8(ascii: "0") <= 9 {
            let digit = Int64(text[index] &- UInt8(ascii: "0"))
            // DuckDB keeps microseconds: zeros behind the sixth digit lose nothing, other digits do.
            guard unit > 0 || digit == 0 else { return nil }
            value += digit * unit
            unit /= 10
            index += 1
        }
        return index > start ? value : nil
    }

    /// `Z`, `+02`, `+0200` or `+02:00` to the end of the text, as microseconds.
    private static func offset(_ text: Span<UInt8>, from start: Int) -> Int64? {
        let rest = text.count - start
        guard rest > 0 else { return nil }
        if rest == 1 { return text[start] == UInt8(ascii: "Z") ? 0 : nil }
        guard text[start] == UInt8(ascii: "+") || text[start] == UInt8(ascii: "-"), rest >= 3,
            let hours = two(text, start + 1), hours <= 15
        else { return nil }
        var minutes = 0
        switch rest {
        case 3: break
        case 5: guard let value = two(text, start + 3) else { return nil }; minutes = value
        case 6:
            guard text[start + 3] == UInt8(ascii: ":"), let value = two(text, start + 4) else { return nil }
            minutes = value
        default: return nil
        }
        guard minutes < 60 else { return nil }
        let offset = Int64(hours * 3600 + minutes * 60) * 1_000_000
        return text[start] == UInt8(ascii: "-") ? -offset : offset
    }

    /// Two digits as a number.
    @inline(__always)
    static func two(_ text: Span<UInt8>, _ index: Int) -> Int? {
        let tens = text[index] &- UInt8(ascii: "0")
        let ones = text[index + 1] &- UInt8(ascii: "0")
        return tens <= 9 && ones <= 9 ? Int(tens) * 10 + Int(ones) : nil
    }
}
