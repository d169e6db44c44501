/// Bars that lie: long names have room at their left.
extension ChartDrawing {
    /// Whether bars lie: when their names would not fit under them.
    var isLying: Bool {
        guard marks == .bar, case .names(let names) = table.across, !table.isEmpty else { return false }
        let slot = (Self.width - 80) / Double(names.count)
        return names.count > 12 || names.contains { TextWidth.of($0, size: Self.textSize) > slot - 6 }
    }

    var lyingPlot: Part {
        guard case .names(let names) = table.across else { return Part(height: 0, markup: "") }
        let count = table.series.count
        let thickness = count > 1 ? max(7, 16 - Double(count)) : 18.0
        let slot = thickness * Double(count) + 10
        let across = NumberAxis.holding(table.values, fromZero: true, wanted: 6)
        let longest = names.map { TextWidth.of($0, size: Self.textSize) }.max() ?? 0
        let left = 16 + min(longest, 230)
        let right = Self.width - 22
        let bottom = 6 + slot * Double(names.count)
        func x(_ value: Double) -> Double { left + across.share(value) * (right - left) }

        var markup: Markup = ""
        for tick in across.ticks {
            let x = x(tick.value)
            markup +=
                "<line class=\"\(tick.value == 0 ? "axis" : "rule")\" x1=\"\(x)\" x2=\"\(x)\" y1=\"2\" y2=\"\(bottom)\"/>"
            markup += "<text class=\"middle num\" x=\"\(x)\" y=\"\(bottom + 17)\">\(tick.label)</text>"
        }
        for (index, name) in names.enumerated() {
            let y = 6 + slot * (Double(index) + 0.5) + 1
            let shown = TextWidth.fittedAtBothEnds(name, to: 230, size: Self.textSize)
            let full: Markup = shown == name ? "" : "<title>\(name)</title>"
            markup += "<text class=\"end strong\" x=\"\(left - 10)\" y=\"\(y)\">\(full)\(shown)</text>"
        }
        for (index, series) in table.series.enumerated() {
            markup += "<g class=\"s\(index % ChartStyle.seriesCount)\">"
            for point in series.points {
                guard let value = point.y else { continue }
                let y = 6 + slot * point.x + thickness * Double(index) + 1
                let (from, to) = (min(x(0), x(value)), max(x(0), x(value)))
                markup += """
                    <rect class="bar" x="\(from)" y="\(y)" width="\(max(0.5, to - from))" height="\(thickness - 1)">\
                    \(hint(point, value, series))</rect>
                    """
            }
            markup += "</g>"
        }
        let name = [table.yName, unit.map { "(\($0))" } ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
        if !name.isEmpty {
            markup +=
                "<text class=\"end\" x=\"\(right)\" y=\"\(bottom + 36)\">\(TextWidth.fitted(name, to: 600, size: Self.textSize))</text>"
        }
        return Part(height: bottom + (name.isEmpty ? 26 : 46), markup: markup)
    }
}
