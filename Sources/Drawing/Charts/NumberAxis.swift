#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Where a value lies between the ends of an axis, and where its ticks are.
struct NumberAxis: Hashable, Sendable {
    /// A line across the chart with its label.
    struct Tick: Hashable, Sendable {
        var value: Double
        var label: String
    }

    let low: Double
    let high: Double
    let isLog: Bool
    let ticks: [Tick]

    /// The share of the way from low to high.
    func share(_ value: Double) -> Double {
        if isLog { return (log10(value) - log10(low)) / (log10(high) - log10(low)) }
        // Halves: the distance of the ends may be more than a number holds.
        return (value / 2 - low / 2) / (high / 2 - low / 2)
    }

    /// An axis that holds values, from tick to tick; about `wanted` of them.
    ///
    /// - Parameter fromZero: bars begin there; lines too where most of the height would be theirs anyway.
    static func holding(_ values: [Double], fromZero: Bool, wanted: Int = 5) -> NumberAxis {
        var (low, high) = (values.min() ?? 0, values.max() ?? 1)
        if fromZero || (low > 0 && low < 0.5 * high) { low = min(low, 0) }
        if fromZero || (high < 0 && high > 0.5 * low) { high = max(high, 0) }
        if low == high {
            // One value lies in the middle of its axis; zero at its foot.
            let margin = low == 0 ? 1 : low.magnitude * 0.5
            (low, high) = (low == 0 ? 0 : low - margin, high + margin)
        }
        let step = niceStep((high / Double(wanted)) - (low / Double(wanted)))
        guard step.isFinite, step > 0, (low / step).magnitude < 1e12, (high / step).magnitude < 1e12 else {
            return crowded(low, high)
        }
        let (first, last) = ((low / step + 1e-9).rounded(.down), (high / step - 1e-9).rounded(.up))
        let places = stride(from: first, through: last, by: 1).map { $0 * step }
        let labels = NumberLabel.labels(places, step: step)
        return NumberAxis(
            low: first * step,
            high: last * step,
            isLog: false,
            ticks: zip(places, labels).map { Tick(value: $0, label: $1) }
        )
    }

    /// An axis of powers of ten; values are above zero.
    static func log(holding values: [Double]) -> NumberAxis {
        let (least, most) = (values.min() ?? 1, values.max() ?? 10)
        let first = Int((log10(least) + 1e-9).rounded(.down))
        let last = max(first + 1, Int((log10(most) - 1e-9).rounded(.up)))
        let powers = stride(from: first, through: last, by: max(1, (last - first + 5) / 6))
        let isPlain = first >= -3 && last <= 6
        let ticks = powers.map { power in
            let value = pow(10, Double(power))
            return Tick(value: value, label: isPlain ? NumberLabel.plain(value) : NumberLabel.scientific(value))
        }
        return NumberAxis(low: pow(10, Double(first)), high: pow(10, Double(last)), isLog: true, ticks: ticks)
    }

    /// 1, 2 or 5 times a power of ten, no less than what is given.
    static func niceStep(_ rough: Double) -> Double {
        guard rough > 0, rough.isFinite else { return rough }
        let power = pow(10, log10(rough).rounded(.down))
        let factor = rough / power
        let nice: Double = factor <= 1.0001 ? 1 : factor <= 2.0001 ? 2 : factor <= 5.0001 ? 5 : 10
        return nice * power
    }

    /// Values so close together, for their size, that no round number lies between them.
    private static func crowded(_ low: Double, _ high: Double) -> NumberAxis {
        let ticks = [low, high].map { Tick(value: $0, label: NumberLabel.scientific($0)) }
        return NumberAxis(low: low, high: high, isLog: false, ticks: ticks)
    }
}
