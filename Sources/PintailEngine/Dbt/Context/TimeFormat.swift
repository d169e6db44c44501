import Jinja

/// Python's `strftime` and `strptime`.
enum TimeFormat {
    static let weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    static func text(_ time: CalendarTime, _ format: String, zone: Zone?) -> String {
        var text = ""
        var characters = format.makeIterator()
        while let character = characters.next() {
            guard character == "%" else {
                text.append(character)
                continue
            }
            guard var directive = characters.next() else { return text + "%" }
            var isPlain = false
            if directive == "-", let next = characters.next() { (directive, isPlain) = (next, true) }
            text += part(time, directive, isPlain, zone)
        }
        return text
    }

    private static func part(_ time: CalendarTime, _ directive: Character, _ isPlain: Bool, _ zone: Zone?) -> String {
        func number(_ value: Int, _ width: Int) -> String { isPlain ? String(value) : padded(value, width) }
        let hour = time.hour % 12 == 0 ? 12 : time.hour % 12
        switch directive {
        case "Y": return padded(time.year, 4)
        case "y": return number(time.year % 100, 2)
        case "m": return number(time.month, 2)
        case "d": return number(time.day, 2)
        case "e": return String(time.day).count == 1 ? " \(time.day)" : String(time.day)
        case "H": return number(time.hour, 2)
        case "I": return number(hour, 2)
        case "M": return number(time.minute, 2)
        case "S": return number(time.second, 2)
        case "f": return padded(time.microsecond, 6)
        case "j": return number(time.dayOfYear, 3)
        case "A": return weekdays[time.weekday]
        case "a": return String(weekdays[time.weekday].prefix(3))
        case "B": return months[time.month - 1]
        case "b", "h": return String(months[time.month - 1].prefix(3))
        case "p": return time.hour < 12 ? "AM" : "PM"
        case "u": return String(time.weekday + 1)
        case "w": return String((time.weekday + 1) % 7)
        case "F": return time.dateText
        case "T": return "\(padded(time.hour, 2)):\(padded(time.minute, 2)):\(padded(time.second, 2))"
        case "D": return "\(padded(time.month, 2))/\(padded(time.day, 2))/\(padded(time.year % 100, 2))"
        case "G": return String(time.isoWeek.year)
        case "V": return number(time.isoWeek.week, 2)
        case "U": return number((time.dayOfYear + 6 - (time.weekday + 1) % 7) / 7, 2)
        case "W": return number((time.dayOfYear + 6 - time.weekday) / 7, 2)
        case "s": return String(time.microseconds / 1_000_000)
        case "z": return zone.map { $0.offsetText(at: time, separator: "") } ?? ""
        case "Z": return zone?.abbreviation(at: time) ?? ""
        case "c":
            return "\(weekdays[time.weekday].prefix(3)) \(months[time.month - 1].prefix(3)) "
                + "\(String(time.day).count == 1 ? " " : "")\(time.day) "
                + "\(padded(time.hour, 2)):\(padded(time.minute, 2)):\(padded(time.second, 2)) \(time.year)"
        case "x": return part(time, "D", false, zone)
        case "X": return part(time, "T", false, zone)
        case "%": return "%"
        default: return "%\(directive)"
        }
    }

    /// The time that a text writes in a format.
    static func time(_ text: String, _ format: String) throws -> CalendarTime {
        var rest = text[...]
        var time = CalendarTime(1900, 1, 1)
        var isAfternoon: Bool?
        func mismatch() -> TemplateError {
            TemplateError(.value, "time data '\(text)' does not match format '\(format)'")
        }
        func number(_ most: Int) throws -> Int {
            let digits = rest.prefix(most).prefix { $0.isASCII && $0.isNumber }
            guard let value = Int(digits) else { throw mismatch() }
            rest = rest.dropFirst(digits.count)
            return value
        }
        func word(_ words: [String], _ length: Int?) throws -> Int {
            for (place, word) in words.enumerated() {
                let wanted = length.map { String(word.prefix($0)) } ?? word
                if rest.lowercased().hasPrefix(wanted.lowercased()) {
                    rest = rest.dropFirst(wanted.count)
                    return place
                }
            }
            throw mismatch()
        }
        var directives = format.makeIterator()
        while let character = directives.next() {
            if character.isWhitespace {
                rest = rest.drop { $0.isWhitespace }
                continue
            }
            guard character == "%", let directive = directives.next() else {
                guard rest.first == character else { throw mismatch() }
                rest = rest.dropFirst()
                continue
            }
            switch directive {
            case "Y": time.year = try number(4)
            case "y":
                let short = try number(2)
                time.year = short < 69 ? 2000 + short : 1900 + short
            case "m": time.month = try number(2)
            case "d": time.day = try number(2)
            case "H", "I": time.hour = try number(2)
            case "M": time.minute = try number(2)
            case "S": time.second = try number(2)
            case "f":
                let digits = rest.prefix(6).prefix { $0.isNumber }.count
                var value = try number(6)
                for _ in digits..<6 { value *= 10 }
                time.microsecond = value
            case "j": time = CalendarTime(days: CalendarTime(time.year, 1, 1).days + (try number(3)) - 1)
            case "B": time.month = try word(months, nil) + 1
            case "b": time.month = try word(months, 3) + 1
            case "A": _ = try word(weekdays, nil)
            case "a": _ = try word(weekdays, 3)
            case "p": isAfternoon = try word(["AM", "PM"], nil) == 1
            case "z":
                guard let sign = rest.first, sign == "+" || sign == "-" || sign == "Z" else { throw mismatch() }
                rest = rest.drop { $0 == "+" || $0 == "-" || $0 == "Z" || $0 == ":" || $0.isNumber }
            default: throw TemplateError(.value, "'\(directive)' is a bad directive in format '\(format)'")
            }
        }
        if let isAfternoon { time.hour = time.hour % 12 + (isAfternoon ? 12 : 0) }
        guard rest.isEmpty else {
            throw TemplateError(.value, "unconverted data remains: \(rest)")
        }
        guard time.isValid else { throw mismatch() }
        return time
    }
}
