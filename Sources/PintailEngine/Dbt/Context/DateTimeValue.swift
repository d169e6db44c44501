import Jinja

/// A day: Python's `date`.
final class DateValue: JinjaObject {
    let civil: CalendarTime

    init(_ civil: CalendarTime) { self.civil = CalendarTime(days: civil.days) }
    init(days: Int) { civil = CalendarTime(days: days) }

    var typeName: String { "date" }
    func text() throws -> String { civil.dateText }
    func repr() throws -> String { "datetime.date(\(civil.year), \(civil.month), \(civil.day))" }
    func hash(into hasher: inout Hasher) { hasher.combine(civil.days) }
    func isEqual(to other: Value) -> Bool {
        if case .object(let object) = other { (object as? DateValue)?.civil.days == civil.days } else { false }
    }
    func compare(to other: Value) throws -> Int? {
        guard case .object(let object) = other, let other = object as? DateValue else { return nil }
        return civil.days < other.civil.days ? -1 : civil.days == other.civil.days ? 0 : 1
    }

    func operate(_ operation: BinaryOperator, with other: Value, reflected: Bool) throws -> Value? {
        guard case .object(let object) = other else { return nil }
        if let span = object as? TimeSpan, operation == .add || (operation == .subtract && !reflected) {
            return .object(DateValue(days: civil.days + (operation == .add ? span.days : -span.days)))
        }
        guard let date = object as? DateValue, operation == .subtract else { return nil }
        return .object(TimeSpan(microseconds: Int64((civil.days - date.civil.days) * CalendarTime.microsecondsPerDay)))
    }

    func attribute(named name: String) throws -> Value? {
        switch name {
        case "year": return .integer(civil.year)
        case "month": return .integer(civil.month)
        case "day": return .integer(civil.day)
        default: break
        }
        guard CivilMethods.names.contains(name) else { return nil }
        return .function(name) { arguments, _ in
            try CivilMethods.call(name, self.civil, zone: nil, arguments) { .object(DateValue($0)) }
        }
    }
}

/// A point in time: Python's `datetime`, with or without a zone.
final class DateTimeValue: JinjaObject {
    let civil: CalendarTime
    let zone: Zone?

    init(_ civil: CalendarTime, zone: Zone? = nil) {
        self.civil = civil
        self.zone = zone
    }

    /// Microseconds since 1970, in UTC where there is a zone.
    init(microseconds: Int64, zone: Zone? = nil) {
        let shift = zone?.minutes(atInstant: Int(microseconds)) ?? 0
        civil = CalendarTime(microseconds: Int(microseconds) + shift * 60_000_000)
        self.zone = zone
    }

    static func of(_ value: Value?) -> DateTimeValue? {
        if case .object(let object)? = value { object as? DateTimeValue } else { nil }
    }

    /// `hh:mm:ss` of microseconds since midnight.
    static func clock(_ microseconds: Int64) -> String { CalendarTime(microseconds: Int(microseconds)).clockText }

    /// Microseconds since 1970 in UTC.
    var instant: Int { civil.microseconds - (zone?.minutes(at: civil) ?? 0) * 60_000_000 }

    var typeName: String { "datetime" }
    func text() throws -> String { isoText(" ") }

    func isoText(_ separator: String) -> String {
        civil.dateText + separator + civil.clockText + (zone?.offsetText(at: civil, separator: ":") ?? "")
    }

    func repr() throws -> String {
        var parts = [civil.year, civil.month, civil.day, civil.hour, civil.minute]
        if civil.second != 0 || civil.microsecond != 0 { parts.append(civil.second) }
        if civil.microsecond != 0 { parts.append(civil.microsecond) }
        let zone = zone.map { ", tzinfo=<\($0.name)>" } ?? ""
        return "datetime.datetime(" + parts.map { String($0) }.joined(separator: ", ") + zone + ")"
    }

