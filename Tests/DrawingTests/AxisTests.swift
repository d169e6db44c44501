import Testing

@testable import Drawing

@Suite struct AxisTests {
    @Test(
        arguments: [
            ([0, 9.7], false, ["0", "2", "4", "6", "8", "10"]),
            ([93, 118], false, ["90", "95", "100", "105", "110", "115", "120"]),
            ([93, 118], true, ["0", "50", "100", "150"]),
            ([-3.2, 4], false, ["−4", "−2", "0", "2", "4"]),
            ([0.001, 0.0042], false, ["0", "0.001", "0.002", "0.003", "0.004", "0.005"]),
            ([0, 1_240_000], false, ["0", "0.5\u{202F}M", "1.0\u{202F}M", "1.5\u{202F}M"]),
            ([0, 3e-9], false, ["0", "10⁻⁹", "2×10⁻⁹", "3×10⁻⁹"]),
            ([-1e300, 1e300], false, ["−10³⁰⁰", "−5×10²⁹⁹", "0", "5×10²⁹⁹", "10³⁰⁰"]),
            ([7], true, ["0", "2", "4", "6", "8"]),
            ([0], false, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        ] as [([Double], Bool, [String])]
    )
    func `ticks are round numbers that hold all values`(values: [Double], fromZero: Bool, labels: [String]) {
        let axis = NumberAxis.holding(values, fromZero: fromZero)
        #expect(axis.ticks.map(\.label) == labels.map { $0 == "0.0" ? "0" : $0 })
        for value in values { #expect((-1e-9...1 + 1e-9).contains(axis.share(value))) }
    }

    @Test func `a log axis has powers of ten, few of them over a huge range`() {
        #expect(NumberAxis.log(holding: [2, 900]).ticks.map(\.label) == ["1", "10", "100", "1,000"])
        let huge = NumberAxis.log(holding: [1e-30, 1e30])
        #expect(huge.ticks.count <= 8)
        #expect(huge.ticks.allSatisfy { $0.label.hasPrefix("10") && !$0.label.contains("0,") })
        #expect(huge.share(1) == 0.5)
    }

    @Test func `values that no round number parts are told as they are`() {
        let axis = NumberAxis.holding([1e17, 1e17 + 16], fromZero: false)
        #expect(axis.low < axis.high)
        #expect(axis.ticks.count == 2)
    }

    @Test(
        arguments: [
            ("2024-01-01", "2024-06-30", 8, ["Jan 2024", "Feb", "Mar", "Apr", "May", "Jun"]),
            ("2024-01-01", "2024-01-12", 6, ["2 Jan 2024", "4 Jan", "6 Jan", "8 Jan", "10 Jan", "12 Jan"]),
            (
                "2023-11-20", "2024-01-20", 9,
                ["20 Nov 2023", "27 Nov", "4 Dec", "11 Dec", "18 Dec", "25 Dec", "1 Jan 2024", "8 Jan", "15 Jan"]
            ),
            ("1850-01-01", "2020-01-01", 6, ["1850", "1900", "1950", "2000"]),
        ] as [(String, String, Int, [String])]
    )
    func `days, Mondays, months and years are where ticks stand`(
        from: String,
        to: String,
        wanted: Int,
        labels: [String]
    ) {
        let ticks = TimeAxis.ticks(from: time(from), to: time(to), wanted: wanted, isDay: true)
        #expect(ticks.map(\.label) == labels)
    }

    @Test func `within days ticks are hours, and say the day where it begins`() {
        let start = time("2024-02-28")
        let ticks = TimeAxis.ticks(from: start, to: start + 2 * 86_400e6, wanted: 6, isDay: false)
        #expect(ticks.map(\.label) == ["28 Feb 00:00", "12:00", "29 Feb 00:00", "12:00", "1 Mar 00:00"])
        #expect(TimeAxis.label(start + 3_661e6, isDay: false) == "2024-02-28 01:01:01")
        #expect(
            TimeAxis.ticks(from: start, to: start + 4000, wanted: 4, isDay: false).map(\.label) == [
                "0 ms", "1 ms", "2 ms", "3 ms", "4 ms",
            ]
        )
    }

    @Test(
        arguments: [
            (1.5, "1.5"), (-2, "−2"), (1234567, "1,234,567"), (0.1 + 0.2, "0.3"), (1e20, "10²⁰"), (2.5e-7, "2.5×10⁻⁷"),
            (1_234_567.891, "1,234,567.89"), (-0.00001, "−10⁻⁵"),
        ] as [(Double, String)]
    )
    func `a number reads as people write it`(value: Double, text: String) {
        #expect(NumberLabel.plain(value) == text)
    }

    @Test func `texts are escaped wherever they come from`() {
        let hostile = "<script>&\"'\u{1}"
        #expect(("<b>\(hostile)</b>" as Markup).text == "<b>&lt;script&gt;&amp;&quot;&#39;\u{FFFD}</b>")
        #expect(("\(1.005) \(2.0) \(-0.5)" as Markup).text == "1 2 -0.5" || ("\(1.005)" as Markup).text == "1.01")
    }

    private func time(_ day: String) -> Double {
        let parts = day.split(separator: "-").compactMap { Int($0) }
        let (y, m, d) = (parts[1] <= 2 ? parts[0] - 1 : parts[0], parts[1], parts[2])
        let era = y / 400
        let dayOfYear = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1
        let dayOfEra = (y - era * 400) * 365 + (y - era * 400) / 4 - (y - era * 400) / 100 + dayOfYear
        return Double(era * 146_097 + dayOfEra - 719_468) * 86_400e6
    }
}
