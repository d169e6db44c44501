import FoundationEssentials
import Jinja

/// `modules`: the parts of Python's library that templates may use.
enum PythonModules {
    static func all() -> Value {
        .dict(of: ["datetime": datetime(), "pytz": pytz(), "re": re(), "itertools": itertools()])
    }

    /// Now, in microseconds since 1970.
    static func now() -> Int64 { Int64(Date().timeIntervalSince1970 * 1_000_000) }

    // MARK: datetime

    private static func datetime() -> Value {
        let module = DictObject()
        module["datetime"] = .object(
            PythonClass(
                "datetime",
                point,
                [
                    "now": { arguments in .object(DateTimeValue(microseconds: now(), zone: zone(arguments[0, "tz"]))) },
                    "utcnow": { _ in .object(DateTimeValue(microseconds: now())) },
                    "today": { _ in .object(DateTimeValue(microseconds: now())) },
                    "strptime": { arguments in
                        .object(
                            DateTimeValue(
                                try TimeFormat.time(
                                    arguments[0, "date_string"]?.text ?? "",
                                    arguments[1, "format"]?.text ?? ""
                                )
                            )
                        )
                    },
                    "fromisoformat": { arguments in try .object(fromISO(arguments[0, "date_string"]?.text ?? "")) },
                    "fromtimestamp": { arguments in
                        .object(
                            DateTimeValue(
                                microseconds: Int64(try seconds(arguments[0, "timestamp"]) * 1_000_000),
                                zone: zone(arguments[1, "tz"])
                            )
                        )
                    },
                    "utcfromtimestamp": { arguments in
                        .object(DateTimeValue(microseconds: Int64(try seconds(arguments[0, "timestamp"]) * 1_000_000)))
                    },
                    "combine": { arguments in
                        guard case .object(let object)? = arguments[0, "date"], let date = object as? DateValue else {
                            throw TemplateError(.type, "combine() takes a date and a time")
                        }
                        return .object(DateTimeValue(date.civil))
                    },
                ]
            )
        )
        module["date"] = .object(
            PythonClass(
                "date",
                { arguments in
                    let given = try arguments.bound("date", "year", "month", "day")
                    return .object(
                        DateValue(
                            try CalendarTime(
                                given[0]?.asInteger ?? 0,
                                given[1]?.asInteger ?? 0,
                                given[2]?.asInteger ?? 0
                            )
                            .checked()
                        )
                    )
                },
                [
                    "today": { _ in .object(DateValue(CalendarTime(microseconds: Int(now())))) },
                    "fromisoformat": { arguments in
                        .object(DateValue(try fromISO(arguments[0, "date_string"]?.text ?? "").civil))
                    },
                    "fromordinal": { arguments in
                        .object(DateValue(days: (arguments[0, "ordinal"]?.asInteger ?? 0) - 719_163))
                    },
                ]
            )
        )
        module["timedelta"] = .object(PythonClass("timedelta", span, [:]))
        module["timezone"] = .dict(of: ["utc": .object(ZoneObject(.utc))])
        module["time"] = .object(
            PythonClass(
                "time",
                { arguments in
                    .string(
                        "\(padded(arguments[0, "hour"]?.asInteger ?? 0, 2)):\(padded(arguments[1, "minute"]?.asInteger ?? 0, 2)):\(padded(arguments[2, "second"]?.asInteger ?? 0, 2))"
                    )
                },
                [:]
            )
        )
        return .dict(module)
    }

    private static func point(_ arguments: Arguments) throws -> Value {
        let given = try arguments.bound(
            "datetime",
            "year",
            "month",
            "day",
            "hour?",
            "minute?",
            "second?",
            "microsecond?",
            "tzinfo?"
        )
        var civil = CalendarTime(given[0]?.asInteger ?? 0, given[1]?.asInteger ?? 0, given[2]?.asInteger ?? 0)
        civil.hour = given[3]?.asInteger ?? 0
        civil.minute = given[4]?.asInteger ?? 0
        civil.second = given[5]?.asInteger ?? 0
        civil.microsecond = given[6]?.asInteger ?? 0
        return .object(DateTimeValue(try civil.checked(), zone: zone(given[7])))
    }

    private static func span(_ arguments: Arguments) throws -> Value {
        let given = try arguments.bound(
            "timedelta",
            "days?",
            "seconds?",
            "microseconds?",
            "milliseconds?",
            "minutes?",
            "hours?",
            "weeks?"
        )
        let units = [86_400_000_000.0, 1_000_000, 1, 1000, 60_000_000, 3_600_000_000, 604_800_000_000]
        let total = try zip(given, units).reduce(0.0) { try $0 + seconds($1.0) * $1.1 }
        return .object(TimeSpan(microseconds: Int64(total.rounded())))
    }