    func hash(into hasher: inout Hasher) { hasher.combine(instant) }
    func isEqual(to other: Value) -> Bool {
        guard let other = Self.of(other) else { return false }
        return other.instant == instant && (other.zone == nil) == (zone == nil)
    }
    func compare(to other: Value) throws -> Int? {
        guard let other = Self.of(other) else { return nil }
        guard (other.zone == nil) == (zone == nil) else {
            throw TemplateError(.type, "can't compare offset-naive and offset-aware datetimes")
        }
        return instant < other.instant ? -1 : instant == other.instant ? 0 : 1
    }

    func operate(_ operation: BinaryOperator, with other: Value, reflected: Bool) throws -> Value? {
        guard case .object(let object) = other else { return nil }
        if let span = object as? TimeSpan, operation == .add || (operation == .subtract && !reflected) {
            let moved = civil.microseconds + Int(operation == .add ? span.microseconds : -span.microseconds)
            return .object(DateTimeValue(CalendarTime(microseconds: moved), zone: zone))
        }
        guard let time = object as? DateTimeValue, operation == .subtract else { return nil }
        return .object(TimeSpan(microseconds: Int64(instant - time.instant)))
    }

    func attribute(named name: String) throws -> Value? {
        switch name {
        case "year": return .integer(civil.year)
        case "month": return .integer(civil.month)
        case "day": return .integer(civil.day)
        case "hour": return .integer(civil.hour)
        case "minute": return .integer(civil.minute)
        case "second": return .integer(civil.second)
        case "microsecond": return .integer(civil.microsecond)
        case "tzinfo": return zone.map { .object(ZoneObject($0)) } ?? Value.none
        case "date": return .function(name) { _, _ in .object(DateValue(self.civil)) }
        case "timestamp": return .function(name) { _, _ in .double(Double(self.instant) / 1_000_000) }
        case "utcoffset":
            return .function(name) { _, _ in
                self.zone.map { .object(TimeSpan(microseconds: Int64($0.minutes(at: self.civil) * 60_000_000))) }
                    ?? .none
            }
        case "astimezone":
            return .function(name) { arguments, _ in
                guard case .object(let object)? = arguments[0, "tz"], let wanted = object as? ZoneObject else {
                    return .object(self)
                }
                return .object(DateTimeValue(microseconds: Int64(self.instant), zone: wanted.zone))
            }
        default: break
        }
        guard CivilMethods.names.contains(name) else { return nil }
        return .function(name) { arguments, _ in
            if name == "isoformat" {
                return .string(self.isoText(arguments[0, "sep"]?.asString ?? "T"))
            }
            return try CivilMethods.call(name, self.civil, zone: self.zone, arguments) { civil in
                var zone = self.zone
                if let given = arguments.named("tzinfo") {
                    if case .object(let object) = given { zone = (object as? ZoneObject)?.zone } else { zone = nil }
                }
                return .object(DateTimeValue(civil, zone: zone))
            }
        }
    }
}

/// Methods that days and points in time share.
enum CivilMethods {
    static let names: Set<String> = [
        "strftime", "isoformat", "weekday", "isoweekday", "isocalendar", "replace", "toordinal", "timetuple", "ctime",
    ]

    static func call(
        _ name: String,
        _ civil: CalendarTime,
        zone: Zone?,
        _ arguments: Arguments,
        _ made: (CalendarTime) -> Value
    ) throws -> Value {
        switch name {
        case "strftime": return .string(TimeFormat.text(civil, try arguments[0, "format"]?.text ?? "", zone: zone))
        case "isoformat": return .string(civil.dateText)
        case "weekday": return .integer(civil.weekday)
        case "isoweekday": return .integer(civil.weekday + 1)
        case "isocalendar":
            let week = civil.isoWeek
            return .tuple([.integer(week.year), .integer(week.week), .integer(week.day)])
        case "toordinal": return .integer(civil.days + 719_163)
        case "ctime": return .string(TimeFormat.text(civil, "%c", zone: zone))
        case "timetuple":
            return .tuple(
                [
                    civil.year, civil.month, civil.day, civil.hour, civil.minute, civil.second, civil.weekday,
                    civil.dayOfYear, -1,
                ].map { .integer($0) }
            )
        default: return made(try replaced(civil, arguments))
        }
    }

