import Jinja

/// An offset from UTC: what `pytz` gives templates.
enum Zone: Hashable {
    case utc
    case fixed(minutes: Int)

    var name: String {
        switch self {
        case .utc: "UTC"
        case .fixed: "UTC" + offsetText(at: CalendarTime(1970, 1, 1), separator: ":")
        }
    }

    /// Minutes east of Greenwich.
    var minutes: Int { if case .fixed(let minutes) = self { minutes } else { 0 } }

    func offsetText(at time: CalendarTime, separator: String) -> String {
        let size = abs(minutes)
        return (minutes < 0 ? "-" : "+") + padded(size / 60, 2) + separator + padded(size % 60, 2)
    }

    /// A zone by name; nil where it is not known.
    init?(named name: String) {
        guard ["utc", "gmt", "etc/utc", "etc/gmt", "zulu", "universal"].contains(name.lowercased()) else { return nil }
        self = .utc
    }
}

/// A zone in templates.
final class ZoneObject: JinjaObject {
    let zone: Zone
    init(_ zone: Zone) { self.zone = zone }
    var typeName: String { "UTC" }
    func text() throws -> String { zone.name }
    func repr() throws -> String { "<\(zone.name)>" }
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
