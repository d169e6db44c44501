/// Ticks at round times: every 15 minutes, Mondays, the first of every third month, every tenth year.
package enum TimeAxis {
    /// How far ticks are apart.
    private enum Step: Hashable {
        case microseconds(Int64)
        case months(Int)
    }

    private static let second: Int64 = 1_000_000
    private static let day: Int64 = 86_400 * second

    /// Round steps, from the smallest on, with the microseconds that they take about.
    private static let steps: [(Step, Int64)] =
        [
            1, 2, 5, 15, 30, 60, 120, 300, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800,
            1_209_600,
        ]
        .map { (.microseconds($0 * second), $0 * second) }
        + [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12_000].map {
            (.months($0), Int64($0) * 2_629_746 * second)
        }

    /// Ticks between two times, in microseconds since 1970, at most about `wanted`.
    static func ticks(from low: Double, to high: Double, wanted: Int, isDay: Bool) -> [NumberAxis.Tick] {
        guard low.magnitude < 3e17, high.magnitude < 3e17 else { return [] }
        let (low, high) = (Int64(low), Int64(high))
        if low == high { return [tick(low, previous: nil, step: .microseconds(isDay ? day : second))] }
        if !isDay, high - low < second { return below(low, high, wanted) }
        let rough = (high - low) / Int64(max(1, wanted))
        let allowed = steps.filter { !isDay || $0.1 >= day }
        let step = (allowed.first { $0.1 >= rough } ?? allowed[allowed.count - 1]).0
        let places = places(low, high, step)
        return places.enumerated().map { index, place in
            tick(place, previous: index == 0 ? nil : places[index - 1], step: step)
        }
    }

    /// Less than a second: milliseconds and microseconds.
    private static func below(_ low: Int64, _ high: Int64, _ wanted: Int) -> [NumberAxis.Tick] {
        let step = max(1, Int64(NumberAxis.niceStep(Double(high - low) / Double(max(1, wanted)))))
        return stride(from: (low + step - 1) / step * step, through: high, by: Int(step)).map { place in
            let part = floorModulo(place, second)
            let text = String(Double(part) / 1000)
            return .init(value: Double(place), label: text.hasSuffix(".0") ? text.dropLast(2) + " ms" : text + " ms")
        }
    }

    private static func places(_ low: Int64, _ high: Int64, _ step: Step) -> [Int64] {
        switch step {
        case .microseconds(let size):
            // Weeks begin on Mondays; 1970 began on a Thursday.
            let origin = size.isMultiple(of: 7 * day) ? 4 * day : 0
            let first = low - floorModulo(low - origin, size)
            return stride(from: first < low ? first + size : first, through: high, by: Int(size)).map { $0 }
        case .months(let count):
            var date = CivilTime(low)
            var month = date.year * 12 + date.month - 1
            month -= Int(floorModulo(Int64(month), Int64(count)))
            var places: [Int64] = []
            while places.count < 100 {
                date = CivilTime(
                    year: Int(floorDivide(Int64(month), 12)),
                    month: Int(floorModulo(Int64(month), 12)) + 1
                )
                let place = date.microseconds
                if place > high { break }
                if place >= low { places.append(place) }
                month += count
            }
            return places
        }
    }

    /// The smallest part that differs, and what is above it where it changes.
    private static func tick(_ place: Int64, previous: Int64?, step: Step) -> NumberAxis.Tick {
        let time = CivilTime(place)
        let before = previous.map(CivilTime.init)
        let isNewYear = before?.year != time.year
        let isNewDay = isNewYear || before?.month != time.month || before?.day != time.day
        let label: String
        switch step {
        case .months(let count) where count >= 12: label = String(time.year)
        case .months: label = isNewYear ? "\(time.monthName) \(time.year)" : time.monthName
        case .microseconds(let size) where size >= day:
            label = isNewYear ? "\(time.day) \(time.monthName) \(time.year)" : "\(time.day) \(time.monthName)"
        case .microseconds(let size):
            let clock = size >= 60 * second ? time.clock : time.clockWithSeconds
            label = isNewDay ? "\(time.day) \(time.monthName) \(clock)" : clock
        }
        return .init(value: Double(place), label: label)
    }

    /// A time as tooltips and tables write it: `2024-03-01`, `2024-03-01 14:30`.
    package static func label(_ microseconds: Double, isDay: Bool) -> String {
        guard microseconds.magnitude < 3e17 else { return "far away" }
        let time = CivilTime(Int64(microseconds))
        let date = "\(time.year)-\(padded(time.month))-\(padded(time.day))"
        if isDay { return date }
        return date + " " + (Int64(microseconds).isMultiple(of: 60 * second) ? time.clock : time.clockWithSeconds)
    }

    fileprivate static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }

    fileprivate static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        (value - floorModulo(value, divisor)) / divisor
    }

    fileprivate static func floorModulo(_ value: Int64, _ divisor: Int64) -> Int64 {
        let rest = value % divisor
        return rest < 0 ? rest + divisor : rest
    }
}

/// A time as a calendar and a clock show it, in UTC.
private struct CivilTime {
    var year: Int
    var month: Int
    var day: Int
    var seconds: Int

    init(year: Int, month: Int) { (self.year, self.month, day, seconds) = (year, month, 1, 0) }

    /// The calendar's rule for every 400 years, counted from a first of March.
    init(_ microseconds: Int64) {
        let time = TimeAxis.floorDivide(microseconds, 1_000_000)
        seconds = Int(TimeAxis.floorModulo(time, 86_400))
        let days = Int(TimeAxis.floorDivide(time, 86_400)) + 719_468
        let era = Int(TimeAxis.floorDivide(Int64(days), 146_097))
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shifted + 2) / 5 + 1
        month = shifted < 10 ? shifted + 3 : shifted - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    var microseconds: Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = Int(TimeAxis.floorDivide(Int64(shiftedYear), 400))
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return Int64(era * 146_097 + dayOfEra - 719_468) * 86_400_000_000 + Int64(seconds) * 1_000_000
    }

    var monthName: String {
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][month - 1]
    }

    var clock: String { TimeAxis.padded(seconds / 3600) + ":" + TimeAxis.padded(seconds / 60 % 60) }
    var clockWithSeconds: String { clock + ":" + TimeAxis.padded(seconds % 60) }
}