    private static func replaced(_ civil: CalendarTime, _ arguments: Arguments) throws -> CalendarTime {
        var changed = civil
        changed.year = arguments[0, "year"]?.asInteger ?? civil.year
        changed.month = arguments[1, "month"]?.asInteger ?? civil.month
        changed.day = arguments[2, "day"]?.asInteger ?? civil.day
        changed.hour = arguments[3, "hour"]?.asInteger ?? civil.hour
        changed.minute = arguments[4, "minute"]?.asInteger ?? civil.minute
        changed.second = arguments[5, "second"]?.asInteger ?? civil.second
        changed.microsecond = arguments[6, "microsecond"]?.asInteger ?? civil.microsecond
        return try changed.checked()
    }
}

extension CalendarTime {
    func checked() throws -> CalendarTime {
        guard isValid else {
            let isDay = (1...12).contains(month) && (1...9999).contains(year)
            throw TemplateError(.value, isDay ? "day is out of range for month" : "month must be in 1..12")
        }
        return self
    }
}

/// A length of time: Python's `timedelta`.
final class TimeSpan: JinjaObject {
    let microseconds: Int64

    init(microseconds: Int64) { self.microseconds = microseconds }

    /// Whole days, counted downwards.
    var days: Int {
        let day = Int64(CalendarTime.microsecondsPerDay)
        return Int(microseconds >= 0 ? microseconds / day : (microseconds - day + 1) / day)
    }

    private var rest: Int { Int(microseconds) - days * CalendarTime.microsecondsPerDay }

    var description: String {
        let clock = CalendarTime(microseconds: rest)
        let time =
            "\(clock.hour):\(padded(clock.minute, 2)):\(padded(clock.second, 2))"
            + (clock.microsecond == 0 ? "" : "." + padded(clock.microsecond, 6))
        return days == 0 ? time : "\(days) day\(abs(days) == 1 ? "" : "s"), \(time)"
    }

    var typeName: String { "timedelta" }
    func text() throws -> String { description }
    func repr() throws -> String {
        var parts: [String] = []
        if days != 0 { parts.append("days=\(days)") }
        if rest / 1_000_000 != 0 { parts.append("seconds=\(rest / 1_000_000)") }
        if rest % 1_000_000 != 0 { parts.append("microseconds=\(rest % 1_000_000)") }
        return "datetime.timedelta(" + (parts.isEmpty ? "0" : parts.joined(separator: ", ")) + ")"
    }
    func truth() throws -> Bool { microseconds != 0 }
    func hash(into hasher: inout Hasher) { hasher.combine(microseconds) }
    func isEqual(to other: Value) -> Bool {
        if case .object(let object) = other { (object as? TimeSpan)?.microseconds == microseconds } else { false }
    }
    func compare(to other: Value) throws -> Int? {
        guard case .object(let object) = other, let other = object as? TimeSpan else { return nil }
        return microseconds < other.microseconds ? -1 : microseconds == other.microseconds ? 0 : 1
    }

    func operate(_ operation: BinaryOperator, with other: Value, reflected: Bool) throws -> Value? {
        if case .object(let object) = other, let span = object as? TimeSpan, !reflected {
            switch operation {
            case .add: return .object(TimeSpan(microseconds: microseconds + span.microseconds))
            case .subtract: return .object(TimeSpan(microseconds: microseconds - span.microseconds))
            case .divide where span.microseconds != 0:
                return .double(Double(microseconds) / Double(span.microseconds))
            default: return nil
            }
        }
        guard let factor = other.asInteger else { return nil }
        switch operation {
        case .multiply: return .object(TimeSpan(microseconds: microseconds * Int64(factor)))
        case .divide, .divideDown:
            guard !reflected, factor != 0 else { return nil }
            return .object(TimeSpan(microseconds: microseconds / Int64(factor)))
        default: return nil
        }
    }

    func attribute(named name: String) throws -> Value? {
        switch name {
        case "days": .integer(days)
        case "seconds": .integer(rest / 1_000_000)
        case "microseconds": .integer(rest % 1_000_000)
        case "total_seconds": .function(name) { _, _ in .double(Double(self.microseconds) / 1_000_000) }
        default: nil
        }
    }
}
