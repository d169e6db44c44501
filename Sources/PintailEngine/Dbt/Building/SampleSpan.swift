import PintailOrchestrator
package import PintailProject

/// The span of event time that models and snapshots read, where a run is to read only some of its data: `--sample`.
package struct SampleSpan: Sendable {
    /// The first moment, in UTC.
    let start: CalendarTime
    /// The first moment that is no part of it.
    let end: CalendarTime

    /// Reads `3 days`, which end now, or `{start: 2026-01-01, end: 2026-02-01}`.
    package init(_ text: String, now: Timestamp) throws(Diagnostic) {
        if text.utf8.contains(UInt8(ascii: "{")) || text.utf8.contains(UInt8(ascii: ":")) {
            let ends = try DbtProject.Options.variables(text)
            start = try Self.time("start", in: ends)
            end = try Self.time("end", in: ends)
            return
        }
        let words = text.split(separator: " ").map { $0.lowercased() }
        guard words.count == 2, let count = Int(words[0]), let unit = Self.units[words[1]] else {
            throw Diagnostic(
                "'\(text)' is no span of time",
                hint: "write a number and hours, days, months or years, or '{start: 2026-01-01, end: 2026-02-01}'"
            )
        }
        end = CalendarTime(microseconds: Int(now.millisecondsSince1970) * 1000)
        start = end.earlier(by: count, unit)
    }

    private static let units: [String: BatchWindows.Size] = [
        "hour": .hour, "hours": .hour, "day": .day, "days": .day, "month": .month, "months": .month, "year": .year,
        "years": .year,
    ]

    private static func time(_ name: String, in ends: ConfigObject) throws(Diagnostic) -> CalendarTime {
        if let time = ends[name].flatMap({ CalendarTime(written: $0.plainText) }) { return time }
        throw Diagnostic(
            ends[name].map { "'\($0.plainText)' of \(name) is no time" } ?? "the span has no \(name)",
            hint: "as in '{start: 2026-01-01, end: 2026-02-01}'; times are in UTC"
        )
    }

    /// The part of a window that lies in the span.
    func part(of window: BatchWindows.Window) -> BatchWindows.Window {
        BatchWindows.Window(
            start: window.start.microseconds < start.microseconds ? start : window.start,
            end: window.end.microseconds > end.microseconds ? end : window.end
        )
    }

    /// As `run_results.json` has it.
    package var facts: ConfigValue {
        .object(["start": .string(Self.text(start)), "end": .string(Self.text(end))])
    }

    private static func text(_ time: CalendarTime) -> String { DateTimeValue(time, zone: .utc).isoText("T") }
}

extension CalendarTime {
    /// The same time of day so many units before; the last day of a month that is too short for it.
    fileprivate func earlier(by count: Int, _ unit: BatchWindows.Size) -> CalendarTime {
        switch unit {
        case .hour: return CalendarTime(microseconds: microseconds - count * 3_600_000_000)
        case .day: return CalendarTime(microseconds: microseconds - count * Self.microsecondsPerDay)
        case .month, .year:
            let months = year * 12 + month - 1 - (unit == .year ? 12 * count : count)
            var moved = self
            (moved.year, moved.month) = (months / 12, months % 12 + 1)
            let next = months + 1
            let length = CalendarTime(next / 12, next % 12 + 1, 1).days - CalendarTime(moved.year, moved.month, 1).days
            moved.day = min(day, length)
            return moved
        }
    }
}
