/// The spans of time that a microbatch model is built in.
struct BatchWindows {
    /// How long a span is.
    enum Size: String, CaseIterable, Sendable {
        case hour, day, month, year
    }

    /// From its start up to, and without, its end; in UTC.
    struct Window: Hashable, Sendable {
        let start: CalendarTime
        let end: CalendarTime
    }

    let size: Size
    /// Where the first run begins.
    var begin: CalendarTime?
    /// How many spans before the present one are built again.
    var lookback = 1

    /// The spans of a run that begins `now`.
    ///
    /// - Parameters:
    ///   - isIncremental: whether earlier spans are there already.
    ///   - from: where to begin instead.
    ///   - to: where to end instead.
    /// - Returns: nil where nothing says where to begin.
    func windows(now: CalendarTime, isIncremental: Bool, from: CalendarTime?, to: CalendarTime?) -> [Window]? {
        let end = ceiling(to ?? now)
        let start: CalendarTime
        if let from {
            start = floor(from)
        } else if isIncremental {
            // What ends exactly at a border belongs to the span before it.
            start = moved(end, by: -(floor(end) == end ? lookback + 1 : lookback))
        } else {
            guard let begin else { return nil }
            start = floor(begin)
        }
        var windows: [Window] = []
        var next = start
        repeat {
            let stop = moved(next, by: 1)
            windows.append(Window(start: next, end: stop))
            next = stop
        } while next.microseconds < end.microseconds
        windows[windows.count - 1] = Window(start: windows[windows.count - 1].start, end: end)
        return windows
    }

    /// How a span is called by its start: `2024-09-17`, `2024-09-17T16`.
    func name(of start: CalendarTime) -> String {
        switch size {
        case .hour: start.dateText + "T" + padded(start.hour, 2)
        case .day: start.dateText
        case .month: padded(start.year, 4) + "-" + padded(start.month, 2)
        case .year: padded(start.year, 4)
        }
    }

    private func floor(_ time: CalendarTime) -> CalendarTime {
        var start = CalendarTime(time.year, 1, 1)
        if size == .year { return start }
        start.month = time.month
        if size == .month { return start }
        start.day = time.day
        if size == .hour { start.hour = time.hour }
        return start
    }

    private func ceiling(_ time: CalendarTime) -> CalendarTime {
        let start = floor(time)
        return start == time ? time : moved(start, by: 1)
    }

    private func moved(_ time: CalendarTime, by count: Int) -> CalendarTime {
        var start = floor(time)
        switch size {
        case .hour: return CalendarTime(microseconds: start.microseconds + count * 3_600_000_000)
        case .day: return CalendarTime(days: start.days + count)
        case .month:
            let months = start.year * 12 + start.month - 1 + count
            return CalendarTime(months / 12, months % 12 + 1, 1)
        case .year:
            start.year += count
            return start
        }
    }
}

extension CalendarTime {
    /// Reads `2024-09-17`, `2024-09-17 16:06:00`, `2024-09-17T16:06:00Z`; nil for anything else.
    init?(written text: String) {
        var plain = text.hasSuffix("Z") ? String(text.dropLast()) : text
        if plain.hasSuffix("+00:00") { plain = String(plain.dropLast(6)) }
        let formats = ["%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S.%f"]
        for format in formats {
            if let time = try? TimeFormat.time(plain, format) {
                self = time
                return
            }
        }
        return nil
    }
}