    private static func seconds(_ value: Value?) throws -> Double {
        switch value {
        case .double(let number)?: number
        case .object(let object)?: (object as? DecimalNumber)?.double ?? 0
        default: Double(value?.asInteger ?? 0)
        }
    }

    private static func zone(_ value: Value?) -> Zone? {
        if case .object(let object)? = value { (object as? ZoneObject)?.zone } else { nil }
    }

    private static func fromISO(_ text: String) throws -> DateTimeValue {
        for format in [
            "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%d %H:%M:%S.%f",
            "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M",
        ] {
            if let time = try? TimeFormat.time(text, format) { return DateTimeValue(time) }
            if let time = try? TimeFormat.time(text, format + "%z") { return DateTimeValue(time, zone: .utc) }
        }
        throw TemplateError(.value, "Invalid isoformat string: '\(text)'")
    }

    // MARK: pytz

    private static func pytz() -> Value {
        .dict(of: [
            "utc": .object(ZoneObject(.utc)),
            "UTC": .object(ZoneObject(.utc)),
            "timezone": .function("timezone") { arguments, _ in
                let name = try arguments[0, "zone"]?.text ?? ""
                guard let zone = Zone(named: name) else { throw TemplateError(.key, "UnknownTimeZoneError('\(name)')") }
                return .object(ZoneObject(zone))
            },
        ])
    }

    // MARK: itertools

    private static func itertools() -> Value {
        .dict(of: [
            "chain": .function("chain") { arguments, _ in
                .list(of: try arguments.positional.flatMap { try $0.elements() })
            },
            "product": .function("product") { arguments, _ in
                let factors = try arguments.positional.map { try $0.elements() }
                let pool = Array(repeatElement(factors, count: arguments.named("repeat")?.asInteger ?? 1).joined())
                let tuples = pool.reduce([[]]) { tuples, values in
                    tuples.flatMap { tuple in values.map { tuple + [$0] } }
                }
                return .list(of: tuples.map { .tuple($0) })
            },
            "combinations": .function("combinations") { arguments, _ in
                let values = try arguments[0, "iterable"]?.elements() ?? []
                return .list(of: choices(values[...], arguments[1, "r"]?.asInteger ?? 0).map { .tuple($0) })
            },
            "permutations": .function("permutations") { arguments, _ in
                let values = try arguments[0, "iterable"]?.elements() ?? []
                return .list(of: orders(values, arguments[1, "r"]?.asInteger ?? values.count).map { .tuple($0) })
            },
            "zip_longest": .function("zip_longest") { arguments, _ in
                let lists = try arguments.positional.map { try $0.elements() }
                let fill = arguments.named("fillvalue") ?? .none
                return .list(
                    of: (0..<(lists.map(\.count).max() ?? 0)).map { place in
                        .tuple(lists.map { place < $0.count ? $0[place] : fill })
                    }
                )
            },
            "accumulate": .function("accumulate") { arguments, _ in
                var sums: [Value] = []
                for value in try arguments[0, "iterable"]?.elements() ?? [] {
                    sums.append(try sums.last.map { try $0.operate(.add, with: value) } ?? value)
                }
                return .list(of: sums)
            },
        ])
    }

    private static func choices(_ values: ArraySlice<Value>, _ count: Int) -> [[Value]] {
        guard count > 0 else { return [[]] }
        return values.indices.flatMap { place in
            choices(values[(place + 1)...], count - 1).map { [values[place]] + $0 }
        }
    }

    private static func orders(_ values: [Value], _ count: Int) -> [[Value]] {
        guard count > 0 else { return [[]] }
        return values.indices.flatMap { place -> [[Value]] in
            var rest = values
            let first = rest.remove(at: place)
            return orders(rest, count - 1).map { [first] + $0 }
        }
    }

    private static func re() -> Value { RegexModule.value }
}

/// A class of Python: called to make a value, with class methods.
final class PythonClass: JinjaObject {
    let name: String
    let make: (Arguments) throws -> Value
    let methods: [String: (Arguments) throws -> Value]

    init(
        _ name: String,
        _ make: @escaping (Arguments) throws -> Value,
        _ methods: [String: (Arguments) throws -> Value]
    ) {
        self.name = name
        self.make = make
        self.methods = methods
    }

    var typeName: String { "type" }
    var isCallable: Bool { true }
    func repr() throws -> String { "<class 'datetime.\(name)'>" }
    func call(_ arguments: Arguments, in interpreter: Interpreter) throws -> Value { try make(arguments) }
    func attribute(named method: String) throws -> Value? {
        methods[method].map { body in .function(method) { arguments, _ in try body(arguments) } }
    }
}
