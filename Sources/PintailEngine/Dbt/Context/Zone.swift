import Jinja

/// How far local time is from UTC: what `pytz` gives templates.
enum Zone: Hashable {
    case utc
    case fixed(minutes: Int)
    case region(Region)

    /// A zone by name; nil where it is not known.
    init?(named name: String) {
        if ["utc", "gmt", "etc/utc", "etc/gmt", "zulu", "universal"].contains(name.lowercased()) {
            self = .utc
            return
        }
        guard let region = Region(named: name) else { return nil }
        self = .region(region)
    }

    var name: String {
        switch self {
        case .utc: "UTC"
        case .fixed(let minutes): "UTC" + Self.text(minutes, ":")
        case .region(let region): region.name
        }
    }

    /// Minutes east of Greenwich at a local time.
    func minutes(at time: CalendarTime) -> Int {
        switch self {
        case .utc: 0
        case .fixed(let minutes): minutes
        case .region(let region): region.offset(atLocal: time.seconds) / 60
        }
    }

    /// Minutes east of Greenwich at microseconds since 1970.
    func minutes(atInstant instant: Int) -> Int {
        guard case .region(let region) = self else { return minutes(at: CalendarTime(1970, 1, 1)) }
        return region.offset(at: CalendarTime(microseconds: instant).seconds) / 60
    }

    /// `UTC`, or what the region calls it then.
    func abbreviation(at time: CalendarTime) -> String {
        guard case .region(let region) = self else { return name }
        return region.abbreviation(at: time.seconds - minutes(at: time) * 60)
    }

    func offsetText(at time: CalendarTime, separator: String) -> String { Self.text(minutes(at: time), separator) }

    private static func text(_ minutes: Int, _ separator: String) -> String {
        (minutes < 0 ? "-" : "+") + padded(abs(minutes) / 60, 2) + separator + padded(abs(minutes) % 60, 2)
    }
}

/// A zone in templates.
final class ZoneObject: JinjaObject {
    let zone: Zone
    init(_ zone: Zone) { self.zone = zone }

    var typeName: String { "tzinfo" }
    func text() throws -> String { zone.name }
    func repr() throws -> String { zone == .utc ? "<UTC>" : "<DstTzInfo '\(zone.name)'>" }

    func attribute(named name: String) throws -> Value? {
        switch name {
        case "zone": .string(zone.name)
        case "localize":
            .function(name) { arguments, _ in
                guard let time = DateTimeValue.of(arguments[0, "dt"]) else {
                    throw TemplateError(.type, "localize() takes a datetime")
                }
                return .object(DateTimeValue(time.civil, zone: self.zone))
            }
        default: nil
        }
    }

    func isEqual(to other: Value) -> Bool {
        if case .object(let object) = other { (object as? ZoneObject)?.zone == zone } else { false }
    }
    func hash(into hasher: inout Hasher) { hasher.combine(zone) }
}
