/// Charts whose values go upwards.
extension ChartDrawing {
    /// Where places and values lie on the paper.
    struct Frame {
        var left: Double
        var right: Double
        var top: Double
        var bottom: Double
        var across: ClosedRange<Double>
        var up: NumberAxis

        func x(_ place: Double) -> Double {
            let length = across.upperBound / 2 - across.lowerBound / 2
            guard length > 0 else { return (left + right) / 2 }
            return left + (place / 2 - across.lowerBound / 2) / length * (right - left)
        }

        func y(_ value: Double) -> Double { bottom - up.share(value) * (bottom - top) }
    }

    var standingPlot: Part {
        let top = hasAxisName ? 26.0 : 12.0
        let bottom = top + 270
        guard !table.isEmpty else { return emptyPlot }
        let values = table.values
        let up = isLog ? NumberAxis.log(holding: values) : .holding(values, fromZero: marks == .bar)
        let left = 14 + (up.ticks.map { TextWidth.of($0.label, size: Self.textSize) }.max() ?? 0)
        let frame = Frame(left: left, right: Self.width - 16, top: top, bottom: bottom, across: domain, up: up)
        let below = bottomAxis(frame)
        let content: Markup =
            switch marks {
            case .line: lines(frame)
            case .bar: bars(frame)
            case .scatter: dots(frame)
            }
        return Part(
            height: bottom + below.height,
            markup: "\(leftAxis(frame))\(below.markup)\(content)\(zeroLine(frame))"
        )
    }

    private var emptyPlot: Part {
        let middle = Self.width / 2
        return Part(
            height: 120,
            markup: """
                <line class="axis" x1="40" x2="\(Self.width - 40)" y1="90" y2="90"/>\
                <text class="middle" x="\(middle)" y="60">No values to show</text>
                """
        )
    }

    private var hasAxisName: Bool { !axisName.isEmpty }

    /// What the values are, in front of their axis: the legend names them where there are several.
    private var axisName: String {
        [table.yName, unit.map { table.yName.isEmpty ? $0 : "(\($0))" } ?? ""].filter { !$0.isEmpty }.joined(
            separator: " "
        )
    }

    /// From the first place to the last, with room for what has a width.
    private var domain: ClosedRange<Double> {
        if case .names(let names) = table.across { return -0.5...Double(names.count) - 0.5 }
        let places = table.places
        guard let low = places.min(), let high = places.max() else { return 0...1 }
        if marks == .bar { return (low - barSlot / 2)...(high + barSlot / 2) }
        guard marks == .scatter || low == high else { return low...high }
        if case .numbers = table.across {
            let axis = NumberAxis.holding(places, fromZero: false, wanted: 8)
            return axis.low...axis.high
        }
        let margin = low == high ? 43_200_000_000 : (high / 50 - low / 50)
        return (low - margin)...(high + margin)
    }

    // MARK: Axes

    private func leftAxis(_ frame: Frame) -> Markup {
        var markup: Markup = ""
        for tick in frame.up.ticks {
            let y = frame.y(tick.value)
            markup += "<line class=\"rule\" x1=\"\(frame.left)\" x2=\"\(frame.right)\" y1=\"\(y)\" y2=\"\(y)\"/>"
            markup += "<text class=\"end num\" x=\"\(frame.left - 8)\" y=\"\(y + 4.5)\">\(tick.label)</text>"
        }
        if hasAxisName {
            let name = TextWidth.fitted(axisName, to: Self.width - 20, size: Self.textSize)
            markup += "<text x=\"4\" y=\"12\">\(name)</text>"
        }
        return markup
    }

    /// The line that values are measured from, over the marks.
    private func zeroLine(_ frame: Frame) -> Markup {
        let value = !isLog && frame.up.low <= 0 && frame.up.high >= 0 ? 0 : frame.up.low
        let y = frame.y(value)
        return "<line class=\"axis\" x1=\"\(frame.left)\" x2=\"\(frame.right)\" y1=\"\(y)\" y2=\"\(y)\"/>"
    }

    private func bottomAxis(_ frame: Frame) -> Part {
        var markup: Markup = ""
        // A label is left out where it would touch the one before.
        var free = -Double.infinity
        for tick in bottomTicks(frame) {
            let x = frame.x(tick.value)
            let half = TextWidth.of(tick.label, size: Self.textSize) / 2
            guard x - half > free, x >= frame.left - 1, x <= frame.right + 1 else { continue }
            free = x + half + 10
            // At the paper's edge a label moves inwards.
            let place = min(max(x, half + 2), Self.width - half - 2)
            markup += "<line class=\"axis\" x1=\"\(x)\" x2=\"\(x)\" y1=\"\(frame.bottom)\" y2=\"\(frame.bottom + 5)\"/>"
            markup += "<text class=\"middle num\" x=\"\(place)\" y=\"\(frame.bottom + 20)\">\(tick.label)</text>"
        }
        guard case .numbers = table.across else { return Part(height: 30, markup: markup) }
        let name = TextWidth.fitted(table.xName, to: Self.width - 20, size: Self.textSize)
        markup += "<text class=\"end\" x=\"\(frame.right)\" y=\"\(frame.bottom + 40)\">\(name)</text>"
        return Part(height: 50, markup: markup)
    }

