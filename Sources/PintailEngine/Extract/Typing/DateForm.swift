/// A way to write a day that is not ISO 8601's, with or without a time of day after it.
struct DateForm: Hashable, Sendable {
    /// Which part comes first.
    enum Order: Int, CaseIterable, Sendable {
        case dayMonthYear, monthDayYear, yearMonthDay
        /// `31 Jan 2024`, `31-Jan-2024`.
        case dayName
        /// `Jan 31, 2024`.
        case nameDay
    }

    /// What stands between the parts; of no meaning beside a month's name.
    enum Separator: Int, CaseIterable, Sendable {
        case point, slash, dash
    }

    let order: Order
    let separator: Separator
    let hasTime: Bool

    /// Every form, the common ones first.
    static let all: [DateForm] = [false, true].flatMap { hasTime in
        Order.allCases.flatMap { order in
            let separators = order == .dayName || order == .nameDay ? [.dash] : Separator.allCases
            return separators.map { DateForm(order: order, separator: $0, hasTime: hasTime) }
        }
    }

    /// The form's place in a set of forms.
    var index: Int {
        let base = order.rawValue < 3 ? order.rawValue * 3 + separator.rawValue : 6 + order.rawValue
        return base + (hasTime ? 11 : 0)
    }

    /// The form's place in a set of bits.
    var bit: UInt64 { 1 << UInt64(index) }

    /// The form at a place in the set.
    static func at(_ index: Int) -> DateForm? { all.first { $0.index == index } }

    /// The same form with day and month the other way round; `nil` where nobody writes it so.
    var rival: DateForm? {
        // With points the day is first everywhere.
        guard separator != .point else { return nil }
        switch order {
        case .dayMonthYear: return DateForm(order: .monthDayYear, separator: separator, hasTime: hasTime)
        case .monthDayYear: return DateForm(order: .dayMonthYear, separator: separator, hasTime: hasTime)
        default: return nil
        }
    }

    /// The forms in which a text is a day of the calendar, as a set of bits.
    static func all(of text: Span<UInt8>) -> UInt64 {
        guard let parts = DateParts(text) else { return 0 }
        return all.reduce(0) { $1.read(parts) != nil ? $0 | $1.bit : $0 }
    }

    /// The day and time a text means in this form.
    func read(_ text: Span<UInt8>) -> CivilTime? { DateParts(text).flatMap { read($0) } }

    private func read(_ parts: DateParts) -> CivilTime? {
        guard parts.hasTime == hasTime, let civil = day(parts), civil.days != nil else { return nil }
        return civil
    }

    private func day(_ parts: DateParts) -> CivilTime? {
        let (first, second, third) = (parts.first, parts.second, parts.third)
        let time = parts.microseconds
        if parts.namePlace == nil {
            guard parts.separator == separator else { return nil }
        }
        switch (order, parts.namePlace) {
        case (.dayMonthYear, nil):
            return third.digits == 4 && first.digits <= 2 && second.digits <= 2
                ? CivilTime(year: third.value, month: second.value, day: first.value, microseconds: time) : nil
        case (.monthDayYear, nil):
            return separator != .point && third.digits == 4 && first.digits <= 2 && second.digits <= 2
                ? CivilTime(year: third.value, month: first.value, day: second.value, microseconds: time) : nil
        case (.yearMonthDay, nil):
            return first.digits == 4 && second.digits <= 2 && third.digits <= 2
                ? CivilTime(year: first.value, month: second.value, day: third.value, microseconds: time) : nil
        case (.dayName, 1):
            return third.digits == 4 && first.digits <= 2
                ? CivilTime(year: third.value, month: second.value, day: first.value, microseconds: time) : nil
        case (.nameDay, 0):
            return third.digits == 4 && second.digits <= 2
                ? CivilTime(year: third.value, month: first.value, day: second.value, microseconds: time) : nil
        default: return nil
        }
    }
}

/// Three numbers with something between them and perhaps a time behind: what every written day comes apart into.
private struct DateParts {
    /// A number, or a month's name taken for its number.
    struct Part {
        var value = 0
        var digits = 0
    }

    var first = Part()
    var second = Part()
    var third = Part()
    var separator: DateForm.Separator?
    /// Which part is a month's name.
    var namePlace: Int?
    var hasTime = false
    var microseconds: Int64 = 0

    init?(_ text: Span<UInt8>) {
        guard text.count >= 8, text.count <= 40 else { return nil }
        var index = 0
        guard let a = part(text, &index, place: 0), let one = gap(text, &index),
            let b = part(text, &index, place: 1), let two = gap(text, &index),
            let c = part(text, &index, place: 2)
        else { return nil }
        (first, second, third) = (a, b, c)
        if namePlace == nil {
            guard one == two, let found = Self.separators[one] else { return nil }
            separator = found
        }
        guard index < text.count else { return }
        guard readTime(text, &index) else { return nil }
    }

    private static let separators: [UInt8: DateForm.Separator] = [
        UInt8(ascii: "."): .point, UInt8(ascii: "/"): .slash, UInt8(ascii: "-"): .dash,
    ]
    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    private static let longMonths = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ]

    private mutating func part(_ text: Span<UInt8>, _ index: inout Int, place: Int) -> Part? {
        var part = Part()
        while index < text.count, text[index] &- UInt8(ascii: "0") <= 9 {
            part.value = part.value * 10 + Int(text[index] - UInt8(ascii: "0"))
            part.digits += 1
            index += 1
        }
        if part.digits > 0 { return part.digits <= 4 ? part : nil }
        guard place < 2, namePlace == nil else { return nil }
        var word: [UInt8] = []
        while index < text.count, (text[index] | 0x20) &- UInt8(ascii: "a") < 26 {
            word.append(text[index] | 0x20)
            index += 1
        }
        let name = String(decoding: word, as: UTF8.self)
        guard let month = Self.months.firstIndex(of: name) ?? Self.longMonths.firstIndex(of: name) else { return nil }
        namePlace = place
        return Part(value: month + 1, digits: 2)
    }

    /// What stands between two parts: one sign, or a comma and a space.
    private func gap(_ text: Span<UInt8>, _ index: inout Int) -> UInt8? {
        guard index < text.count else { return nil }
        let sign = text[index]
        index += 1
        switch sign {
        case UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: " "): return sign
        case UInt8(ascii: ","):
            guard index < text.count, text[index] == UInt8(ascii: " ") else { return nil }
            index += 1
            return sign
        default: return nil
        }
    }

    /// `13:05`, `1:05:09.5 PM`.
    private mutating func readTime(_ text: Span<UInt8>, _ index: inout Int) -> Bool {
        guard text[index] == UInt8(ascii: " ") || text[index] == UInt8(ascii: "T") else { return false }
        index += 1
        var padded: [UInt8] = []
        for place in index..<text.count { padded.append(text[place]) }
        if padded.count > 1, padded[1] == UInt8(ascii: ":") { padded.insert(UInt8(ascii: "0"), at: 0) }
        var end = 0
        guard var time = DateText.clock(padded.span, &end) else { return false }
        let rest = String(decoding: padded[end...], as: UTF8.self).lowercased()
        let hour = time / 3_600_000_000
        switch rest {
        case "": break
        case " am", "am":
            guard hour >= 1, hour <= 12 else { return false }
            if hour == 12 { time -= 43_200_000_000 }
        case " pm", "pm":
            guard hour >= 1, hour <= 12 else { return false }
            if hour < 12 { time += 43_200_000_000 }
        default: return false
        }
        hasTime = true
        microseconds = time
        return true
    }
}
