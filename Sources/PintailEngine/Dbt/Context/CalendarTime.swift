/// Days, and times of day, in the calendar that Python's `datetime` uses.
struct CalendarTime: Hashable {
    var year: Int
    var month: Int
    var day: Int
    var hour = 0
    var minute = 0
    var second = 0
    var microsecond = 0

    static let microsecondsPerDay = 86_400_000_000

    /// Days since 1970-01-01.
    /// http://howardhinnant.github.io/date_algorithms.html
    var days: Int {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// Microseconds since midnight of 1970-01-01.
    var microseconds: Int {
        days * Self.microsecondsPerDay + ((hour * 60 + minute) * 60 + second) * 1_000_000 + microsecond
    }

    init(_ year: Int, _ month: Int, _ day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    init(days: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9)
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    init(microseconds: Int) {
        let days = Int((Double(microseconds) / Double(Self.microsecondsPerDay)).rounded(.down))
        // Rounding a large number may be off by one day.
        var rest = microseconds - days * Self.microsecondsPerDay
        var day = days
        if rest < 0 { (day, rest) = (day - 1, rest + Self.microsecondsPerDay) }
        if rest >= Self.microsecondsPerDay { (day, rest) = (day + 1, rest - Self.microsecondsPerDay) }
        self.init(days: day)
        hour = rest / 3_600_000_000
        minute = rest / 60_000_000 % 60
        second = rest / 1_000_000 % 60
        microsecond = rest % 1_000_000
    }

    /// Seconds since midnight of 1970-01-01.
    var seconds: Int { days * 86_400 + (hour * 60 + minute) * 60 + second }

    /// Monday is 0.
    var weekday: Int { ((days + 3) % 7 + 7) % 7 }

    /// The first day of the year is 1.
    var dayOfYear: Int { days - CalendarTime(year, 1, 1).days + 1 }

    /// ISO 8601's year, week and day (Monday is 1).
    var isoWeek: (year: Int, week: Int, day: Int) {
        let thursday = CalendarTime(days: days - weekday + 3)
        return (thursday.year, (thursday.dayOfYear - 1) / 7 + 1, weekday + 1)
    }

    static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    static func daysInMonth(_ month: Int, of year: Int) -> Int {
        month == 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// Whether there is such a day and time.
    var isValid: Bool {
        (1...9999).contains(year) && (1...12).contains(month) && day >= 1
            && day <= Self.daysInMonth(month, of: year) && (0...23).contains(hour) && (0...59).contains(minute)
            && (0...59).contains(second) && (0...999_999).contains(microsecond)
    }

    var dateText: String { "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))" }

    var clockText: String {
        let whole = "\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))"
        return microsecond == 0 ? whole : whole + "." + padded(microsecond, 6)
    }
}

/// A number with zeros before it.
func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return digits.count < width ? String(repeating: "0", count: width - digits.count) + digits : digits
}