    private func bottomTicks(_ frame: Frame) -> [NumberAxis.Tick] {
        let room = frame.right - frame.left
        switch table.across {
        case .numbers: return NumberAxis.holding(table.places, fromZero: false, wanted: 8).ticks
        case .times(let isDay):
            let (low, high) = (table.places.min() ?? 0, table.places.max() ?? 0)
            return TimeAxis.ticks(from: low, to: high, wanted: Int(room / 85), isDay: isDay)
        case .names(let names):
            let slot = room / Double(max(1, names.count))
            let longest = names.map { TextWidth.of($0, size: Self.textSize) }.max() ?? 0
            let most = max(slot - 8, min(longest, 140))
            return names.enumerated().map { index, name in
                .init(value: Double(index), label: TextWidth.fitted(name, to: most, size: Self.textSize))
            }
        }
    }

    // MARK: Marks

    private func lines(_ frame: Frame) -> Markup {
        let isTold = table.series.reduce(0) { $0 + $1.points.count } <= 800
        var markup: Markup = ""
        for (index, series) in table.series.enumerated() {
            var path = ""
            var dots: Markup = ""
            var isOpen = false
            for (place, point) in series.points.enumerated() {
                guard let value = point.y else {
                    isOpen = false
                    continue
                }
                let (x, y) = (frame.x(point.x), frame.y(value))
                let spot: Markup = "\(x) \(y)"
                path += (isOpen ? "L" : "M") + spot.text
                // A value between two gaps would not show as a line.
                let isLast = place + 1 == series.points.count || series.points[place + 1].y == nil
                if !isOpen, isLast {
                    dots +=
                        "<circle class=\"dot\" cx=\"\(x)\" cy=\"\(y)\" r=\"4\">\(hint(point, value, series))</circle>"
                } else if isTold {
                    dots +=
                        "<circle class=\"hit\" cx=\"\(x)\" cy=\"\(y)\" r=\"5\">\(hint(point, value, series))</circle>"
                }
                isOpen = true
            }
            markup += "<g class=\"s\(index % ChartStyle.seriesCount)\"><path class=\"line\" d=\"\(path)\"/>\(dots)</g>"
        }
        return markup
    }

    private func dots(_ frame: Frame) -> Markup {
        let count = table.series.reduce(0) { $0 + $1.points.count }
        let radius = count > 300 ? 2.5 : 4.0
        let look = count > 60 ? "cloud" : "dot"
        var markup: Markup = ""
        for (index, series) in table.series.enumerated() {
            markup += "<g class=\"s\(index % ChartStyle.seriesCount)\">"
            for point in series.points {
                guard let value = point.y else { continue }
                let told = count <= 2000 ? hint(point, value, series) : ""
                markup += """
                    <circle class="\(look)" cx="\(frame.x(point.x))" cy="\(frame.y(value))" r="\(radius)">\(told)</circle>
                    """
            }
            markup += "</g>"
        }
        return markup
    }

    /// What a bar and its neighbours share, in the unit of the axis.
    private var barSlot: Double {
        if case .names = table.across { return 1 }
        let places = Set(table.places).sorted()
        let gaps = zip(places.dropFirst(), places).map { $0 - $1 }
        return gaps.min() ?? 86_400_000_000
    }

    private func bars(_ frame: Frame) -> Markup {
        let slot = (frame.x(barSlot) - frame.x(0)).magnitude
        let share = table.series.count > 1 ? 0.84 : 0.72
        let width = min(96, max(1, slot * share / Double(table.series.count)))
        let base = frame.y(0)
        var markup: Markup = ""
        for (index, series) in table.series.enumerated() {
            markup += "<g class=\"s\(index % ChartStyle.seriesCount)\">"
            for point in series.points {
                guard let value = point.y else { continue }
                let x = frame.x(point.x) + (Double(index) - Double(table.series.count) / 2) * width
                let y = frame.y(value)
                let gap = width > 6 ? 1.0 : 0
                markup += """
                    <rect class="bar" x="\(x + gap / 2)" y="\(min(y, base))" width="\(width - gap)" \
                    height="\(max(0.5, (y - base).magnitude))">\(hint(point, value, series))</rect>
                    """
            }
            markup += "</g>"
        }
        return markup
    }
}
